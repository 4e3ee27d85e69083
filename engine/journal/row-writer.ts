import type { ColumnType, RecordLayout } from '../../shared/model/record-layout.ts'
import { planRow } from './segment-format.ts'

/** Pairs of column position and byte offset in the row, one list a width, so that each loop writes one type. */
type Columns = Uint16Array

/** Writes the numbers of one record into a row. Made once a layout; the hot path of every worker. */
export class RowWriter {
  readonly #f64: Columns
  readonly #f32: Columns
  readonly #i32: Columns
  readonly #u32: Columns
  readonly #u16: Columns
  readonly #u8: Columns

  constructor(layout: RecordLayout) {
    const { types, numberOffsets } = planRow(layout)
    const columnsOf = (type: ColumnType): Columns =>
      Uint16Array.from(types.flatMap((each, at) => (each === type ? [at, numberOffsets[at]!] : [])))
    this.#f64 = columnsOf('f64')
    this.#f32 = columnsOf('f32')
    this.#i32 = columnsOf('i32')
    this.#u32 = columnsOf('u32')
    this.#u16 = columnsOf('u16')
    this.#u8 = columnsOf('u8')
  }

  /**
   * Integers wrap at their width and NaN becomes 0, but -1 ("absent") in an `i32` column.
   *
   * @param at Byte offset of the row in `view`.
   */
  write(view: DataView, at: number, numbers: Float64Array): void {
    const { length } = this.#f64
    for (let k = 0; k < length; k += 2) view.setFloat64(at + this.#f64[k + 1]!, numbers[this.#f64[k]!]!, true)
    for (let k = 0; k < this.#f32.length; k += 2)
      view.setFloat32(at + this.#f32[k + 1]!, numbers[this.#f32[k]!]!, true)
    for (let k = 0; k < this.#u16.length; k += 2)
      view.setUint16(at + this.#u16[k + 1]!, numbers[this.#u16[k]!]!, true)
    for (let k = 0; k < this.#u8.length; k += 2) view.setUint8(at + this.#u8[k + 1]!, numbers[this.#u8[k]!]!)
    for (let k = 0; k < this.#u32.length; k += 2)
      view.setUint32(at + this.#u32[k + 1]!, numbers[this.#u32[k]!]!, true)
    for (let k = 0; k < this.#i32.length; k += 2) {
      const value = numbers[this.#i32[k]!]!
      view.setInt32(at + this.#i32[k + 1]!, Number.isNaN(value) ? -1 : value, true)
    }
  }
}
