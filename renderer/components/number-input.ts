/** How numbers are typed, read back and stepped. */

export interface NumberBounds {
  readonly min: number
  readonly max: number
}

/**
 * Reads what a person typed: spaces and commas between digits are left out, `k`, `M` and `G` multiply.
 *
 * @returns `null` for nothing, `undefined` for what is no number.
 */
export function parseNumber(text: string): number | null | undefined {
  const bare = text.replace(/[\s,_']/g, '')
  if (bare === '') return null
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmg]?)$/i.exec(bare)
  if (match === null) return undefined
  const factor = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[match[2]!.toLowerCase()] ?? 1
  return Number(match[1]) * factor
}

/** @returns The nearest value that is within the bounds and a whole number of steps from the lower one. */
export function settle(value: number, { min, max }: NumberBounds, step: number): number {
  const from = Number.isFinite(min) ? min : 0
  const stepped = from + Math.round((value - from) / step) * step
  return Math.min(max, Math.max(min, trimmed(stepped, step)))
}

/** Without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
const trimmed = (value: number, step: number): number =>
  Number(value.toFixed(Math.min(12, (String(step).split('.')[1] ?? '').length)))

/** @returns The number as it is typed: whole digits, no grouping, so that it can be edited. */
export const typedNumber = (value: number | null): string => (value === null ? '' : String(value))
