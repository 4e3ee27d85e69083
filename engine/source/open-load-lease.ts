import type { LoadCursor, ReadingWishes } from '../load/record-view.ts'
import type { Lease, LeaseData, RecordInput } from '../worker/protocol.ts'
import { BatchWindows } from './batch-windows.ts'
import { FileWindows } from './file-windows.ts'
import { LeaseRecords } from './lease-records.ts'
import type { SharedFiles } from './open-file.ts'

/**
 * @param files Where the lease's file is opened; those of this thread unless given.
 * @returns A cursor over the unsettled records of `lease`; the caller closes it.
 */
export function openLoadLease(lease: Lease, wishes: ReadingWishes, files?: SharedFiles): LoadCursor {
  const { data } = lease
  if (data.type === 'batch' && data.format !== undefined)
    return new LeaseRecords(lease, new BatchWindows(data, data.format), { format: data.format, wishes })
  if (isOfRecords(data))
    return new LeaseRecords(lease, new FileWindows(lease, data, files), {
      format: data.input.records,
      wishes,
    })
  throw new Error(`a lease of a load has no records of type ${data.type}`)
}

type RangeOfRecords = Extract<LeaseData, { type: 'range' }> & { readonly input: RecordInput }

const isOfRecords = (data: LeaseData): data is RangeOfRecords =>
  data.type === 'range' && 'records' in data.input
