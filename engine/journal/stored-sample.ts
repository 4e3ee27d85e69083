import { SAMPLE, SAMPLE_WIDTH } from '../../shared/model/sample.ts'

/**
 * A row of a run's history as its journal has it: the columns, then as many pairs of kind and count as `failureKinds`
 * says. A later version may have more columns, so that pairs are counted from the end.
 */
export type StoredSample = Float64Array

/**
 * @param samples `SAMPLE_WIDTH` numbers a row.
 * @param failures In threes: row, number of the kind, how many; rows in rising order.
 */
export function storedSamples(samples: Float64Array, failures: Float64Array): StoredSample[] {
  const rows: StoredSample[] = []
  let from = 0
  for (let at = 0; at + SAMPLE_WIDTH <= samples.length; at += SAMPLE_WIDTH) {
    const pairs: number[] = []
    for (; failures[from] === rows.length; from += 3) pairs.push(failures[from + 1]!, failures[from + 2]!)
    const row = new Float64Array(SAMPLE_WIDTH + pairs.length)
    row.set(samples.subarray(at, at + SAMPLE_WIDTH))
    row[SAMPLE.failureKinds] = pairs.length / 2
    row.set(pairs, SAMPLE_WIDTH)
    rows.push(row)
  }
  return rows
}

/** @returns How many tasks failed, by number of the kind; `null` for rows of a version that did not count that. */
export function failuresOf(row: StoredSample): ReadonlyMap<number, number> | null {
  const kinds = row[SAMPLE.failureKinds]
  if (kinds === undefined || !(kinds >= 0 && SAMPLE_WIDTH + 2 * kinds <= row.length)) return null
  const failures = new Map<number, number>()
  for (let at = row.length - 2 * kinds; at < row.length; at += 2) failures.set(row[at]!, row[at + 1]!)
  return failures
}
