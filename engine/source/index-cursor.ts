import type { Lease } from '../worker/protocol.ts'
import type { RecordCursor } from './cursor.ts'
import { isSettled } from './settled.ts'

/** @returns A cursor over bare indexes, for tasks that need no record; a lease without `end` has none. */
export const openIndexes = (lease: Lease): RecordCursor => new IndexCursor(lease)

class IndexCursor implements RecordCursor {
  readonly value = ''
  index = 0
  readonly line = 0
  readonly refusal = null
  readonly failure = null
  readonly endIndex = null
  readonly totalAhead = null
  onReadable: (() => void) | null = null
  readonly bytesRead = 0
  readonly #lease: Lease
  #position = 0
  #isClosed = false

  constructor(lease: Lease) {
    this.#lease = lease
  }

  next(): 'record' | 'end' {
    const { first, step, end, settled } = this.#lease
    while (!this.#isClosed) {
      const position = this.#position
      const index = first + position * step
      if (end === null || index >= end) return 'end'
      this.#position = position + 1
      if (settled !== null && isSettled(settled, position)) continue
      this.index = index
      return 'record'
    }
    return 'end'
  }

  close(): void {
    this.#isClosed = true
  }
}
