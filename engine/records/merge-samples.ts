import type { RunHistory } from '../../shared/model/run-history.ts'
import { ADDED_COLUMNS, SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../shared/model/sample.ts'
import { failuresOf, type StoredSample } from '../journal/stored-sample.ts'

/** Of the moment, and smooth: put together by how long each row lasted. */
const MEAN_COLUMNS = [
  'inFlight',
  'waiting',
  'cpuRatio',
  'loopRatio',
] as const satisfies readonly SampleColumn[]
const LARGEST_COLUMNS = ['maxMs', 'rssBytes'] as const satisfies readonly SampleColumn[]
/** Percentiles cannot be put together: they are those of the second in which most tasks settled. */
const BUSIEST_COLUMNS = ['p50Ms', 'p90Ms', 'p95Ms', 'p99Ms'] as const satisfies readonly SampleColumn[]

/**
 * Tells a long history with fewer rows: neighbours within equal spans of time become one row, which ends where the last
 * of them does. Counts, bytes and phases add up; `maxMs` and `rssBytes` are the largest; `limit` and `workers` the
 * last; percentiles those of the row with most settled tasks; failures add up by kind; the rest means, weighted by time.
 *
 * @param rows Oldest first, each with the columns of the version that wrote it.
 * @param most Rows in the answer, at least 1.
 * @returns Columns that a row does not have are NaN.
 */
export function mergeSamples(
  rows: readonly StoredSample[],
  most: number,
): Pick<RunHistory, 'samples' | 'failures'> {
  const groups = rows.length <= most ? rows.map(row => [row]) : groupByTime(rows, most)
  const samples = new Float64Array(groups.length * SAMPLE_WIDTH)
  const failures: number[] = []
  let sinceMs = 0
  for (const [at, group] of groups.entries()) {
    const merged = mergeRows(group, sinceMs)
    const failed = addFailures(group)
    merged[SAMPLE.failureKinds] = group.every(row => failuresOf(row) !== null) ? failed.size : NaN
    for (const [kind, count] of failed) failures.push(at, kind, count)
    samples.set(merged, at * SAMPLE_WIDTH)
    sinceMs = elapsedOf(group.at(-1)!)
  }
  return { samples, failures: Float64Array.from(failures) }
}

/** @returns How many tasks failed, by number of the kind, as far as rows tell. */
function addFailures(group: readonly StoredSample[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>()
  for (const row of group)
    for (const [kind, count] of failuresOf(row) ?? []) sums.set(kind, (sums.get(kind) ?? 0) + count)
  return sums
}

function groupByTime(rows: readonly Float64Array[], most: number): Float64Array[][] {
  const spanMs = elapsedOf(rows.at(-1)!) / most
  const groups = new Map<number, Float64Array[]>()
  for (const row of rows) {
    const span = Math.min(most - 1, Math.floor(elapsedOf(row) / spanMs))
    const group = groups.get(span)
    if (group === undefined) groups.set(span, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

function mergeRows(group: readonly Float64Array[], sinceMs: number): Float64Array {
  const merged = new Float64Array(SAMPLE_WIDTH).fill(NaN)
  const last = group.at(-1)!
  merged.set(last.subarray(0, SAMPLE_WIDTH))
  if (group.length === 1) return merged
  for (const column of ADDED_COLUMNS)
    merged[SAMPLE[column]] = group.reduce((sum, row) => sum + (row[SAMPLE[column]] ?? 0), 0)
  for (const column of LARGEST_COLUMNS) merged[SAMPLE[column]] = largest(group, SAMPLE[column])
  for (const column of MEAN_COLUMNS) merged[SAMPLE[column]] = meanOf(group, SAMPLE[column], sinceMs)
  const busiest = group.reduce((best, row) => (row[SAMPLE.settled]! > best[SAMPLE.settled]! ? row : best))
  for (const column of BUSIEST_COLUMNS) merged[SAMPLE[column]] = busiest[SAMPLE[column]] ?? NaN
  return merged
}

const elapsedOf = (row: Float64Array): number => row[SAMPLE.elapsedMs]!

/** @returns NaN when no row has a number. */
function largest(group: readonly Float64Array[], position: number): number {
  let found = NaN
  for (const row of group) {
    const value = row[position] ?? NaN
    if (Number.isNaN(found) || value > found) found = value
  }
  return found
}

/** @returns NaN when no row has a number. */
function meanOf(group: readonly Float64Array[], position: number, sinceMs: number): number {
  let sum = 0
  let weightMs = 0
  let fromMs = sinceMs
  for (const row of group) {
    const lastedMs = elapsedOf(row) - fromMs
    fromMs = elapsedOf(row)
    const value = row[position] ?? NaN
    if (Number.isNaN(value)) continue
    sum += value * lastedMs
    weightMs += lastedMs
  }
  return weightMs > 0 ? sum / weightMs : NaN
}
