import type { FailureKind } from '../../../shared/model/failure-kind.ts'
import { binMsOf, rateLineOf, type Line } from './lines.ts'
import { spanOf } from './run-lines.ts'
import type { RunSeries } from './series.ts'

/** Kinds that have a line of their own; all others share one. */
const MOST_LINES = 5

/** Failures per second of one kind; `null` for all kinds together that have no line of their own. */
export interface FailureLine {
  readonly kind: FailureKind | null
  readonly points: Line
  /** How many failed in the span. */
  readonly count: number
}

export interface FailureLines {
  readonly fromMs: number
  readonly toMs: number
  /** False before anything was measured. */
  readonly isMeasured: boolean
  /** Of the kinds that were most frequent in the whole run, in the order in which they came up. */
  readonly lines: readonly FailureLine[]
  /** Of all kinds, in the span. */
  readonly count: number
}

/**
 * Tasks that ended as failures, by kind and over time. Attempts that were tried again are no failures. What is missing
 * to all failures, because an earlier version did not count kinds, is among the others.
 *
 * @param windowMs The newest part of the run that is shown; `null` for all of it.
 */
export function failureLinesOf(series: RunSeries, windowMs: number | null, isAlive: boolean): FailureLines {
  const { fromMs, toMs } = spanOf(series, windowMs, isAlive)
  const shown = frequentKinds(series)
  const { failures } = series
  const failedAt = (row: number): number => series.at(row, 'failed') || 0
  const othersAt = (row: number): number =>
    shown.reduce((rest, kind) => rest - failures.at(row, kind), failedAt(row))
  const lineOf = (kind: FailureKind | null, countAt: (row: number) => number): FailureLine => ({
    kind,
    count: sumOf(series, fromMs, countAt),
    points: rateLineOf(series, countAt, { fromMs, binMs: binMsOf(toMs - fromMs), isWhole: !isAlive }),
  })
  const others = lineOf(null, row => Math.max(0, othersAt(row)))
  return {
    fromMs,
    toMs,
    isMeasured: series.length > 0,
    lines: [
      ...shown.map(kind => lineOf(kind, row => failures.at(row, kind))),
      ...(others.count > 0 ? [others] : []),
    ],
    count: sumOf(series, fromMs, failedAt),
  }
}

function frequentKinds(series: RunSeries): readonly FailureKind[] {
  const { failures } = series
  const counted = failures.kinds.map(kind => ({
    kind,
    count: sumOf(series, 0, row => failures.at(row, kind)),
  }))
  const most = new Set(
    counted
      .toSorted((one, other) => other.count - one.count)
      .slice(0, MOST_LINES)
      .map(({ kind }) => kind),
  )
  return failures.kinds.filter(kind => most.has(kind))
}

function sumOf(series: RunSeries, fromMs: number, countAt: (row: number) => number): number {
  let sum = 0
  for (let row = series.length - 1; row >= 0 && series.at(row, 'elapsedMs') >= fromMs; row -= 1)
    sum += countAt(row)
  return sum
}
