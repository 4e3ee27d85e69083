import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

import { JobError } from '../../shared/model/error.ts'

/** One file of the dashboard, in memory. */
export interface Page {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
  /** Its name changes with its content, so that it may be kept for ever. */
  readonly isImmutable: boolean
}

/** Every file that is served, by its path, as it is once decoded. */
export type Pages = ReadonlyMap<string, Page>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}
/** `index-BvX3k2_q.js`, as the build names what it hashes. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.[a-z0-9]+$/

/**
 * Reads every file of the built dashboard once. What is added to the folder later, lies beside it or is only linked to
 * is not served, and no request ever becomes a path: it is looked up in this map.
 *
 * @throws JobError `E_CONFIG` when the dashboard was not built.
 */
export function readPages(folder: string): Pages {
  const pages = new Map<string, Page>()
  collect(folder, '', pages)
  const index = pages.get('/index.html')
  if (index === undefined) {
    throw new JobError(
      'E_CONFIG',
      `the dashboard is not built (${folder} has no index.html); run npm run build`,
    )
  }
  return pages.set('/', index)
}

function collect(folder: string, path: string, pages: Map<string, Page>): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const child = `${path}/${entry.name}`
    const file = join(folder, entry.name)
    if (entry.isDirectory()) collect(file, child, pages)
    else if (entry.isFile() && !entry.name.startsWith('.')) pages.set(child, readPage(file, child))
  }
}

function readPage(file: string, path: string): Page {
  const bytes = readFileSync(file)
  return {
    bytes,
    type: TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
    isImmutable: HASHED.test(path),
  }
}

/** @param path Of a request, undecoded; decoded exactly once. */
export function findPage(pages: Pages, path: string): Page | undefined {
  try {
    return pages.get(decodeURIComponent(path))
  } catch {
    // A broken escape names no file.
    return undefined
  }
}
