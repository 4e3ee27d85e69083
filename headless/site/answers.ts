import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { latencyMsOf, statusOf, type SiteLaws } from './laws.ts'
import { renderPage, renderRefusal, renderRobots, renderSitemap, renderSitemapIndex } from './pages.ts'
import { applyQuery } from './query.ts'

export interface Asked {
  /** Laws of the site, which the query may change. */
  readonly laws: SiteLaws
  readonly origin: string
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Which request for this target it is, from 1. */
  readonly count: number
}

export interface Answer {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: string[]
  /** A string is ASCII. */
  readonly body: string | Uint8Array | Readable
  readonly latencyMs: number
}

const HTML = 'text/html; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'
const XML = 'application/xml; charset=utf-8'
const PAGES_PER_SITEMAP = 1_000
const LINES_PER_CHUNK = 1_000
const LAWS_KEPT = 1_000
const STATUS_TEXT = { 429: 'Too Many Requests', 500: 'Internal Server Error' } as const

/** @throws RangeError when the query is malformed. */
type Route = (asked: Asked, match: RegExpExecArray, query: string) => Answer

const ROUTES: readonly (readonly [pattern: RegExp, route: Route])[] = [
  [/^\/list\.txt$/, list],
  [/^\/robots\.txt$/, ({ origin }) => text(TEXT, renderRobots(origin))],
  [/^\/sitemap\.xml$/, sitemap],
  [/^\/sitemap-index\.xml$/, sitemapIndex],
  [/^\/sitemap-(\d{1,6})\.xml\.gz$/, compressedSitemap],
]
const PAGE = /^\/(?:page|private)\/(\d{1,9})$/

/** @returns What the site answers; a function of `asked` alone. */
export function answer(asked: Asked): Answer {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') {
    return refusal(405, 'Method Not Allowed', ['allow', 'GET, HEAD'])
  }
  const mark = asked.target.indexOf('?')
  const path = mark === -1 ? asked.target : asked.target.slice(0, mark)
  const query = mark === -1 ? '' : asked.target.slice(mark)
  try {
    return route(asked, path, query)
  } catch (error) {
    if (error instanceof RangeError) return refusal(400, 'Bad Request', [], error.message)
    throw error
  }
}

function route(asked: Asked, path: string, query: string): Answer {
  const page = PAGE.exec(path)
  if (page !== null) return pageAnswer(asked, Number(page[1]), query)
  for (const [pattern, handle] of ROUTES) {
    const match = pattern.exec(path)
    if (match !== null) return handle(asked, match, query)
  }
  return refusal(404, 'Not Found')
}

function pageAnswer(asked: Asked, page: number, query: string): Answer {
  const laws = lawsOf(asked.laws, query)
  const status = statusOf(laws, page, asked.count)
  const latencyMs = latencyMsOf(laws, page)
  if (status === 200) return { ...text(HTML, renderPage(laws, page, query)), latencyMs }
  const headers = status === 429 ? ['retry-after', String(laws.retryAfterSec)] : []
  return { ...refusal(status, STATUS_TEXT[status], headers), latencyMs }
}

const lawsByQuery = new WeakMap<SiteLaws, Map<string, SiteLaws>>()

/** Remembers what queries mean, as the pages of one list share theirs. */
function lawsOf(laws: SiteLaws, query: string): SiteLaws {
  if (query === '') return laws
  let known = lawsByQuery.get(laws)
  if (known === undefined || known.size >= LAWS_KEPT)
    lawsByQuery.set(laws, (known = new Map<string, SiteLaws>()))
  let applied = known.get(query)
  if (applied === undefined) known.set(query, (applied = applyQuery(laws, query)))
  return applied
}

function list({ origin }: Asked, _match: RegExpExecArray, query: string): Answer {
  const parameters = new URLSearchParams(query)
  const start = wholeNumber(parameters.get('start') ?? '0')
  const count = wholeNumber(parameters.get('count') ?? '1000')
  parameters.delete('start')
  parameters.delete('count')
  const suffix = parameters.size === 0 ? '' : `?${parameters.toString()}`
  const lines = Readable.from(listChunks(`${origin}/page/`, start, start + count, suffix))
  return { status: 200, headers: ['content-type', TEXT], body: lines, latencyMs: 0 }
}

function* listChunks(prefix: string, start: number, end: number, suffix: string): Generator<string> {
  for (let first = start; first < end; first += LINES_PER_CHUNK) {
    let chunk = ''
    for (let page = first; page < Math.min(end, first + LINES_PER_CHUNK); page += 1) {
      chunk += `${prefix}${page}${suffix}\n`
    }
    yield chunk
  }
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new RangeError(`"${value}" is no whole number`)
  return Number(value)
}

function sitemap({ laws, origin }: Asked, _match: RegExpExecArray, query: string): Answer {
  return text(XML, renderSitemap(origin, [0, lawsOf(laws, query).pages], query))
}

function sitemapIndex({ laws, origin }: Asked, _match: RegExpExecArray, query: string): Answer {
  const maps = Math.ceil(lawsOf(laws, query).pages / PAGES_PER_SITEMAP)
  return text(XML, renderSitemapIndex(origin, maps, query))
}

function compressedSitemap({ laws, origin }: Asked, match: RegExpExecArray, query: string): Answer {
  const first = Number(match[1]) * PAGES_PER_SITEMAP
  const end = Math.min(lawsOf(laws, query).pages, first + PAGES_PER_SITEMAP)
  if (first >= end) return refusal(404, 'Not Found')
  const body = gzipSync(renderSitemap(origin, [first, end], query))
  const headers = ['content-type', 'application/gzip', 'content-length', String(body.length)]
  return { status: 200, headers, body, latencyMs: 0 }
}

/** @param body ASCII. */
const text = (type: string, body: string): Answer => ({
  status: 200,
  headers: ['content-type', type, 'content-length', String(body.length)],
  body,
  latencyMs: 0,
})

function refusal(status: number, reason: string, headers: string[] = [], detail = reason): Answer {
  const page = text(
    HTML,
    renderRefusal(
      status,
      detail
        .replace(/[^ -~]/g, '?')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;'),
    ),
  )
  return { ...page, status, headers: [...page.headers, ...headers] }
}
