/** A spark line is drawn on this grid and stretched over its place. */
export const SPARK_WIDTH = 100
export const SPARK_HEIGHT = 24

/** More points than this are not told apart in so small a place. */
const MOST_POINTS = 120
/** Kept free above and below, so that the line is not cut. */
const EDGE = 1.5

/**
 * @param values Oldest first; NaN is not measured. Only the last ones that can be told apart are drawn.
 * @returns `d` of a path, from 0 (or the lowest below it) at the bottom to the highest at the top; empty without a line.
 */
export function sparkPath(values: ArrayLike<number>): string {
  const shown = Array.from(values).slice(-MOST_POINTS)
  const measured = shown.filter(value => Number.isFinite(value))
  if (measured.length < 2) return ''
  const low = Math.min(0, ...measured)
  const high = Math.max(...measured)
  const scale = high === low ? 0 : (SPARK_HEIGHT - 2 * EDGE) / (high - low)
  const step = SPARK_WIDTH / (shown.length - 1)

  let path = ''
  let isDrawing = false
  for (const [index, value] of shown.entries()) {
    if (Number.isFinite(value)) {
      const y = SPARK_HEIGHT - EDGE - (value - low) * scale
      path += `${isDrawing ? 'L' : 'M'}${(index * step).toFixed(2)} ${y.toFixed(2)}`
    }
    isDrawing = Number.isFinite(value)
  }
  return path
}

/** @returns What the line says; `null` before anything was measured. */
export function sparkFigures(
  values: ArrayLike<number>,
): { readonly last: number; readonly low: number; readonly high: number } | null {
  const measured = Array.from(values).filter(value => Number.isFinite(value))
  if (measured.length === 0) return null
  return {
    last: measured.at(-1)!,
    low: measured.reduce((one, other) => Math.min(one, other)),
    high: measured.reduce((one, other) => Math.max(one, other)),
  }
}
