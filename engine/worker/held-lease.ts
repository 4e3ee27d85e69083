import type { RecordCursor } from '../source/cursor.ts'
import type { IndexList } from './index-list.ts'
import type { Lease } from './protocol.ts'

/** A lease in the hands of this worker. */
export interface HeldLease {
  readonly lease: Lease
  readonly settled: IndexList
  cursor: RecordCursor | null
  endIndex: number | null
  endIndexReported: boolean
  /** Tasks that were read and are not settled. */
  open: number
  isRead: boolean
}
