import type { Refusal } from '../source/cursor.ts'

/**
 * One record of a load as its cursor shows it: positions in buffers that are reused, so that a record costs no object.
 * Valid until the cursor moves on.
 */
export interface RecordView {
  /** Position among the tasks of this run. */
  readonly taskIndex: number
  /** What `{index}` stands for: the position in the input the record first came from. */
  readonly index: number
  /** Line on which the record begins, from 1. */
  readonly line: number
  /** Where the record begins in its source; in unpacked bytes where the source is packed. */
  readonly byteOffset: number
  /** Bytes of the record in its source, without its line end. */
  readonly byteLength: number
  /** The record as it stands in the source: `raw[rawStart, rawEnd)`. Empty when it is longer than {@link RAW_BYTES}. */
  readonly raw: Buffer
  readonly rawStart: number
  readonly rawEnd: number
  /** The record's text, UTF-8, without surrounding white space unless the job keeps it: `text[textStart, textEnd)`. */
  readonly text: Buffer
  readonly textStart: number
  readonly textEnd: number
  /** Cells of a row or members of an object; `null` for lines, and where nobody asked for them. */
  readonly fields: FieldValues | null
  /** Why the record cannot be loaded as it stands; text and fields are not to be read then. */
  readonly refusal: Refusal | null
  /**
   * How `raw` is to be read, and which of several inputs it is from, as JSON text for the rejects file; `null` for lines of
   * UTF-8 of the only input. The same for all records of an input.
   */
  readonly source: string | null
}

/** The named values of one record, in the order of the record. */
export interface FieldValues {
  readonly count: number
  nameOf(at: number): string
  /** @returns The position of the field of this name; -1 when the record has none. */
  find(name: string): number
  /** Whether the value is JSON `null`, which is neither empty nor text. */
  isNull(at: number): boolean
  /** The value as UTF-8 is `bytesOf(at)[startOf(at), endOf(at))`; a JSON number, object or array is its source text. */
  bytesOf(at: number): Buffer
  startOf(at: number): number
  endOf(at: number): number
  textOf(at: number): string
}

/** Longest record whose bytes are kept with its failure; a longer one is read from its file again when that is written. */
export const RAW_BYTES = 2 ** 20

/**
 * Records of one lease, pulled one by one. The counterpart of `RecordCursor` for loads; the same rules hold: `next`
 * answers `wait` while bytes are read and calls `onReadable` when it is worth trying again; whoever opened it closes it.
 */
export interface LoadCursor {
  next(): 'record' | 'wait' | 'end'
  /** The record `next` moved to; the same object every time. */
  readonly record: RecordView
  readonly failure: { readonly code: Refusal['code']; readonly message: string } | null
  readonly endIndex: number | null
  readonly totalAhead: number | null
  onReadable: (() => void) | null
  readonly bytesRead: number
  close(): void
}

/** What a job wants of its records. */
export interface ReadingWishes {
  readonly trim: boolean
  readonly needsFields: boolean
  /** `keep` takes records that are not valid in their encoding as they are, byte for byte. */
  readonly invalidBytes: 'reject' | 'keep'
}
