import { errorCodeOf } from '../../shared/model/error.ts'
import { OUTCOMES } from '../../shared/model/outcome.ts'
import type { Dimension, Pivot } from '../../shared/model/task-table.ts'
import type { ChosenRows } from './breakdown.ts'
import { largest } from './largest.ts'
import type { RowIntake } from './row-intake.ts'

const ROWS = 100
const COLUMNS = 30
const NO_PLACE = 255

/** One side of a cross table: a number for each task, and what it is called. */
interface Side {
  readonly values: Uint8Array | Uint16Array | Uint32Array
  /** One more than the largest number. */
  readonly size: number
  nameOf(value: number): string
}

/** The names that are shown on one side. */
interface Shown {
  readonly side: Side
  readonly numbers: readonly number[]
  /** By number, its place among those shown. */
  readonly places: Uint8Array
  readonly omitted: number
}

/** Counts tasks by two dimensions. `E_NONE` is no error, `0` no status, an empty name no host. */
export function pivotOf(
  intake: RowIntake,
  chosen: ChosenRows,
  { rows, columns }: { readonly rows: Dimension; readonly columns: Dimension },
): Omit<Pivot, 'gap'> {
  const down = shownOf(sideOf(intake, rows), chosen, ROWS)
  const across = shownOf(sideOf(intake, columns), chosen, COLUMNS)
  const width = across.numbers.length
  const counts = new Uint32Array(down.numbers.length * width)
  const list = chosen.rows
  for (let at = 0; at < chosen.count; at += 1) {
    const row = list === null ? at : list[at]!
    const line = down.places[down.side.values[row]!]!
    const place = across.places[across.side.values[row]!]!
    if (line !== NO_PLACE && place !== NO_PLACE) counts[line * width + place]! += 1
  }
  return {
    rowNames: down.numbers.map(number => down.side.nameOf(number)),
    columnNames: across.numbers.map(number => across.side.nameOf(number)),
    counts: [...counts],
    rowsOmitted: down.omitted,
    columnsOmitted: across.omitted,
  }
}

function shownOf(side: Side, { rows, count }: ChosenRows, most: number): Shown {
  const sums = new Uint32Array(side.size)
  for (let at = 0; at < count; at += 1) sums[side.values[rows === null ? at : rows[at]!]!]! += 1
  const numbers = largest(sums, most)
  const places = new Uint8Array(side.size).fill(NO_PLACE)
  numbers.forEach((number, place) => (places[number] = place))
  let known = 0
  for (const sum of sums) if (sum > 0) known += 1
  return { side, numbers, places, omitted: known - numbers.length }
}

function sideOf({ columns, hosts }: RowIntake, dimension: Dimension): Side {
  switch (dimension) {
    case 'outcome':
      return { values: columns.outcome, size: 256, nameOf: value => OUTCOMES[value] ?? String(value) }
    case 'code':
      return {
        values: columns.error,
        size: 256,
        nameOf: value => (value === 0 ? 'E_NONE' : (errorCodeOf(value) ?? 'E_INTERNAL')),
      }
    case 'host':
      return { values: columns.host, size: hosts.count, nameOf: value => hosts.nameOf(value) }
    case 'status':
    case 'worker':
    case 'attempts':
      return { values: columns[dimension], size: 65_536, nameOf: String }
  }
}
