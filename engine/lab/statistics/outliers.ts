import { median } from './quantiles.ts'

/** What the median absolute deviation, and the mean one, of normal noise have to be multiplied with to be its σ. */
const MEDIAN_DEVIATION = 1.4826
const MEAN_DEVIATION = 1.2533
const FEWEST = 4

/**
 * Values further from the median than k robust standard deviations, by the median absolute deviation: Iglewicz and
 * Hoaglin, "How to Detect and Handle Outliers" (1993), whose k is 3.5. Of a few values that would mark one in every
 * fifth series without any outlier, so k is larger there: `3.5 (1 + 13 / n^1.5)`, 7.6 for five values and 4.9 for ten, with
 * which it is at most one series of twenty under normal noise. When more than half of the values are equal, the mean
 * absolute deviation takes the place of the median one, which is 0.
 *
 * They are marked and nothing else: no statistic leaves them out.
 *
 * @returns Positions in ascending order; none of fewer than four values.
 */
export function outliersOf(values: readonly number[]): readonly number[] {
  if (values.length < FEWEST) return []
  const middle = median(values)
  const distances = values.map(value => Math.abs(value - middle))
  const deviation = deviationOf(distances)
  if (!(deviation > 0)) return []
  const limit = 3.5 * (1 + 13 / values.length ** 1.5) * deviation
  return distances.flatMap((distance, at) => (distance > limit ? [at] : []))
}

function deviationOf(distances: readonly number[]): number {
  const byMedian = median(distances) * MEDIAN_DEVIATION
  if (byMedian > 0) return byMedian
  return (distances.reduce((sum, distance) => sum + distance, 0) / distances.length) * MEAN_DEVIATION
}
