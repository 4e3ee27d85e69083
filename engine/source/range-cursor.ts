import type { Lease, LeaseData, RangeInput, UrlInput } from '../worker/protocol.ts'
import type { RecordCursor, Refusal } from './cursor.ts'
import { FileAhead, guessBytes } from './file-ahead.ts'
import { AHEAD_BYTES, BLOCK_BYTES } from './limits.ts'
import { LineBlocks, type LineWindow } from './line-blocks.ts'
import type { SharedFiles } from './open-file.ts'
import { RecordReader, scannerOf } from './record-reader.ts'
import { isSettled } from './settled.ts'

type RangeData = Extract<LeaseData, { type: 'range' }>

/** @returns A cursor over the records of a file, beginning at the byte that `lease` names. */
export function openRange(lease: Lease, data: RangeData, files?: SharedFiles): RecordCursor {
  return new RangeCursor(lease, data, files)
}

/** Reads a file by position, one block ahead of the records it hands out. */
class RangeCursor implements RecordCursor {
  value = ''
  index = 0
  line = 0
  refusal: Refusal | null = null
  failure: RecordCursor['failure'] = null
  endIndex: number | null = null
  totalAhead: number | null = null
  onReadable: (() => void) | null = null
  readonly #lease: Lease
  readonly #data: RangeData
  readonly #records: RecordReader
  readonly #blocks: LineBlocks
  readonly #file: FileAhead
  #nextIndex: number
  /** The lease's end, the data's end or a failure. */
  #isOver = false

  constructor(lease: Lease, data: RangeData, files: SharedFiles | undefined) {
    this.#lease = lease
    this.#data = data
    const { path, sizeBytes } = data.input
    this.#records = new RecordReader(urlsOf(data.input), {
      linesBefore: data.lineAtStart - 1,
      encoding: 'UTF-8',
    })
    this.#blocks = new LineBlocks(data.byteStart)
    this.#nextIndex = data.indexAtStart
    const byteEnd = Math.min(sizeBytes, data.byteEnd ?? Infinity)
    this.#file = new FileAhead({ path, sizeBytes, byteStart: data.byteStart, byteEnd }, this.#blocks, {
      bytesWanted: left => this.#bytesWanted(left),
      files,
    })
    this.#file.onArrived = () => this.onReadable?.()
  }

  get bytesRead(): number {
    return this.#file.bytesRead
  }

  next(): 'record' | 'wait' | 'end' {
    const { first, step, end, settled } = this.#lease
    while (!this.#isOver) {
      if (end !== null && this.#nextIndex >= end) {
        this.#isOver = true
        break
      }
      if (!this.#records.next()) {
        if (this.#file.isReading) return 'wait'
        this.#loadNext()
        continue
      }
      const index = this.#nextIndex
      this.#nextIndex = index + 1
      if (index < first || (step > 1 && (index - first) % step !== 0)) continue
      if (settled !== null && isSettled(settled, (index - first) / step)) continue
      this.#records.read()
      this.index = index
      this.line = this.#records.line
      this.value = this.#records.value
      this.refusal = this.#records.refusal
      return 'record'
    }
    return 'end'
  }

  close(): void {
    this.#isOver = true
    this.#file.close()
  }

  /** Cuts the bytes that have come into lines and asks for the next ones. */
  #loadNext(): void {
    const { error, isAtEnd, bytesRead } = this.#file
    if (error !== null) {
      this.failure = { code: error.code, message: error.message }
      this.#isOver = true
      return
    }
    const window = this.#blocks.take(isAtEnd)
    if (window !== null) {
      if (isAtEnd && bytesRead <= AHEAD_BYTES && this.#nextIndex === this.#data.indexAtStart)
        this.#countAhead(window)
      this.#records.load(window)
    }
    if (!isAtEnd) this.#file.readOn()
    else if (window === null) {
      this.#isOver = true
      if (this.#lease.end === null) this.endIndex = this.#nextIndex
    }
  }

  #countAhead(window: LineWindow): void {
    if (this.#lease.end !== null) return
    const lines = scannerOf(urlsOf(this.#data.input).format, 0)
    lines.load(window)
    let total = this.#data.indexAtStart
    while (lines.next()) total += 1
    this.totalAhead = total
  }

  /** A file that fits is read at once; a lease whose last byte is unknown reads what its records may need. */
  #bytesWanted(left: number): number {
    const { end } = this.#lease
    if (end === null) return left <= AHEAD_BYTES ? left : BLOCK_BYTES
    if (this.#data.byteEnd !== undefined) return Math.min(left, BLOCK_BYTES)
    return guessBytes(end - this.#nextIndex, left)
  }
}

export function urlsOf(input: RangeInput): UrlInput {
  if ('records' in input) throw new Error('records of a load are read by their own cursor')
  return input
}
