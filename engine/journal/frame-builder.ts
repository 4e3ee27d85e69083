import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { RowWriter } from './row-writer.ts'
import {
  ABSENT,
  FRAME_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_RECORDS,
  MAX_STRING_UNITS,
  PAYLOAD_HEADER_BYTES,
  planRow,
  sealFrame,
} from './segment-format.ts'

const ROWS_AT = FRAME_HEADER_BYTES + PAYLOAD_HEADER_BYTES
/** Room for the longest string that may follow a frame which is not full yet, in the common case. */
const SLACK_BYTES = 16_384
const MOST_SPARES = 4

/** `utf8Write` is what `write(…, 'utf8')` calls after it has looked at its arguments, which costs as much as the copy. */
interface NativeBuffer extends Buffer {
  utf8Write(text: string, offset: number): number
}

const allocate = (bytes: number): NativeBuffer => Buffer.allocUnsafeSlow(bytes) as NativeBuffer

/**
 * Builds one frame after another: rows in their final place, strings in a heap that is moved behind the rows when
 * the frame is sealed. A string that equals the one before it in its column is stored once a frame.
 */
export class FrameBuilder {
  readonly #rows: RowWriter
  readonly #rowBytes: number
  readonly #stringOffsets: Uint16Array
  #frame: NativeBuffer
  #view: DataView
  #heap = allocate(FRAME_BYTES + SLACK_BYTES)
  #count = 0
  #rowEnd = ROWS_AT
  #heapEnd = 0
  readonly #spares: NativeBuffer[] = []
  /** The last string of each column in this frame with its place in the heap. */
  readonly #lastText: (string | null)[]
  readonly #lastAt: Uint32Array
  readonly #lastLength: Uint32Array

  constructor(layout: RecordLayout) {
    const plan = planRow(layout)
    this.#rows = new RowWriter(layout)
    this.#rowBytes = plan.rowBytes
    this.#stringOffsets = plan.stringOffsets
    this.#lastText = layout.strings.map(() => null)
    this.#lastAt = new Uint32Array(layout.strings.length)
    this.#lastLength = new Uint32Array(layout.strings.length)
    this.#frame = this.#take()
    this.#view = new DataView(this.#frame.buffer)
  }

  get count(): number {
    return this.#count
  }

  /** Bytes the frame would have if it were sealed now; 0 when it is empty. */
  get bytes(): number {
    return this.#count === 0 ? 0 : this.#rowEnd + this.#heapEnd
  }

  get isFull(): boolean {
    return this.#count >= FRAME_RECORDS || this.#rowEnd + this.#heapEnd >= FRAME_BYTES
  }

  /** Must not be called while {@link isFull}. */
  append(numbers: Float64Array, strings: readonly (string | null)[]): void {
    const at = this.#rowEnd
    this.#rows.write(this.#view, at, numbers)
    for (let column = 0; column < this.#stringOffsets.length; column += 1) {
      const text = strings[column] ?? null
      const reference = at + this.#stringOffsets[column]!
      if (text === null) {
        this.#view.setUint32(reference, 0, true)
        this.#view.setUint32(reference + 4, ABSENT, true)
        continue
      }
      if (!isSame(text, this.#lastText[column]!)) this.#store(column, text)
      this.#view.setUint32(reference, this.#lastAt[column]!, true)
      this.#view.setUint32(reference + 4, this.#lastLength[column]!, true)
    }
    this.#rowEnd += this.#rowBytes
    this.#count += 1
  }

  /** @returns The finished frame; hand it to {@link recycle} once it is written. */
  seal(sequence: number): Buffer {
    const bytes = this.#rowEnd + this.#heapEnd
    const whole = bytes <= this.#frame.length ? this.#frame : allocate(bytes)
    if (whole !== this.#frame) this.#frame.copy(whole, ROWS_AT, ROWS_AT, this.#rowEnd)
    this.#heap.copy(whole, this.#rowEnd, 0, this.#heapEnd)
    const frame = whole.subarray(0, bytes)
    frame.writeUInt32LE(this.#count, FRAME_HEADER_BYTES)
    frame.writeUInt32LE(this.#heapEnd, FRAME_HEADER_BYTES + 4)
    sealFrame(frame, sequence)
    if (whole === this.#frame) this.#frame = this.#take()
    this.#view = new DataView(this.#frame.buffer)
    this.#count = 0
    this.#rowEnd = ROWS_AT
    this.#heapEnd = 0
    this.#lastText.fill(null)
    return frame
  }

  recycle(frame: Buffer): void {
    const whole = Buffer.from(frame.buffer) as NativeBuffer
    if (this.#spares.length < MOST_SPARES && whole.length === CAPACITY) this.#spares.push(whole)
  }

  #take(): NativeBuffer {
    return this.#spares.pop() ?? allocate(CAPACITY)
  }

  #store(column: number, text: string): void {
    if (text.length > MAX_STRING_UNITS)
      throw new RangeError(`a record's string has ${text.length} characters, at most ${MAX_STRING_UNITS} fit`)
    // A UTF-16 unit becomes three bytes at most.
    const needed = this.#heapEnd + text.length * 3
    if (needed > this.#heap.length) {
      const larger = allocate(Math.max(needed, this.#heap.length * 2))
      this.#heap.copy(larger, 0, 0, this.#heapEnd)
      this.#heap = larger
    }
    const length = this.#heap.utf8Write(text, this.#heapEnd)
    this.#lastText[column] = text
    this.#lastAt[column] = this.#heapEnd
    this.#lastLength[column] = length
    this.#heapEnd += length
  }
}

/** Most URLs in a row have one length and differ at the end only: looking there first spares comparing the rest. */
const isSame = (text: string, last: string | null): boolean =>
  last !== null &&
  text.length === last.length &&
  text.charCodeAt(text.length - 1) === last.charCodeAt(last.length - 1) &&
  text === last

/** A frame that is not full has room for one row more and, as a rule, for its heap. */
const CAPACITY = ROWS_AT + FRAME_BYTES + SLACK_BYTES
