import { JobError } from '../../shared/model/error.ts'
import { findForeign, findForeignText } from './content.ts'
import { detectEncoding, UTF_8, type Encoding } from './encoding.ts'
import { HEAD_BYTES } from './limits.ts'
import { csv, tsv } from './kinds/csv.ts'
import { jsonl } from './kinds/jsonl.ts'
import { list } from './kinds/list.ts'
import { sitemap } from './kinds/sitemap.ts'
import { SOURCES } from './registry.ts'
import type { SourceKind, SourceOptions } from './source.ts'
import { detectPacking, PACKINGS, unpack, type Packing } from './unpack.ts'

/** What an input string is, before anything is opened. */
export type InputForm = 'url' | 'sitemap' | 'stdin' | 'path'

/**
 * @param input As in a job: a URL of any scheme, `-`, or a path.
 * @returns `sitemap` for an http URL whose path names a sitemap in XML. A path that looks like a URL is written
 *   with `./` in front; drive letters are too short for a scheme.
 */
export function formOf(input: string): InputForm {
  if (input === '-') return 'stdin'
  if (!/^[a-z][a-z0-9+.-]+:/i.test(input)) return 'path'
  const url = URL.parse(input)
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
  const isSitemap = isWeb && /sitemap/i.test(url.pathname) && /\.xml(?:\.gz)?$/i.test(url.pathname)
  return isSitemap ? 'sitemap' : 'url'
}

/** How data is to be read. */
export interface Recognition {
  readonly source: SourceKind
  readonly packing: Packing | null
  readonly encoding: Encoding
  /** What it was recognised by, for people. */
  readonly evidence: string
  /** The first bytes, unpacked and decoded, as {@link SourceInput.head}. */
  readonly head: string
}

/**
 * Tells what data is from its first bytes, and from its name where they leave it open.
 *
 * @param name Path, URL or `standard input`, for the extension and for messages.
 * @param head The first 64 KiB, or all there is.
 * @throws JobError `E_CONFIG` naming what it looks like instead.
 */
export async function recognise(name: string, head: Buffer, options: SourceOptions): Promise<Recognition> {
  const packing = detectPacking(head)
  const content = packing === null ? head : await unpackHead(head, packing, name, HEAD_BYTES)
  const foreign = findForeign(content)
  if (foreign !== null) throw notUrls(name, foreign)
  const encoding = detectEncoding(content)
  const text = decodeHead(content, encoding)
  const start = text.replace(/^[\0-\x20]+/, '')
  const found = findSource(name, start, options)
  const foreignText = found.source === sitemap ? null : findForeignText(start)
  if (foreignText !== null) throw notUrls(name, foreignText)
  const steps = [found.evidence, ...(packing === null ? [] : [packing.name]), encoding.name]
  return { source: found.source, packing, encoding, evidence: steps.join(', '), head: text }
}

function findSource(
  name: string,
  start: string,
  { column, field }: SourceOptions,
): { readonly source: SourceKind; readonly evidence: string } {
  const extension = extensionOf(name)
  const byName = SOURCES.find(source => source.extensions.includes(extension))
  // A table may hold anything in its cells, so its name counts first; markup is told from it by its first character.
  for (const source of SOURCES) {
    const sign = source.recognise(start)
    const isTable = byName === csv || byName === tsv
    if (sign !== null && !(isTable && source === jsonl)) return { source, evidence: sign }
  }
  if (byName !== undefined && byName !== sitemap && byName !== list)
    return { source: byName, evidence: `.${extension}` }
  // A name that says "list" gives way to a flag only when the first line can be a row.
  const isOpen = byName !== list
  if (column !== null && (isOpen || /^[^\r\n]*[,;\t]/.test(start)))
    return { source: csv, evidence: '--column' }
  if (field !== null && isOpen) return { source: jsonl, evidence: '--field' }
  return { source: list, evidence: byName === list ? `.${extension}` : 'lines of text' }
}

/** @returns The last extension in lower case that is not one of compression; empty when there is none. */
export function extensionOf(name: string): string {
  const base = name.replace(/^.*[/\\]/, '').toLowerCase()
  const parts = base.split('.').slice(1)
  const last = parts.at(-1)
  const packed = PACKINGS.some(({ kind }) => kind === last) || last === 'zstd' || last === 'gzip'
  return (packed ? parts.at(-2) : last) ?? ''
}

/** @returns The first bytes of what an archive holds that begins with `head`, at most `most`. */
export async function unpackHead(
  head: Buffer,
  packing: Packing,
  name: string,
  most: number,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of unpack(once(head), packing, name)) {
      parts.push(part)
      bytes += part.length
      if (bytes >= most) break
    }
  } catch (error) {
    // The head ends in the middle of the archive; what is really wrong shows when the whole of it is read.
    if (!(error instanceof JobError)) throw error
  }
  return Buffer.concat(parts).subarray(0, most)
}

async function* once(chunk: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield chunk
}

function decodeHead(content: Buffer, encoding: Encoding): string {
  const hasMark = encoding.mark.every((byte, at) => content[at] === byte)
  if (encoding === UTF_8) return content.toString('latin1', hasMark ? encoding.mark.length : 0)
  return encoding.makeDecoder().push(content).toString('latin1')
}

const notUrls = (name: string, what: string): JobError =>
  new JobError('E_CONFIG', `${name} looks like ${what}, not like a list of URLs`)
