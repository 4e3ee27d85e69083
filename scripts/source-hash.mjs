// What a part of the build was made from, as one hash: contents, not dates, because a checkout sets dates anew.
import { createHash } from 'node:crypto'
import fs, { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/** @typedef {'headless' | 'renderer' | 'desktop'} Part */

/** @type {readonly Part[]} */
export const parts = ['headless', 'renderer', 'desktop']

const inputs = {
  headless: ['{shared,engine,headless}/**/*.{ts,json}', 'package-lock.json', 'scripts/build-headless.mjs'],
  renderer: [
    'shared/**/*.ts',
    'renderer/**/*.{ts,vue,css,html,svg,js,json}',
    'package-lock.json',
    'vite.config.ts',
    'scripts/build-renderer.mjs',
    'scripts/list-pages.mjs',
  ],
  desktop: [
    '{shared,engine,electron}/**/*.{ts,json}',
    'package-lock.json',
    'electron.vite.config.ts',
    'scripts/build-desktop.mjs',
  ],
}

/** @param {Part} part */
const stampOf = part => join(root, 'out', part, '.source-hash')

/** @param {Part} part */
export function hashSources(part) {
  const hash = createHash('sha256')
  for (const file of fs.globSync(inputs[part], { cwd: root }).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @param {Part} part @returns {boolean} Whether the output on disk was built from the sources as they are now. */
export const isBuilt = part =>
  existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === hashSources(part)

/** @param {string} folder @param {string} hash */
export const writeStamp = (folder, hash) => writeFileSync(join(folder, '.source-hash'), hash)
