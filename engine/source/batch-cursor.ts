import type { Lease, LeaseData } from '../worker/protocol.ts'
import { BatchReader } from './batch.ts'
import type { RecordCursor, Refusal } from './cursor.ts'
import { isSettled } from './settled.ts'

/** @returns A cursor over the records that the reader parsed and packed into the lease itself; it never waits. */
export function openBatch(lease: Lease, data: Extract<LeaseData, { type: 'batch' }>): RecordCursor {
  return new BatchCursor(lease, data.firstIndex, new BatchReader(data.payload))
}

class BatchCursor implements RecordCursor {
  value = ''
  index = 0
  line = 0
  refusal: Refusal | null = null
  readonly failure = null
  endIndex: number | null = null
  readonly totalAhead: number | null
  onReadable: (() => void) | null = null
  readonly bytesRead = 0
  readonly #lease: Lease
  readonly #records: BatchReader
  #nextIndex: number
  #isClosed = false

  constructor(lease: Lease, firstIndex: number, records: BatchReader) {
    this.#lease = lease
    this.#records = records
    this.#nextIndex = firstIndex
    this.totalAhead = lease.end === null ? firstIndex + records.left : null
  }

  next(): 'record' | 'end' {
    const { first, step, end, settled } = this.#lease
    const records = this.#records
    while (!this.#isClosed && (end === null || this.#nextIndex < end) && records.next()) {
      const index = this.#nextIndex
      this.#nextIndex = index + 1
      if (index < first || (index - first) % step !== 0) continue
      if (settled !== null && isSettled(settled, (index - first) / step)) continue
      this.index = index
      this.value = records.value
      this.line = records.line
      this.refusal = records.refusal
      return 'record'
    }
    if (end === null && records.left === 0) this.endIndex = this.#nextIndex
    return 'end'
  }

  close(): void {
    this.#isClosed = true
  }
}
