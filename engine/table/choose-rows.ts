import { errorNumber } from '../../shared/model/error.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import type { TaskFilter } from '../../shared/model/task-table.ts'
import type { RowIntake } from './row-intake.ts'

/** True where the filter lets every task through. */
export const choosesAll = (filter: TaskFilter): boolean =>
  Object.entries(filter).every(([name, wish]) => wish === undefined || (name === 'text' && wish === ''))

/**
 * Looks at rows column by column, so that no row costs a call.
 *
 * @returns 1 for each row from `first` on that the filter chooses, 0 for the others.
 */
export function chooseRows(intake: RowIntake, filter: TaskFilter, first: number): Uint8Array {
  const { columns, hosts, texts } = intake
  const end = columns.length
  const mask = new Uint8Array(end - first).fill(1)
  const keep = (column: Uint8Array | Uint16Array | Uint32Array, numbers: readonly number[], size: number) =>
    keepNumbers(mask, column.subarray(first, end), numbers, size)
  const { outcomes, codes, statuses, workers, text } = filter
  if (outcomes !== undefined)
    keep(
      columns.outcome,
      outcomes.map(outcome => OUTCOME[outcome]),
      256,
    )
  if (codes !== undefined) keep(columns.error, codes.map(errorNumber), 256)
  if (statuses !== undefined) keep(columns.status, statuses, 65_536)
  if (workers !== undefined) keep(columns.worker, workers, 65_536)
  if (filter.hosts !== undefined)
    keep(
      columns.host,
      filter.hosts.map(name => hosts.numberOf(name)),
      hosts.count,
    )
  const { minTotalMs = -Infinity, maxTotalMs = Infinity } = filter
  if (minTotalMs > -Infinity || maxTotalMs < Infinity)
    keepBetween(mask, columns.totalMs.subarray(first, end), minTotalMs, maxTotalMs)
  if (text !== undefined && text !== '' && end > first)
    keepTexts(mask, found => texts.search(text, columns.textStart.subarray(first, end), found))
  return mask
}

function keepNumbers(
  mask: Uint8Array,
  values: Uint8Array | Uint16Array | Uint32Array,
  numbers: readonly number[],
  size: number,
): void {
  const isWanted = new Uint8Array(size)
  for (const number of numbers) if (number >= 0 && number < size) isWanted[number] = 1
  for (let at = 0; at < mask.length; at += 1) mask[at]! &= isWanted[values[at]!]!
}

function keepBetween(mask: Uint8Array, values: Float64Array, least: number, most: number): void {
  for (let at = 0; at < mask.length; at += 1) {
    const value = values[at]!
    if (!(value >= least && value <= most)) mask[at] = 0
  }
}

/** The search speaks of every row, also of those that are out already. */
function keepTexts(mask: Uint8Array, search: (found: Uint8Array) => void): void {
  const found = new Uint8Array(mask.length).fill(1)
  search(found)
  for (let at = 0; at < mask.length; at += 1) mask[at]! &= found[at]!
}
