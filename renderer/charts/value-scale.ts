/** An axis of values, from its first mark to its last. */
export interface ValueScale {
  readonly from: number
  readonly to: number
  readonly marks: readonly number[]
}

/** Below this share of the greatest value the axis begins at 0. */
const NARROW_RATIO = 0.6

/**
 * @param most About how many steps between marks.
 * @returns A scale that holds all values: from 0, unless they lie so close together that their differences could not be seen.
 */
export function valueScale(values: readonly number[], most = 4): ValueScale {
  const known = values.filter(value => Number.isFinite(value) && value >= 0)
  const high = Math.max(0, ...known)
  if (high === 0) return { from: 0, to: 1, marks: [0, 1] }
  const low = Math.min(...known)
  const isNarrow = low / high > NARROW_RATIO && low < high
  const bottom = isNarrow ? Math.max(0, low - (high - low) / 2) : 0
  const step = roundStep((high - bottom) / most)
  const first = Math.floor(bottom / step)
  const last = Math.ceil(high / step)
  const marks = Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step)
  return { from: first * step, to: last * step, marks }
}

/** @returns 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5].find(factor => factor * power >= least * 0.999) ?? 10) * power
}

/** @returns 0..1 of the way along the scale; what lies beyond it ends at its edge. */
export const placeOn = ({ from, to }: ValueScale, value: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)))
