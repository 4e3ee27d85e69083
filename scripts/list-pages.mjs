import { globSync, writeFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/**
 * Writes the list of every file that the built dashboard consists of: the desktop app serves those and nothing else.
 *
 * @param {string} folder
 */
export function listPages(folder) {
  /** @type {Record<string, { file: string, type: string }>} */
  const pages = {}
  for (const found of globSync('**/*.*', { cwd: folder }).sort()) {
    const file = found.split(sep).join('/')
    const type = TYPES[extname(file)]
    if (type === undefined) throw new Error(`${file} is of no kind that a page may load`)
    pages[`/${file}`] = { file, type }
  }
  writeFileSync(join(folder, '.pages.json'), JSON.stringify(pages))
}
