import type { Lease } from '../worker/protocol.ts'
import { openBatch } from './batch-cursor.ts'
import type { RecordCursor } from './cursor.ts'
import { openIndexes } from './index-cursor.ts'
import { openRange } from './range-cursor.ts'

/** @returns A cursor over the unsettled tasks of `lease`, wherever its records are; the caller closes it. */
export function openLease(lease: Lease): RecordCursor {
  const { data } = lease
  if (data.type === 'range') return openRange(lease, data)
  if (data.type === 'batch') return openBatch(lease, data)
  return openIndexes(lease)
}
