import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The one place that windows load from. */
export const APP_SCHEME = 'app'
export const APP_ORIGIN = 'app://interleave'
const APP_HOST = 'interleave'

/** One file of the dashboard, as the build listed it. */
export interface ListedPage {
  readonly file: string
  readonly type: string
}
/** Every file that is served, by the path of its address once decoded. */
export type ListedPages = Readonly<Record<string, ListedPage>>

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue',
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
}

/** @throws When the dashboard was not built: without its list nothing is served. */
export const readListedPages = (folder: string): ListedPages =>
  JSON.parse(readFileSync(join(folder, '.pages.json'), 'utf8')) as ListedPages

/**
 * Answers requests of windows from the list that the build made: no request ever becomes a path.
 *
 * @param folder Of the built dashboard.
 */
export const answerFrom =
  (folder: string, pages: ListedPages) =>
  (request: Pick<Request, 'url' | 'method'>): Response => {
    const page = findPage(request.url, pages)
    if (page === null) return new Response(null, { status: 404, headers: HEADERS })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response(null, { status: 405, headers: { ...HEADERS, allow: 'GET, HEAD' } })
    const body = request.method === 'HEAD' ? null : readFileSync(join(folder, page.file))
    return new Response(body, { headers: { ...HEADERS, 'content-type': page.type } })
  }

function findPage(address: string, pages: ListedPages): ListedPage | null {
  let path: string
  try {
    const { protocol, host, pathname } = new URL(address)
    if (protocol !== `${APP_SCHEME}:` || host !== APP_HOST) return null
    path = decodeURIComponent(pathname)
  } catch {
    // No address, or a broken escape: it names no file.
    return null
  }
  const name = path === '/' ? '/index.html' : path
  return Object.hasOwn(pages, name) ? (pages[name] ?? null) : null
}

/** Whether a window may show it. Compared by its parts: an address of this scheme has no origin of its own in Node. */
export function isAppAddress(address: string): boolean {
  try {
    const { protocol, host } = new URL(address)
    return protocol === `${APP_SCHEME}:` && host === APP_HOST
  } catch {
    return false
  }
}
