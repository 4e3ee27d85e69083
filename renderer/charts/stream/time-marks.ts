import { clock } from '../../../shared/locales/format.ts'

export interface TimeMark {
  readonly atMs: number
  readonly label: string
}

const STEPS = [1, 2, 5]
const LONG_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
].map(seconds => seconds * 1_000)
const LEAST_STEP_MS = 0.01

/** @returns Round times in the window, at most `most`, from microseconds to days. */
export function timeMarks(fromMs: number, toMs: number, most: number): readonly TimeMark[] {
  const leastMs = (toMs - fromMs) / Math.max(1, most)
  const stepMs = stepOf(leastMs)
  const marks: TimeMark[] = []
  for (let count = Math.ceil(fromMs / stepMs); count * stepMs <= toMs && marks.length <= most; count += 1)
    marks.push({ atMs: count * stepMs, label: timeLabel(count * stepMs, stepMs) })
  return marks
}

function stepOf(leastMs: number): number {
  if (leastMs > 500)
    return LONG_STEPS_MS.find(step => step >= leastMs) ?? Math.ceil(leastMs / 86_400_000) * 86_400_000
  for (let size = LEAST_STEP_MS; ; size *= 10)
    for (const step of STEPS) if (step * size >= leastMs) return step * size
}

/** @returns `0:07`, and with as many decimals of the second as steps of that size need: `0:07.25`. */
export function timeLabel(ms: number, stepMs: number): string {
  if (stepMs >= 1_000) return clock(ms)
  const decimals = Math.min(5, Math.max(1, Math.ceil(3 - Math.log10(stepMs) - 1e-9)))
  const rounded = Math.round((ms / 1_000) * 10 ** decimals) / 10 ** decimals
  const whole = Math.floor(rounded)
  return `${clock(whole * 1_000)}${(rounded - whole).toFixed(decimals).slice(1)}`
}
