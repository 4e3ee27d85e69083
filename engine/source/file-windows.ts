import type { Failure } from '../../shared/model/error.ts'
import type { Lease, LeaseData, RecordInput } from '../worker/protocol.ts'
import { FileAhead, guessBytes } from './file-ahead.ts'
import { AHEAD_BYTES, BLOCK_BYTES } from './limits.ts'
import type { SharedFiles } from './open-file.ts'
import { RecordBlocks, type RecordWindow } from './record-blocks.ts'
import type { RecordWindows } from './record-windows.ts'

type RangeData = Extract<LeaseData, { type: 'range' }>

/** The records of a file from the byte on that a lease names, read one block ahead of whoever takes them. */
export class FileWindows implements RecordWindows {
  readonly firstIndex: number
  isLast = false
  failure: Failure | null = null
  onReadable: (() => void) | null = null
  readonly #lease: Lease
  readonly #blocks: RecordBlocks
  readonly #file: FileAhead
  readonly #isEndKnown: boolean

  constructor(lease: Lease, data: RangeData & { readonly input: RecordInput }, files?: SharedFiles) {
    const { path, sizeBytes, records } = data.input
    const isBefore = data.byteStart < records.bodyStart
    const byteStart = isBefore ? records.bodyStart : data.byteStart
    const byteEnd = Math.min(sizeBytes, data.byteEnd ?? Infinity)
    this.firstIndex = data.indexAtStart
    this.#lease = lease
    this.#isEndKnown = data.byteEnd !== undefined
    const line = isBefore ? records.bodyLine : data.lineAtStart
    this.#blocks = new RecordBlocks(records, { byteOffset: byteStart, line })
    this.#file = new FileAhead({ path, sizeBytes, byteStart, byteEnd }, this.#blocks, {
      bytesWanted: left => this.#bytesWanted(left),
      files,
    })
    this.#file.onArrived = () => this.onReadable?.()
  }

  get bytesRead(): number {
    return this.#file.bytesRead
  }

  take(): RecordWindow | 'wait' | 'end' {
    const file = this.#file
    if (file.isReading) return 'wait'
    if (file.error !== null) {
      this.failure = file.error
      return 'end'
    }
    this.isLast = file.isAtEnd
    const window = this.#blocks.take(this.isLast)
    if (!this.isLast) file.readOn()
    if (window !== null) return window
    return this.isLast ? 'end' : 'wait'
  }

  close(): void {
    this.#file.close()
  }

  /** A file that fits is read at once; a lease whose last byte is unknown reads what its records may need. */
  #bytesWanted(left: number): number {
    const { first, step, end } = this.#lease
    if (end === null) return left <= AHEAD_BYTES ? left : BLOCK_BYTES
    if (this.#isEndKnown || step > 1) return Math.min(left, BLOCK_BYTES)
    return guessBytes(end - first, left)
  }
}
