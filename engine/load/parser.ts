import type { Refusal } from '../source/cursor.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import type { BlockKind } from './decode.ts'
import type { FieldValues } from './record-view.ts'

/** Turns the raw bytes of one record into text and fields, in place. Everything is valid until the next call. */
export interface RecordParser {
  /**
   * Sets the members below from the record in `bytes[start, end)`, which does not contain its line end. Never throws.
   *
   * @param at The line on which the record begins, for refusals.
   */
  parse(bytes: Buffer, start: number, end: number, at: { readonly line: number }): void
  /** The records until the next call are cut from a block of which so much is known; `unknown` at first. */
  blockIs(kind: BlockKind): void
  readonly text: Buffer
  readonly textStart: number
  readonly textEnd: number
  readonly fields: FieldValues | null
  readonly refusal: Refusal | null
  /** Only for `rejects`, whose lines say where the record first stood; `null` otherwise, and where a line says nothing. */
  readonly origin: RecordOrigin | null
  /** See `RecordView.source`; `origin.source` counts where there is an origin. */
  readonly source: string | null
}

/** Where a record that was rejected stood when it was read first, and how it stood there. */
export interface RecordOrigin {
  readonly index: number
  readonly line: number
  readonly byteOffset: number
  readonly byteLength: number
  readonly raw: Buffer
  readonly source: string | null
}

/** @returns What `RecordView.source` says of records in this format. */
export function sourceOf(format: RecordFormat): string | null {
  const { input } = format
  if (format.format === 'lines' && format.encoding === 'utf-8' && input === undefined) return null
  return JSON.stringify({
    format: format.format,
    encoding: format.encoding,
    ...(format.delimiter === null ? {} : { delimiter: format.delimiter }),
    ...(format.header === null ? {} : { header: format.header }),
    ...(input === undefined ? {} : { input }),
  })
}
