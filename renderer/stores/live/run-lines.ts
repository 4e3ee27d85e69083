import type { Latencies } from '../../../shared/model/run.ts'
import { binMsOf, levelLine, rateLine, type Line } from './lines.ts'
import type { RunSeries } from './series.ts'

export type Percentile = keyof Latencies
export const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'max'] as const satisfies readonly Percentile[]

/** Every line that is drawn of a run, over one span of time. */
export interface RunLines {
  readonly fromMs: number
  readonly toMs: number
  readonly throughput: Line
  readonly failed: Line
  readonly latency: Readonly<Record<Percentile, Line>>
  readonly inFlight: Line
  readonly limit: Line
}

/** A run that has only begun is drawn as if it had lasted so long: its lines grow into the chart. */
const LEAST_MS = 10_000

/** @returns The span of time that is drawn; the same in every chart. */
export function spanOf(
  series: RunSeries,
  windowMs: number | null,
  isAlive: boolean,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = isAlive ? Math.max(LEAST_MS, series.endMs) : series.endMs
  return { fromMs: windowMs === null ? 0 : Math.max(0, toMs - windowMs), toMs }
}

/** @param windowMs The newest part of the run that is shown; `null` for all of it. */
export function runLinesOf(series: RunSeries, windowMs: number | null, isAlive: boolean): RunLines {
  const { fromMs, toMs } = spanOf(series, windowMs, isAlive)
  const binMs = binMsOf(toMs - fromMs)
  const span = { fromMs, binMs, isWhole: !isAlive }
  const level = (column: Parameters<typeof levelLine>[1]): Line => levelLine(series, column, fromMs, binMs)
  return {
    fromMs,
    toMs,
    throughput: rateLine(series, 'settled', span),
    failed: rateLine(series, 'failed', span),
    latency: {
      p50: level('p50Ms'),
      p90: level('p90Ms'),
      p95: level('p95Ms'),
      p99: level('p99Ms'),
      max: level('maxMs'),
    },
    inFlight: level('inFlight'),
    limit: level('limit'),
  }
}
