/**
 * Quantiles between two values are interpolated: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
 * Packages" (1996), which is what R, NumPy and spreadsheets take unless told otherwise.
 *
 * @param q 0..1.
 * @returns NaN of no values.
 */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(sorted(values), q)
}

/** {@link quantile} of values in ascending order. */
export function quantileOfSorted(ascending: ArrayLike<number>, q: number): number {
  if (ascending.length === 0) return Number.NaN
  const position = q * (ascending.length - 1)
  const below = Math.floor(position)
  const low = ascending[below]!
  const high = ascending[Math.ceil(position)]!
  // Equal ones may be infinite, whose difference is no number.
  return low === high ? low : low + (position - below) * (high - low)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort()
