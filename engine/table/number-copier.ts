import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { FRAME_HEADER_BYTES, PAYLOAD_HEADER_BYTES, planRow, type RowPlan } from '../journal/segment-format.ts'

const ROWS_AT = FRAME_HEADER_BYTES + PAYLOAD_HEADER_BYTES

export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

/** Copies numbers of a frame's rows a column at a time: a tenth of what it costs row by row. */
export class NumberCopier {
  readonly #plan: RowPlan

  constructor(layout: RecordLayout) {
    this.#plan = planRow(layout)
  }

  /**
   * @param view A frame.
   * @param rows Rows of the frame.
   * @param into Where their numbers go, from `from` on.
   */
  copy(view: DataView, rows: Uint32Array, column: number, into: NumberArray, from: number): void {
    const { rowBytes, numberOffsets, types } = this.#plan
    const first = ROWS_AT + numberOffsets[column]!
    const type = types[column]!
    const { length } = rows
    switch (type) {
      case 'u8':
        for (let at = 0; at < length; at += 1) into[from + at] = view.getUint8(first + rows[at]! * rowBytes)
        break
      case 'u16':
        for (let at = 0; at < length; at += 1)
          into[from + at] = view.getUint16(first + rows[at]! * rowBytes, true)
        break
      case 'f64':
        for (let at = 0; at < length; at += 1)
          into[from + at] = view.getFloat64(first + rows[at]! * rowBytes, true)
        break
      case 'f32':
        for (let at = 0; at < length; at += 1)
          into[from + at] = view.getFloat32(first + rows[at]! * rowBytes, true)
        break
      case 'u32':
      case 'i32':
        throw new RangeError(`no table keeps a column of type ${type}`)
    }
  }
}
