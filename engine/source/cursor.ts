import type { ErrorCode } from '../../shared/model/error.ts'

/** Why a record cannot be executed as it stands; it still is a task, with a result of its own. */
export interface Refusal {
  readonly code: ErrorCode
  /** One sentence that names the line and the actual value. */
  readonly message: string
  /** The task ends as `skipped` instead of `failed`. */
  readonly isSkip: boolean
}

/**
 * Records of one lease, pulled one by one without an object per record.
 *
 * `next()` returns `record` after it has set `value`, `index`, `line` and `refusal`; `wait` when bytes are being read,
 * in which case `onReadable` is called when it is worth trying again; `end` when no record is left, or when
 * `failure` is set. Whoever opened the cursor closes it, whatever it returned.
 */
export interface RecordCursor {
  next(): 'record' | 'wait' | 'end'
  readonly value: string
  readonly index: number
  /** Line on which the record begins, from 1; 0 when there is none. */
  readonly line: number
  /** Why this record cannot be a task, such as a JSONL line that does not parse; `null` as a rule. */
  readonly refusal: Refusal | null
  /** Set with `end` when the data could not be read to its end: the rest of the lease stays unread. */
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null
  /** The index after the last record of the data, once its end was read; only for leases without `end`. */
  readonly endIndex: number | null
  /** The same number, known before the records are read because the rest of the file fits into memory. */
  readonly totalAhead: number | null
  onReadable: (() => void) | null
  /** File bytes read so far, for the counter `bytesRead`. */
  readonly bytesRead: number
  close(): void
}
