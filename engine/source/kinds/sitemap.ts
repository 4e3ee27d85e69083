import type { SaxesParser, SaxesTagPlain } from 'saxes'
import { JobError, failureOf } from '../../../shared/model/error.ts'
import { CSV_RECORD_BYTES, SITEMAP_COUNT, SITEMAP_DEPTH } from '../limits.ts'
import { shown, urlRefusal } from '../refusals.ts'
import { withoutWhiteSpace } from '../white-space.ts'
import { defineSource, type RecordSink, type SourceInput } from '../source.ts'

/**
 * `urlset` and `sitemapindex` files. The sitemaps of an index are fetched one after the other; one that cannot be
 * fetched or read becomes a refused record of its own, so that its loss is counted.
 */
export const sitemap = defineSource({
  kind: 'sitemap',
  extensions: ['xml'],
  rangeFormat: null,
  recognise: head =>
    /^<(?:\?xml|!--|!DOCTYPE\s+(?!html)|(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>])/i.test(head)
      ? 'it is XML'
      : null,
  parse: (input, sink) => new SitemapWalk(input, sink).start(),
})

/** @returns Whether a file that begins with `head` names sitemaps that are to be fetched. */
export const isSitemapIndex = (head: string): boolean => /<(?:[\w.-]+:)?sitemapindex[\s/>]/i.test(head)

/** Elements inside each other; a sitemap has three. */
const MOST_DEPTH = 100

class SitemapWalk {
  readonly #input: SourceInput
  readonly #sink: RecordSink
  readonly #seen = new Set<string>()

  constructor(input: SourceInput, sink: RecordSink) {
    this.#input = input
    this.#sink = sink
    if (input.sitemaps.origin !== null) this.#seen.add(input.sitemaps.origin)
  }

  start(): Promise<void> {
    return this.#read(this.#input.bytes, this.#input.name, this.#input.sitemaps.origin, 0)
  }

  async #read(bytes: AsyncIterable<Buffer>, name: string, from: string | null, depth: number): Promise<void> {
    const children: Location[] = []
    for await (const location of parseSitemap(bytes, name)) {
      if (location.isSitemap) children.push(location)
      else await this.#hand(location, from)
    }
    for (const child of children) await this.#readChild(child, from, depth + 1)
  }

  async #hand({ url, line }: Location, from: string | null): Promise<void> {
    const invalid = urlRefusal(url, line)
    const refusal = invalid ?? (from === null ? null : await this.#input.sitemaps.refusalOf(url, from))
    await this.#sink.add(invalid === null ? url : shown(url), line, refusal)
  }

  async #readChild({ url, line }: Location, from: string | null, depth: number): Promise<void> {
    if (this.#seen.has(url)) return
    this.#seen.add(url)
    try {
      if (depth > SITEMAP_DEPTH)
        throw new JobError('E_LIMIT', `sitemap indexes lie more than ${SITEMAP_DEPTH} deep in each other`)
      if (this.#seen.size > SITEMAP_COUNT)
        throw new JobError('E_LIMIT', `more than ${SITEMAP_COUNT} sitemaps belong to ${this.#input.name}`)
      await this.#read(await this.#input.sitemaps.fetch(url, from), url, url, depth)
    } catch (error) {
      // Only what is wrong with this sitemap; a full sink, a stop or a bug ends the whole input.
      if (!(error instanceof JobError) || error.code === 'E_CANCELLED') throw error
      const { code, message } = failureOf(error)
      await this.#sink.add(shown(url), line, { code, message, isSkip: false })
    }
  }
}

interface Location {
  readonly url: string
  readonly line: number
  /** It names another sitemap. */
  readonly isSitemap: boolean
}

/** @throws JobError `E_PARSE` where the data is no sitemap, after the locations before were yielded. */
async function* parseSitemap(
  bytes: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Location, void, undefined> {
  const found: Location[] = []
  const parser = await makeParser(found)
  const { xml } = parser
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const parse = (chunk: Buffer | null): JobError | null => {
    try {
      xml.write(chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true }))
      if (chunk === null) xml.close()
      return null
    } catch (error) {
      const isEncoding = (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      return unreadable(isEncoding ? 'it is not valid UTF-8' : (error as Error).message)
    }
  }
  const unreadable = (reason: string): JobError =>
    new JobError('E_PARSE', `${name} is not a readable sitemap: line ${xml.line}: ${reason}`)
  let sinceTag = 0
  let tags = 0
  for await (const chunk of bytes) {
    const failure = parse(chunk)
    yield* found.splice(0)
    if (failure !== null) throw failure
    sinceTag = parser.tags === tags ? sinceTag + chunk.length : 0
    tags = parser.tags
    if (sinceTag > CSV_RECORD_BYTES) throw unreadable(`nothing but text for ${CSV_RECORD_BYTES} bytes`)
  }
  const failure = parse(null)
  yield* found.splice(0)
  if (failure !== null) throw failure
}

interface SitemapParser {
  readonly xml: SaxesParser
  /** Tags seen so far. */
  tags: number
}

/** Saxes resolves no entities but XML's own five, so that a document cannot unfold. */
async function makeParser(found: Location[]): Promise<SitemapParser> {
  const { SaxesParser } = await import('saxes')
  const xml = new SaxesParser()
  const parser: SitemapParser = { xml, tags: 0 }
  const path: string[] = []
  let prefix = ''
  let text = ''
  const isLocation = (): boolean =>
    path.length === 3 &&
    path[2] === `${prefix}loc` &&
    (path[1] === `${prefix}url` || path[1] === `${prefix}sitemap`)
  xml.on('opentag', (tag: SaxesTagPlain) => {
    parser.tags += 1
    if (path.length === 0) prefix = rootPrefix(tag.name)
    path.push(tag.name)
    text = ''
    if (path.length > MOST_DEPTH) throw new Error(`elements lie more than ${MOST_DEPTH} deep in each other`)
  })
  const addText = (more: string): void => {
    if (isLocation()) text += more
  }
  xml.on('text', addText)
  xml.on('cdata', addText)
  xml.on('closetag', () => {
    parser.tags += 1
    const url = isLocation() ? withoutWhiteSpace(text) : ''
    if (url !== '') found.push({ url, line: xml.line, isSitemap: path[1] === `${prefix}sitemap` })
    path.pop()
  })
  return parser
}

/** @returns The prefix of the root element's name, colon included. */
function rootPrefix(root: string): string {
  const colon = root.indexOf(':') + 1
  const name = root.slice(colon)
  if (name === 'urlset' || name === 'sitemapindex') return root.slice(0, colon)
  throw new Error(`its outermost element is <${root}>, a sitemap has <urlset> or <sitemapindex>`)
}
