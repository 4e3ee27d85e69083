import type { ErrorCode } from '../../shared/model/error.ts'
import type { RecordCursor } from '../source/cursor.ts'
import type { IndexList } from './index-list.ts'
import type { Lease } from './protocol.ts'
import type { SpanList } from './span-list.ts'

/** What every cursor tells about the data of its lease. */
export interface LeaseCursor {
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null
  readonly endIndex: number | null
  readonly totalAhead: number | null
  readonly bytesRead: number
  close(): void
}

/** A lease in the hands of this worker. */
export interface HeldLease<C extends LeaseCursor = RecordCursor> {
  readonly lease: Lease
  /** Tasks that settled since the last report, one by one. */
  readonly settled: IndexList
  /** The same for many consecutive tasks; only for leases with step 1. */
  readonly spans: SpanList
  cursor: C | null
  endIndex: number | null
  endIndexReported: boolean
  /** Tasks that were read and are not settled. */
  open: number
  isRead: boolean
}
