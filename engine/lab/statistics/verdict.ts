export type IntervalVerdict = 'faster' | 'slower' | 'no difference shown' | 'too few repeats'

/**
 * What the interval of a ratio of throughputs allows to be said of the first of the two.
 *
 * @param interval NaN where there were too few repeats.
 * @param tolerance Differences up to this share do not matter: with 0.05 the whole interval must lie above 1.05, or
 *   below 1 / 1.05.
 */
export function verdictOf(
  interval: { readonly low: number; readonly high: number },
  tolerance = 0,
): IntervalVerdict {
  const { low, high } = interval
  if (Number.isNaN(low) || Number.isNaN(high)) return 'too few repeats'
  if (low > 1 + tolerance) return 'faster'
  return high < 1 / (1 + tolerance) ? 'slower' : 'no difference shown'
}
