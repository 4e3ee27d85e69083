import type { SampleColumn } from '../../../shared/model/sample.ts'
import type { RunSeries } from './series.ts'

/** Most points of one line: about one for every two pixels of a chart. */
const POINTS = 300
/** Throughput is judged by the second: in a shorter time too few tasks settle to tell. */
const SECOND_MS = 1_000

/** In less time too few tasks settle for a rate to mean something. */
const SHORTEST_MS = 500

/** Points of a line: `[x0, y0, x1, y1, …]`, milliseconds since the run began. */
export type Line = Float64Array

/** @returns How long each point stands for where a line shows `spanMs`. */
export const binMsOf = (spanMs: number): number => Math.max(SHORTEST_MS, spanMs / POINTS)

interface LineSpan {
  readonly fromMs: number
  readonly binMs: number
  /** Nothing more comes: what is left after the last full bin is drawn with it. */
  readonly isWhole: boolean
}

/** @returns What a column counted, a second. */
export const rateLine = (series: RunSeries, column: SampleColumn, span: LineSpan): Line =>
  rateLineOf(series, row => orZero(series.at(row, column)), span)

/** @returns What rows counted, a second; the rest of a bin that is not full yet is left out while more may come. */
export function rateLineOf(
  series: RunSeries,
  countAt: (row: number) => number,
  { fromMs, binMs, isWhole }: LineSpan,
): Line {
  const points: number[] = []
  let sinceMs: number | null = null
  let sum = 0
  let full = { sinceMs: 0, sum: 0 }
  for (let row = 0; row < series.length; row += 1) {
    const atMs = series.at(row, 'elapsedMs')
    if (atMs < fromMs) continue
    sinceMs ??= row === 0 ? 0 : series.at(row - 1, 'elapsedMs')
    sum += countAt(row)
    // Half a row of tolerance: ticks come a little early and a little late.
    if (atMs - sinceMs < binMs - 50) continue
    points.push(atMs, perSecond(sum, sinceMs, atMs))
    full = { sinceMs, sum }
    sinceMs = atMs
    sum = 0
  }
  if (!isWhole || sinceMs === null || series.endMs === points.at(-2)) return Float64Array.from(points)
  if (points.length === 0) return Float64Array.of(series.endMs, perSecond(sum, sinceMs, series.endMs))
  points.splice(-2, 2, series.endMs, perSecond(full.sum + sum, full.sinceMs, series.endMs))
  return Float64Array.from(points)
}

const perSecond = (count: number, fromMs: number, toMs: number): number =>
  (count * 1_000) / Math.max(1, toMs - fromMs)

/** @returns The newest value of each bin; where nothing was measured the line is interrupted. */
export function levelLine(series: RunSeries, column: SampleColumn, fromMs: number, binMs: number): Line {
  const points: number[] = []
  let sinceMs = -Infinity
  for (let row = 0; row < series.length; row += 1) {
    const atMs = series.at(row, 'elapsedMs')
    if (atMs < fromMs || (atMs - sinceMs < binMs - 50 && row < series.length - 1)) continue
    points.push(atMs, series.at(row, column))
    sinceMs = atMs
  }
  return Float64Array.from(points)
}

/** @returns Values of a line without their times, the newest `most`. */
export function valuesOf(line: Line, most: number): Float64Array {
  const count = Math.min(most, line.length / 2)
  const first = line.length / 2 - count
  return Float64Array.from({ length: count }, (_, at) => line[(first + at) * 2 + 1]!)
}

/**
 * @returns Throughput that 95 % of the seconds reached in which there was something to do; `null` before five of them.
 */
export function lowSidePerSec(series: RunSeries): number | null {
  const rates = busyRates(series).sort((a, b) => a - b)
  return rates.length < 5 ? null : rates[Math.floor(rates.length * 0.05)]!
}

/** @returns Bytes a second over the last second that was measured; `null` before it. */
export function ratePerSec(series: RunSeries, column: SampleColumn): number | null {
  const endMs = series.endMs
  let sum = 0
  for (let row = series.length - 1; row >= 0; row -= 1) {
    sum += orZero(series.at(row, column))
    const startMs = row === 0 ? 0 : series.at(row - 1, 'elapsedMs')
    if (endMs - startMs >= SECOND_MS - 50) return (sum * 1_000) / (endMs - startMs)
  }
  return null
}

const orZero = (value: number): number => (Number.isFinite(value) ? value : 0)

/** Seconds before the first worker is ready, and those of a pause, say nothing of how a run does. */
function busyRates(series: RunSeries): number[] {
  const rates: number[] = []
  let [sinceMs, settled, wasBusy] = [0, 0, false]
  for (let row = 0; row < series.length; row += 1) {
    const atMs = series.at(row, 'elapsedMs')
    settled += orZero(series.at(row, 'settled'))
    wasBusy ||= series.at(row, 'inFlight') > 0
    if (atMs - sinceMs < SECOND_MS - 50) continue
    if (wasBusy || settled > 0) rates.push((settled * 1_000) / (atMs - sinceMs))
    ;[sinceMs, settled, wasBusy] = [atMs, 0, false]
  }
  return rates
}
