import type { EncodingName } from '../../shared/model/fields/load.ts'
import type { Refusal } from '../source/cursor.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { makeRecordDecoder, type BlockKind, type RecordDecoder } from './decode.ts'
import { sourceOf, type RecordParser } from './parser.ts'
import { notEncodedAs } from './record-refusals.ts'
import type { FieldValues, ReadingWishes } from './record-view.ts'
import { strippedEnd, strippedStart } from './strip.ts'

/** Finds the fields of a record, and whether it can be read at all. */
export interface FieldReader extends FieldValues {
  read(bytes: Buffer, start: number, end: number, line: number): Refusal | null
}

/** Records that stand for themselves: everything but rejects. */
export class TextParser implements RecordParser {
  text: Buffer = Buffer.alloc(0)
  textStart = 0
  textEnd = 0
  fields: FieldValues | null = null
  refusal: Refusal | null = null
  readonly origin = null
  readonly source: string | null
  readonly #encoding: EncodingName
  readonly #decoder: RecordDecoder
  readonly #reader: FieldReader | null
  readonly #trims: boolean
  readonly #needsFields: boolean
  readonly #keepsInvalid: boolean

  constructor(format: RecordFormat, wishes: ReadingWishes, reader: FieldReader | null) {
    this.source = sourceOf(format)
    this.#encoding = format.encoding
    this.#decoder = makeRecordDecoder(format.encoding)
    this.#reader = reader
    this.#trims = wishes.trim
    this.#needsFields = wishes.needsFields
    this.#keepsInvalid = wishes.invalidBytes === 'keep'
  }

  blockIs(kind: BlockKind): void {
    this.#decoder.blockIs(kind)
  }

  parse(bytes: Buffer, start: number, end: number, at: { readonly line: number }): void {
    const decoder = this.#decoder
    this.refusal = null
    this.fields = null
    const wrongAt = decoder.decode(bytes, start, end)
    if (wrongAt >= 0 && !this.#accepts({ bytes, start, end, at: wrongAt }, at.line)) return
    const { text } = decoder
    this.text = text
    this.textStart = this.#trims ? strippedStart(text, decoder.start, decoder.end) : decoder.start
    this.textEnd = this.#trims ? strippedEnd(text, this.textStart, decoder.end) : decoder.end
    if (this.#reader === null) return
    this.refusal = this.#reader.read(text, decoder.start, decoder.end, at.line)
    if (this.#needsFields && this.refusal === null) this.fields = this.#reader
  }

  /** @returns Whether a record that is not valid in its encoding is read on all the same. */
  #accepts(record: { bytes: Buffer; start: number; end: number; at: number }, line: number): boolean {
    const { bytes, start, end } = record
    const isRead = this.#keepsInvalid && this.#decoder.isBytewise
    if (isRead) return true
    this.text = bytes
    this.textStart = start
    this.textEnd = end
    // Fields cannot be found in bytes that cannot be read; lines are kept whole, since their white space is unknown too.
    const isKept = this.#keepsInvalid && this.#reader === null
    if (!isKept) this.refusal = notEncodedAs(this.#encoding, line, record)
    return false
  }
}
