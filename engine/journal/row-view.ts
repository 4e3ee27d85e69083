import { JobError } from '../../shared/model/error.ts'
import type { ColumnType, RecordLayout } from '../../shared/model/record-layout.ts'
import { ABSENT, FRAME_HEADER_BYTES, PAYLOAD_HEADER_BYTES, planRow, type RowPlan } from './segment-format.ts'

const ROWS_AT = FRAME_HEADER_BYTES + PAYLOAD_HEADER_BYTES

/**
 * Looks into one frame, a row at a time, without an object a row: {@link select} moves it. It is valid until the
 * reader that gave it reads its next frame.
 */
export class RowView {
  readonly layout: RecordLayout
  /** Rows in the frame. */
  count = 0
  readonly #plan: RowPlan
  #frame: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #heapAt = 0
  #rowAt = 0

  constructor(layout: RecordLayout) {
    this.layout = layout
    this.#plan = planRow(layout)
  }

  /** Bytes of the frame. */
  get bytes(): number {
    return this.#frame.length
  }

  /**
   * Looks at another frame, whose checksum is right.
   *
   * @returns False when counts and lengths do not add up.
   */
  load(frame: Buffer): boolean {
    const payloadBytes = frame.length - FRAME_HEADER_BYTES
    if (payloadBytes < PAYLOAD_HEADER_BYTES) return false
    this.count = frame.readUInt32LE(FRAME_HEADER_BYTES)
    const heapBytes = frame.readUInt32LE(FRAME_HEADER_BYTES + 4)
    const rowsBytes = this.count * this.#plan.rowBytes
    if (PAYLOAD_HEADER_BYTES + rowsBytes + heapBytes !== payloadBytes) return false
    this.#frame = frame
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    this.#heapAt = ROWS_AT + rowsBytes
    this.#rowAt = ROWS_AT
    return true
  }

  /** @returns A view of the same frame that outlives the reader's next step. */
  copy(): RowView {
    const copy = new RowView(this.layout)
    copy.load(Buffer.from(this.#frame))
    return copy
  }

  /** @param row 0..count-1 */
  select(row: number): void {
    this.#rowAt = ROWS_AT + row * this.#plan.rowBytes
  }

  /** @returns The selected row's number; NaN where a float is absent. */
  number(column: number): number {
    const at = this.#rowAt + this.#plan.numberOffsets[column]!
    const type: ColumnType = this.#plan.types[column]!
    switch (type) {
      case 'u8':
        return this.#view.getUint8(at)
      case 'u16':
        return this.#view.getUint16(at, true)
      case 'u32':
        return this.#view.getUint32(at, true)
      case 'i32':
        return this.#view.getInt32(at, true)
      case 'f32':
        return this.#view.getFloat32(at, true)
      case 'f64':
        return this.#view.getFloat64(at, true)
    }
  }

  /** @returns The selected row's string; `null` when it is absent. */
  string(column: number): string | null {
    return this.locate(column) ? this.#frame.toString('utf8', this.textStart, this.textEnd) : null
  }

  /** Where the string that {@link locate} found lies in {@link view}, as UTF-8. */
  textStart = 0
  textEnd = 0

  /** The frame's bytes. */
  get view(): DataView {
    return this.#view
  }

  /** @returns False when the selected row's string is absent. */
  locate(column: number): boolean {
    const at = this.#rowAt + this.#plan.stringOffsets[column]!
    const length = this.#view.getUint32(at + 4, true)
    if (length === ABSENT) return false
    this.textStart = this.#heapAt + this.#view.getUint32(at, true)
    this.textEnd = this.textStart + length
    if (this.textEnd > this.#frame.length)
      throw new JobError('E_JOURNAL_CORRUPT', `a string of a record lies outside its frame`)
    return true
  }
}
