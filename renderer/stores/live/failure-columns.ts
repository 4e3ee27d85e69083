import { failureKindNumber, failureKindOf, type FailureKind } from '../../../shared/model/failure-kind.ts'
import type { RunTick } from '../../../shared/model/run.ts'

/** How many tasks failed since a run began, by kind. */
export type FailureSums = ReadonlyMap<FailureKind, number>

export const NOTHING_FAILED: FailureSums = new Map()

export const sumsOfFailures = ({ failures = [] }: RunTick): FailureSums =>
  new Map(failures.map(({ kind, count }) => [kind, count]))

const FIRST_ROWS = 256

/** How many tasks failed in each row of a series: a column for each kind that there was, as they came up. */
export class FailureColumns {
  readonly #columns = new Map<FailureKind, Float64Array>()

  /** In the order in which they came up first. */
  get kinds(): readonly FailureKind[] {
    return [...this.#columns.keys()]
  }

  at(row: number, kind: FailureKind): number {
    return this.#columns.get(kind)?.[row] ?? 0
  }

  clear(): void {
    this.#columns.clear()
  }

  /**
   * Takes these instead of those there are.
   *
   * @param failures In threes: row, number of the kind, how many; rows in rising order. Kinds of a later version are
   *   left out.
   * @returns How many there are of each kind.
   */
  adopt(failures: Float64Array): FailureSums {
    this.clear()
    const sums = new Map<FailureKind, number>()
    for (let at = 0; at + 3 <= failures.length; at += 3) {
      const kind = failureKindOf(failures[at + 1]!)
      if (kind === undefined) continue
      const count = failures[at + 2]!
      this.#add(failures[at]!, kind, count)
      sums.set(kind, (sums.get(kind) ?? 0) + count)
    }
    return sums
  }

  /** Adds to a row what failed since `since`; what was taken back meanwhile counts as nothing. */
  addSince(row: number, sums: FailureSums, since: FailureSums): void {
    for (const kind of [...sums.keys()].sort(byNumber)) {
      const more = sums.get(kind)! - (since.get(kind) ?? 0)
      if (more > 0) this.#add(row, kind, more)
    }
  }

  /** Puts two neighbours together each. @param rows How many rows are left. */
  halve(rows: number): void {
    for (const column of this.#columns.values()) {
      for (let row = 0; row < rows; row += 1)
        column[row] = (column[row * 2] ?? 0) + (column[row * 2 + 1] ?? 0)
      column.fill(0, rows)
    }
  }

  #add(row: number, kind: FailureKind, count: number): void {
    let column = this.#columns.get(kind) ?? new Float64Array(FIRST_ROWS)
    if (row >= column.length) {
      const longer = new Float64Array(Math.max(row + 1, column.length * 2))
      longer.set(column)
      column = longer
    }
    column[row]! += count
    this.#columns.set(kind, column)
  }
}

const byNumber = (one: FailureKind, other: FailureKind): number =>
  failureKindNumber(one) - failureKindNumber(other)
