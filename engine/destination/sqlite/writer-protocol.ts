import type { ErrorCode, Failure } from '../../../shared/model/error.ts'
import type { RecordFailure } from '../destination.ts'
import type { PassedOver, TableShape } from './positions.ts'

/** What the thread that writes a database is started with. */
export interface WriterThreadData {
  readonly path: string
  readonly table: string
  readonly runId: string
}

/**
 * What slot 0 of every row is: its key, or, with `null`, a field like any other. A key that is an `index` is a number and
 * packed apart, so that the row's cells begin with slot 1.
 */
export type KeyKind = 'index' | 'text' | null

/** Columns that the next rows may name; a row's cells refer to them by position. */
export interface Slots {
  readonly shape: TableShape
  readonly key: KeyKind
  /** Every name so far, the key's first where there is one. */
  readonly names: readonly string[]
  /** Of these, the names that must become columns, such as a header row's; others are an error of the rows that have them. */
  readonly required: readonly string[]
}

/** One transaction's worth of rows; the buffers are handed over, and come back with the answer. */
export interface PackedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** For each row how many cells follow, then the bytes of each cell; {@link ABSENT} for one without value. */
  readonly lengths: Int32Array<ArrayBuffer>
  readonly lengthCount: number
  /** The row's key where it is a number. */
  readonly indexes: Float64Array<ArrayBuffer>
}

export const ABSENT = -1

export type ToWriterThread =
  | { readonly type: 'slots'; readonly slots: Slots }
  | { readonly type: 'lease'; readonly first: number; readonly step: number; readonly next: number | null }
  | {
      readonly type: 'batch'
      readonly first: number
      readonly step: number
      readonly next: number
      /** Task of each row. */
      readonly tasks: Float64Array
      readonly batch: PackedBatch
      /** Records that were refused before they became rows. */
      readonly refused: readonly PassedOver[]
    }
  | { readonly type: 'close' }

/** Answers come in the order of what they answer. */
export type FromWriterThread =
  | { readonly type: 'ready' }
  /** The table has the columns of the slots. */
  | { readonly type: 'slots.ready' }
  | { readonly type: 'settled'; readonly failures: readonly RecordFailure[]; readonly batch: PackedBatch }
  | { readonly type: 'stalled'; readonly failure: Failure; readonly sinceMs: number }
  /** The thread cannot go on; nothing follows. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
