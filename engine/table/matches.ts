import type { TaskFilter } from '../../shared/model/task-table.ts'
import { chooseRows, choosesAll } from './choose-rows.ts'
import type { RowIntake } from './row-intake.ts'
import { sortRows, type TaskOrder } from './sort-rows.ts'

const FIRST_ROWS = 1_024

/** The rows that one filter chooses. Rows are only ever appended to a table, so that only new ones are looked at. */
export class Matches {
  readonly #intake: RowIntake
  readonly #filter: TaskFilter
  /** `null` where every row is chosen. */
  #rows: Uint32Array | null
  #count = 0
  /** Rows of the table that were looked at. */
  #seen = 0
  #sorted: { readonly key: string; readonly rows: Uint32Array } | null = null

  constructor(intake: RowIntake, filter: TaskFilter) {
    this.#intake = intake
    this.#filter = filter
    this.#rows = choosesAll(filter) ? null : new Uint32Array(FIRST_ROWS)
  }

  get count(): number {
    return this.#count
  }

  /** @returns Chosen rows in the order in which they were recorded; `null` for all rows from 0 up to {@link count}. */
  get rows(): Uint32Array | null {
    return this.#rows?.subarray(0, this.#count) ?? null
  }

  /** Takes in the rows that the table has got since. */
  update(): void {
    const { length } = this.#intake.columns
    if (length === this.#seen) return
    if (this.#rows === null) this.#count = length
    else this.#add(this.#rows, chooseRows(this.#intake, this.#filter, this.#seen))
    this.#seen = length
  }

  /** @returns The rows of one page, in order. */
  page(order: TaskOrder | null, offset: number, limit: number): Uint32Array {
    const end = Math.min(this.#count, offset + limit)
    if (offset >= end) return new Uint32Array(0)
    const rows = order === null ? this.#rows : this.#sort(order)
    if (rows !== null) return rows.slice(offset, end)
    return Uint32Array.from({ length: end - offset }, (_, at) => offset + at)
  }

  /** @returns Every row in order, valid until the next update. */
  sorted(order: TaskOrder): Uint32Array {
    return this.#sort(order)
  }

  #sort(order: TaskOrder): Uint32Array {
    const key = `${order.by} ${order.isDescending} ${this.#count}`
    if (this.#sorted?.key !== key)
      this.#sorted = { key, rows: sortRows(this.#intake.columns, this.#rows, this.#count, order) }
    return this.#sorted.rows
  }

  #add(rows: Uint32Array, mask: Uint8Array): void {
    let more = 0
    for (let at = 0; at < mask.length; at += 1) more += mask[at]!
    let into = rows
    if (this.#count + more > rows.length) {
      into = new Uint32Array(Math.max(this.#count + more, rows.length * 2))
      into.set(rows)
      this.#rows = into
    }
    let count = this.#count
    for (let at = 0; at < mask.length; at += 1) {
      into[count] = this.#seen + at
      count += mask[at]!
    }
    this.#count = count
  }
}
