/**
 * Records of one lease, pulled one by one without an object per record.
 *
 * `next()` returns `record` after it has set `value`, `index` and `line`; `wait` when bytes are being read, in which
 * case `onReadable` is called once when it is worth trying again; `end` when no record is left.
 */
export interface RecordCursor {
  next(): 'record' | 'wait' | 'end'
  readonly value: string
  readonly index: number
  readonly line: number
  /** Why this record cannot be a task, such as a JSONL line that does not parse; `null` as a rule. */
  readonly refusal: {
    readonly code: import('../../shared/model/error.ts').ErrorCode
    readonly message: string
    readonly isSkip: boolean
  } | null
  onReadable: (() => void) | null
  /** File bytes read so far, for the counter `bytesRead`. */
  readonly bytesRead: number
  close(): void
}
