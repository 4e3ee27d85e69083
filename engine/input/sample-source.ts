import type { Refusal } from '../source/cursor.ts'
import { decodeStream, UTF_8 } from '../source/encoding.ts'
import { fileBytes } from '../source/file-bytes.ts'
import { sitemap } from '../source/kinds/sitemap.ts'
import type { OpenedFile } from '../source/open-file.ts'
import type { Recognition } from '../source/recognise.ts'
import type { SitemapAccess, SourceOptions } from '../source/source.ts'
import { JobError } from '../../shared/model/error.ts'
import { unpack } from '../source/unpack.ts'

/** One task of a crawl, as its source hands it over. */
export interface SourceRecord {
  readonly value: string
  readonly refusal: Refusal | null
}

export interface SourceSample {
  readonly records: readonly SourceRecord[]
  /** Nothing follows these records. */
  readonly isWhole: boolean
}

interface Opened {
  readonly path: string
  readonly file: OpenedFile
  readonly recognition: Recognition
}

interface Wanted {
  readonly options: SourceOptions
  readonly records: number
  /** Most bytes of the file that are read for them. */
  readonly bytes: number
}

/** Thrown where enough was read; never leaves this file. */
class Enough extends Error {}

/** What an index of sitemaps names is not fetched: it becomes a refused record. */
const NOTHING_FETCHED: SitemapAccess = {
  origin: null,
  fetch: async () => {
    throw new JobError('E_NOT_FOUND', 'sitemaps that an index names are fetched when the crawl begins')
  },
  refusalOf: async () => null,
}

/**
 * Parses the beginning of a file as a crawl would.
 *
 * @throws JobError as reading it would, but for what lies behind the bytes that were read.
 */
export async function sampleSource(
  { path, file, recognition }: Opened,
  wanted: Wanted,
): Promise<SourceSample> {
  const records: SourceRecord[] = []
  const { source, packing, encoding, head } = recognition
  const isShort = file.stats.size <= wanted.bytes
  const bytes = firstBytes(
    fileBytes(path, file, () => undefined),
    wanted.bytes,
  )
  const unpacked = packing === null ? bytes : unpack(bytes, packing, path)
  const decoded = encoding === UTF_8 ? unpacked : decodeStream(unpacked, encoding)
  const sink = {
    add: (value: string, _line: number, refusal: Refusal | null): null => {
      if (records.length >= wanted.records) throw new Enough()
      records.push({ value, refusal })
      return null
    },
  }
  // In XML every tag has an end of its own.
  const whole = isShort || source === sitemap ? decoded : wholeLines(decoded)
  const input = { name: path, bytes: whole, head, encoding: encoding.name, options: wanted.options }
  try {
    await source.parse({ ...input, sitemaps: NOTHING_FETCHED }, sink)
  } catch (error) {
    if (error instanceof Enough) return { records, isWhole: false }
    // An archive or a quoted cell that is cut where reading stopped.
    if (isShort || !(error instanceof JobError) || error.code === 'E_CONFIG') throw error
    return { records, isWhole: false }
  }
  return { records, isWhole: isShort }
}

const LF = 10

/** Leaves out a last line that has no end: it was cut where reading stopped. */
async function* wholeLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer[] = []
  for await (const block of bytes) {
    const end = block.lastIndexOf(LF) + 1
    if (end === 0) rest.push(block)
    else {
      yield Buffer.concat([...rest, block.subarray(0, end)])
      rest = [block.subarray(end)]
    }
  }
}

async function* firstBytes(
  bytes: AsyncIterable<Buffer>,
  most: number,
): AsyncGenerator<Buffer, void, undefined> {
  let left = most
  for await (const block of bytes) {
    yield block.subarray(0, left)
    left -= block.length
    if (left <= 0) return
  }
}
