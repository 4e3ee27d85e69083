import type { Failure } from '../../shared/model/error.ts'
import type { CrawlOptions } from '../../shared/model/fields/crawl.ts'
import type { CrawlPreview } from '../../shared/model/input-report.ts'
import type { CrawlJob } from '../../shared/model/job.ts'
import { isOpenHeader, WITHHELD } from '../../shared/model/header-secrets.ts'
import { withoutUserinfo } from '../../shared/model/userinfo.ts'
import { buildHeaders } from '../executor/crawl/request-headers.ts'
import { TargetReader, type Target } from '../executor/crawl/target.ts'
import { DEFAULT_LIMITS } from '../executor/http/limits.ts'
import { readHead } from '../source/file-bytes.ts'
import { openRegular } from '../source/open-file.ts'
import { formOf, recognise } from '../source/recognise.ts'
import { duplicate, urlRefusal } from '../source/refusals.ts'
import { sourceError } from '../source/source-error.ts'
import { UrlSet } from '../source/url-set.ts'
import { sampleSource, type SourceRecord, type SourceSample } from './sample-source.ts'

/** Most requests of a preview. */
export const PREVIEW_REQUESTS = 20
/** Most bytes of a file in which they are looked for. */
const PREVIEW_BYTES = 2 ** 20

type PreviewedRequest = CrawlPreview['requests'][number]

/**
 * Finds the first requests of a crawl. What only requests would tell is not in it: robots.txt, redirects, and what a
 * sitemap on a server or standard input holds; the preview ends before such an input.
 *
 * @throws JobError for an input that cannot be read and for options that do not fit it.
 */
export async function previewCrawl({ inputs, crawl }: CrawlJob): Promise<CrawlPreview> {
  const describe = describer(crawl)
  const requests: PreviewedRequest[] = []
  for (const input of inputs) {
    const wanted = PREVIEW_REQUESTS - requests.length
    const sample = wanted > 0 ? await sampleOf(input, crawl, wanted) : null
    if (sample === null) break
    for (const record of sample.records) requests.push(describe(requests.length, record))
    // Numbers of later inputs follow from how many records this one has.
    if (!sample.isWhole) break
  }
  return { requests }
}

/** @returns `null` for what cannot be looked at ahead. */
async function sampleOf(input: string, options: CrawlOptions, records: number): Promise<SourceSample | null> {
  const form = formOf(input)
  if (form === 'url') return { records: [{ value: input, refusal: urlRefusal(input, 0) }], isWhole: true }
  if (form !== 'path') return null
  const file = await openRegular(input)
  try {
    const recognition = await recognise(input, await readHead(file), options)
    return await sampleSource({ path: input, file, recognition }, { options, records, bytes: PREVIEW_BYTES })
  } catch (error) {
    throw sourceError(input, error)
  } finally {
    await file.handle.close()
  }
}

function describer(options: CrawlOptions): (index: number, record: SourceRecord) => PreviewedRequest {
  const { method, unique } = options
  const targets = new TargetReader(DEFAULT_LIMITS.urlCharacters)
  const seen = unique ? new UrlSet() : null
  const given = givenHeaders(options)
  return (index, { value, refusal }) => {
    const text = value.trim()
    const refused = (why: Pick<Failure, 'code' | 'message'>): PreviewedRequest => ({
      index,
      method,
      url: withoutUserinfo(text),
      headers: [],
      refusal: { code: why.code, message: why.message, retryable: false },
    })
    if (refusal !== null) return refused(refusal)
    if (seen !== null && !seen.add(value)) return refused(duplicate(0))
    const target = targets.read(text)
    if (!('origin' in target)) return refused(target)
    return { index, method, url: target.href, headers: sentHeaders(target, given), refusal: null }
  }
}

/** @returns All headers in their order on the wire, with the two that the HTTP client writes itself. */
function sentHeaders({ origin }: Target, given: readonly string[]): string[] {
  const isHost = (line: string): boolean => line.startsWith('host: ')
  const host = given.find(isHost) ?? `host: ${new URL(origin).host}`
  return [host, 'connection: keep-alive', ...given.filter(line => !isHost(line))]
}

/** @returns `name: value` each, without values that may be credentials. */
function givenHeaders({ headers, userAgent }: CrawlOptions): string[] {
  const { own } = buildHeaders(headers.map(sendable), userAgent)
  const lines: string[] = []
  for (let at = 0; at < own.length; at += 2) {
    const [name = '', value] = own.slice(at, at + 2)
    lines.push(`${name}: ${isOpenHeader(name) ? value : WITHHELD}`)
  }
  return lines
}

/** What stands where a value was withheld is none; it is given when the job is started. */
const sendable = (line: string): string => (line.endsWith(`: ${WITHHELD}`) ? line.slice(0, -1) : line)
