import type { FileHandle } from 'node:fs/promises'
import { failureOf, JobError, type Failure } from '../../shared/model/error.ts'
import type { Lease, LeaseData, RangeInput, UrlInput } from '../worker/protocol.ts'
import type { RecordCursor, Refusal } from './cursor.ts'
import { AHEAD_BYTES, BLOCK_BYTES } from './limits.ts'
import { LineBlocks, type LineWindow } from './line-blocks.ts'
import { SharedFiles } from './open-file.ts'
import { RecordReader, scannerOf } from './record-reader.ts'
import { isSettled } from './settled.ts'
import { sourceError } from './source-error.ts'

type RangeData = Extract<LeaseData, { type: 'range' }>

/** Most bytes asked for a lease of few records whose last byte is unknown, before its lines are known. */
const GUESSED_LINE_BYTES = 128
const SMALLEST_READ_BYTES = 16 * 2 ** 10

const sharedFiles = new SharedFiles()

/** @returns A cursor over the records of a file, beginning at the byte that `lease` names. */
export function openRange(lease: Lease, data: RangeData, files: SharedFiles = sharedFiles): RecordCursor {
  return new RangeCursor(lease, data, files)
}

/**
 * Reads a file by position, one block ahead of the records it hands out.
 *
 * States: `reading` (a read is under way; `next` answers `wait` unless lines are left), `read` (its bytes have come and
 * are not cut into lines yet), `over` (the lease's end, the data's end or a failure).
 */
class RangeCursor implements RecordCursor {
  value = ''
  index = 0
  line = 0
  refusal: Refusal | null = null
  failure: RecordCursor['failure'] = null
  endIndex: number | null = null
  totalAhead: number | null = null
  onReadable: (() => void) | null = null
  bytesRead = 0
  readonly #lease: Lease
  readonly #data: RangeData
  readonly #files: SharedFiles
  readonly #records: RecordReader
  readonly #blocks: LineBlocks
  /** Bytes are read up to here. */
  readonly #stop: number
  /** Why reading stopped; told when the records read before are handed out. */
  #error: Failure | null = null
  #handle: FileHandle | null = null
  #position: number
  #nextIndex: number
  #state: 'reading' | 'read' | 'over' = 'reading'
  #isClosed = false

  constructor(lease: Lease, data: RangeData, files: SharedFiles) {
    this.#lease = lease
    this.#data = data
    this.#files = files
    this.#records = new RecordReader(urlsOf(data.input), {
      linesBefore: data.lineAtStart - 1,
      encoding: 'UTF-8',
    })
    this.#blocks = new LineBlocks(data.byteStart)
    this.#position = data.byteStart
    this.#nextIndex = data.indexAtStart
    this.#stop = Math.min(data.input.sizeBytes, data.byteEnd ?? Infinity)
    void this.#open()
  }

  next(): 'record' | 'wait' | 'end' {
    const { first, step, end, settled } = this.#lease
    while (this.#state !== 'over') {
      if (end !== null && this.#nextIndex >= end) {
        this.#state = 'over'
        break
      }
      if (!this.#records.next()) {
        if (this.#state === 'reading') return 'wait'
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
    if (this.#isClosed) return
    this.#isClosed = true
    // A read under way still uses the descriptor: the file is released when it has ended.
    if (this.#state !== 'reading') this.#files.release(this.#data.input.path)
    this.#state = 'over'
  }

  async #open(): Promise<void> {
    const { path } = this.#data.input
    try {
      const { handle } = await this.#files.acquire(path)
      this.#handle = handle
      await this.#readBlock()
    } catch (error) {
      this.#error = failureOf(sourceError(path, error))
    }
    this.#arrived()
  }

  /** Reads the next block and says so; started while the lines of the last one are handed out. */
  async #readAhead(): Promise<void> {
    try {
      await this.#readBlock()
    } catch (error) {
      this.#error = failureOf(sourceError(this.#data.input.path, error))
    }
    this.#arrived()
  }

  async #readBlock(): Promise<void> {
    const handle = this.#handle
    if (handle === null) return
    const { path, sizeBytes } = this.#data.input
    let wanted = this.#bytesWanted()
    while (wanted > 0 && !this.#isClosed) {
      const room = this.#blocks.room(wanted)
      const { bytesRead } = await handle.read(room, 0, wanted, this.#position)
      if (bytesRead === 0) throw shrunk(path, this.#position, sizeBytes)
      this.#blocks.add(bytesRead)
      this.#position += bytesRead
      this.bytesRead += bytesRead
      wanted -= bytesRead
    }
  }

  #arrived(): void {
    if (this.#isClosed) {
      this.#files.release(this.#data.input.path)
      return
    }
    this.#state = 'read'
    this.onReadable?.()
  }

  /** Cuts the bytes that have come into lines and asks for the next ones. */
  #loadNext(): void {
    if (this.#error !== null) {
      this.failure = { code: this.#error.code, message: this.#error.message }
      this.#state = 'over'
      return
    }
    const isLast = this.#position >= this.#stop
    const window = this.#blocks.take(isLast)
    if (window !== null) {
      if (isLast && this.bytesRead <= AHEAD_BYTES && this.#nextIndex === this.#data.indexAtStart)
        this.#countAhead(window)
      this.#records.load(window)
    }
    if (!isLast) {
      this.#state = 'reading'
      void this.#readAhead()
    } else if (window === null) {
      this.#state = 'over'
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
  #bytesWanted(): number {
    const left = this.#stop - this.#position
    const { end } = this.#lease
    if (end === null) return left <= AHEAD_BYTES ? left : BLOCK_BYTES
    if (this.#data.byteEnd !== undefined) return Math.min(left, BLOCK_BYTES)
    const guess = (end - this.#nextIndex) * GUESSED_LINE_BYTES
    return Math.min(left, BLOCK_BYTES, Math.max(guess, SMALLEST_READ_BYTES))
  }
}

export function urlsOf(input: RangeInput): UrlInput {
  if ('records' in input) throw new Error('records of a load are read by their own cursor')
  return input
}

const shrunk = (path: string, found: number, expected: number): JobError =>
  new JobError('E_SRC_CHANGED', `${path} has ${found} bytes, it had ${expected} when the run began`)
