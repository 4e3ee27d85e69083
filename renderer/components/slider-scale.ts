/** Where a slider's thumb stands for a value, linear or logarithmic, and how keys step it. */
export interface SliderScale {
  readonly min: number
  readonly max: number
  readonly isLog: boolean
}

/** Positions of a slider's thumb: 0 to this. */
export const SLIDER_POSITIONS = 1_000

/** Logarithms of what may begin at 0: from there on, one more than the distance to the lower bound. */
const logOf = (value: number, { min }: SliderScale): number => Math.log(value - min + 1)

/** @returns 0..{@link SLIDER_POSITIONS}. */
export function positionOf(value: number, scale: SliderScale): number {
  const { min, max, isLog } = scale
  if (max <= min) return 0
  const within = Math.min(max, Math.max(min, value))
  const ratio = isLog ? logOf(within, scale) / logOf(max, scale) : (within - min) / (max - min)
  return ratio * SLIDER_POSITIONS
}

/** @returns A whole number within the bounds; a logarithmic one has at most two digits that tell. */
export function valueAt(position: number, scale: SliderScale): number {
  const { min, max, isLog } = scale
  const ratio = Math.min(1, Math.max(0, position / SLIDER_POSITIONS))
  if (!isLog) return Math.round(min + ratio * (max - min))
  if (ratio === 1) return max
  const exact = min - 1 + Math.exp(ratio * logOf(max, scale))
  return Math.min(max, Math.max(min, roundedTo(exact, 2)))
}

/**
 * @param steps Whole, its sign the direction; ten are a page.
 * @returns The next value: by one on a linear scale and below 20, by about a twentieth above.
 */
export function steppedFrom(value: number, steps: number, scale: SliderScale): number {
  const { min, max, isLog } = scale
  if (!isLog) return Math.min(max, Math.max(min, value + steps))
  let next = value
  for (let taken = 0; taken < Math.abs(steps); taken += 1) {
    const size = unitOf(steps < 0 ? next - 1 : next)
    next = steps < 0 ? Math.ceil(next / size) * size - size : Math.floor(next / size) * size + size
  }
  return Math.min(max, Math.max(min, next))
}

/** 1 up to 20, 5 up to 100, 10 up to 200, 50 up to 1,000, and so on. */
function unitOf(value: number): number {
  if (value < 20) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return value < 2 * power ? power / 10 : power / 2
}

function roundedTo(value: number, digits: number): number {
  if (value < 10 ** digits) return Math.round(value)
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1)
  return Math.round(value / unit) * unit
}
