import { JobError } from './error.ts'

/** Milliseconds of each unit, from the longest. */
const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

const WRITTEN = /^(\d{1,15}(?:\.\d{1,9})?) ?(ms|s|m|h)$/

/**
 * @param text A number and its unit: `250ms`, `1.5s`, `5m`, `1h`; a bare `0` needs none.
 * @param where What the text was given for, such as `--timeout`; it begins the message.
 * @returns Milliseconds, at least 0, exact to a microsecond.
 * @throws JobError `E_CONFIG`.
 */
export function parseDuration(text: string, where: string): number {
  if (text === '0') return 0
  const [, amount, unit] = WRITTEN.exec(text) ?? []
  const unitMs = UNITS.find(([name]) => name === unit)?.[1]
  if (amount === undefined || unitMs === undefined) {
    const missesUnit = /^\d+(\.\d+)?$/.test(text)
    throw new JobError(
      'E_CONFIG',
      missesUnit
        ? `${where}: "${text}" has no unit; write ${text}s for seconds or ${text}ms for milliseconds`
        : `${where}: "${text}" is not a duration; write a number and ms, s, m or h, such as 250ms, 10s, 5m or 1h`,
    )
  }
  return Math.round(Number(amount) * unitMs * 1_000) / 1_000
}

/**
 * @param ms At least 0, exact to a microsecond.
 * @returns The shortest exact form that {@link parseDuration} reads back, such as `90s`.
 */
export function formatDuration(ms: number): string {
  for (const [name, unitMs] of UNITS) {
    if (ms > 0 && ms % unitMs === 0) return `${ms / unitMs}${name}`
  }
  return `${ms === 0 ? 0 : ms.toFixed(3).replace(/\.?0+$/, '')}ms`
}
