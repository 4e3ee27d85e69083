import type { Refusal } from '../source/cursor.ts'
import { RAW_BYTES } from './record-view.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { makeRecordDecoder, type BlockKind, type RecordDecoder } from './decode.ts'
import { ObjectReader } from './json-fields.ts'
import { sourceOf, type RecordOrigin, type RecordParser } from './parser.ts'
import { notEncodedAs, refuse } from './record-refusals.ts'
import type { FieldValues, ReadingWishes } from './record-view.ts'
import { LINES_OF_UTF_8, readSource } from './rejects-source.ts'

/** Different sources of one rejects file whose parsers are kept. */
const SOURCES = 64

/** @returns How records of such a source are read; `null` when a rejects file cannot hold them. */
export type MakeInnerParser = (format: RecordFormat) => RecordParser | null

/**
 * Lines of a rejects file: JSON objects that hold the record that was refused, where it stood and how it is to be read.
 *
 * - `index`: what `{index}` stands for, a whole number; needed.
 * - `line`, `byteOffset`, `byteLength`: where the record stood; 0 when absent.
 * - `rawBase64`: the record's bytes, as they are in its source or corrected.
 * - `text`: instead, a corrected record as text; it counts where both are there.
 * - `source`: an object with `format`, `encoding`, for rows `delimiter` and `header`, and `input` where the record is from
 *   one of several inputs; lines of UTF-8 when absent.
 * - `code`, `message` and everything else is for people.
 */
export class RejectsParser implements RecordParser {
  text: Buffer = Buffer.alloc(0)
  textStart = 0
  textEnd = 0
  fields: FieldValues | null = null
  refusal: Refusal | null = null
  origin: RecordOrigin | null = null
  readonly source: string | null
  readonly #format: RecordFormat
  readonly #decoder: RecordDecoder
  readonly #line: ObjectReader
  readonly #makeInner: MakeInnerParser
  readonly #inner = new Map<string, RecordParser>()

  constructor(format: RecordFormat, makeInner: MakeInnerParser) {
    this.source = sourceOf(format)
    this.#format = format
    this.#decoder = makeRecordDecoder(format.encoding)
    this.#line = new ObjectReader(STRICT)
    this.#makeInner = makeInner
  }

  blockIs(kind: BlockKind): void {
    this.#decoder.blockIs(kind)
  }

  parse(bytes: Buffer, start: number, end: number, at: { readonly line: number }): void {
    const decoder = this.#decoder
    this.refusal = null
    this.origin = null
    this.fields = null
    const wrongAt = decoder.decode(bytes, start, end)
    if (wrongAt >= 0) {
      this.refusal = notEncodedAs(this.#format.encoding, at.line, { bytes, start, end, at: wrongAt })
      return
    }
    const { text } = decoder
    this.text = text
    this.textStart = decoder.start
    this.textEnd = decoder.end
    this.refusal = this.#line.read(text, decoder.start, decoder.end, at.line)
    if (this.refusal !== null) return
    try {
      this.#readRecord()
    } catch (error) {
      if (!(error instanceof BadLine)) throw error
      this.refusal = refuse('E_PARSE', at.line, error.message)
    }
  }

  #readRecord(): void {
    const isText = this.#find('text') >= 0
    const inner = this.#parserOf(this.#find('source'), isText)
    const raw = isText ? this.#text() : this.#decodedBase64()
    const origin = {
      index: this.#number('index'),
      line: this.#numberOr0('line'),
      byteOffset: this.#numberOr0('byteOffset'),
      byteLength: this.#numberOr0('byteLength'),
      raw,
      source: inner.source,
    }
    inner.parse(raw, 0, raw.length, origin)
    // A line of a rejects file that was itself refused once, and is in order now, says more than the line around it.
    this.origin = inner.origin ?? origin
    this.text = inner.text
    this.textStart = inner.textStart
    this.textEnd = inner.textEnd
    this.fields = inner.fields
    this.refusal = inner.refusal
  }

  /** @returns The position of a member that is there and not `null`; -1 otherwise. */
  #find(name: string): number {
    const at = this.#line.find(name)
    return at >= 0 && this.#line.isNull(at) ? -1 : at
  }

  #number(name: string): number {
    const at = this.#find(name)
    if (at < 0) throw new BadLine(`has no "${name}"`)
    const text = this.#line.textOf(at)
    const value = this.#line.isString(at) ? Number.NaN : Number(text)
    if (Number.isSafeInteger(value) && value >= 0) return value
    throw new BadLine(`has no whole number in "${name}": it is ${text}`)
  }

  #numberOr0(name: string): number {
    return this.#find(name) < 0 ? 0 : this.#number(name)
  }

  #text(): Buffer {
    const at = this.#stringAt('text')
    return this.#line.bytesOf(at).subarray(this.#line.startOf(at), this.#line.endOf(at))
  }

  #decodedBase64(): Buffer {
    if (this.#find('rawBase64') < 0)
      throw new BadLine(
        `has no "rawBase64" (records longer than ${RAW_BYTES / 2 ** 20} MiB may have none); put the record into "text"`,
      )
    const at = this.#stringAt('rawBase64')
    const bytes = this.#line.bytesOf(at).subarray(this.#line.startOf(at), this.#line.endOf(at))
    const wrongAt = wrongBase64(bytes)
    if (wrongAt >= 0)
      throw new BadLine(`has no valid Base64 in "rawBase64": character ${wrongAt + 1} is wrong`)
    return Buffer.from(bytes.toString('latin1'), 'base64')
  }

  #stringAt(name: string): number {
    const at = this.#find(name)
    if (!this.#line.isString(at)) throw new BadLine(`has no text in "${name}"`)
    return at
  }

  /** @param isText The record is text, whatever its source was encoded in. */
  #parserOf(sourceAt: number, isText: boolean): RecordParser {
    const written = sourceAt < 0 ? '' : this.#line.textOf(sourceAt)
    const key = isText ? `text ${written}` : written
    const known = this.#inner.get(key)
    if (known !== undefined) return known
    const said = written === '' ? LINES_OF_UTF_8 : readSource(written)
    if (typeof said === 'string') throw new BadLine(said)
    const parser = this.#makeInner(isText ? { ...said, encoding: 'utf-8' } : said)
    if (parser === null) throw new BadLine('holds a line of a rejects file in a line of a rejects file')
    if (this.#inner.size >= SOURCES) this.#inner.clear()
    this.#inner.set(key, parser)
    return parser
  }
}

const STRICT: Pick<ReadingWishes, 'needsFields' | 'invalidBytes'> = {
  needsFields: true,
  invalidBytes: 'reject',
}

/** Why a line holds no record; never leaves this file. */
class BadLine extends Error {}

const PAD = 0x3d
const IS_BASE64 = new Uint8Array(256)
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  IS_BASE64[byte] = 1

/** @returns The position of the first character that is wrong there; the length when one is missing; -1 when all is well. */
function wrongBase64(bytes: Uint8Array): number {
  const { length } = bytes
  const pads = length > 0 && bytes[length - 1] === PAD ? (bytes[length - 2] === PAD ? 2 : 1) : 0
  for (let at = 0; at < length - pads; at += 1) if (IS_BASE64[bytes[at] as number] === 0) return at
  return length % 4 === 0 ? -1 : length
}
