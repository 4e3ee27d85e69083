import { quantile, quantileOfSorted, sorted } from './quantiles.ts'

/** How low throughput falls: a mean hides the seconds in which nothing moved. */
export interface LowSide {
  /** Tasks a second that 99 %, 95 % and half of the windows reach; NaN without a whole window. */
  readonly p1: number
  readonly p5: number
  readonly p50: number
  /** Length of a window: as asked for, or longer where rows are. */
  readonly windowMs: number
  /** Windows that were counted; below 100 the p1 is next to the least of all. */
  readonly windows: number
}

/** Columns of a run's samples: milliseconds since its begin, and tasks settled since the row before. */
export interface SettledRow {
  readonly elapsedMs: number
  readonly settled: number
}

/**
 * Throughput in windows of the same length, one after the other from the first row's time on. What a row tells is spread evenly
 * over the time since the row before; a window that the run's end cuts off does not count.
 *
 * @param rows By time. The first one only says where the windows begin.
 */
export function lowSideOf(rows: readonly SettledRow[], askedWindowMs = 1_000): LowSide {
  const lengths = rows.slice(1).map((row, at) => row.elapsedMs - rows[at]!.elapsedMs)
  // A few late rows are bridged; when rows are longer as a rule, shorter windows would only repeat them.
  const windowMs = lengths.length === 0 ? askedWindowMs : Math.max(askedWindowMs, quantile(lengths, 0.9))
  const perSec = sorted(windowSums(rows, windowMs).map(settled => (settled * 1_000) / windowMs))
  const [p1, p5, p50] = [0.01, 0.05, 0.5].map(q => quantileOfSorted(perSec, q)) as [number, number, number]
  return { p1, p5, p50, windowMs, windows: perSec.length }
}

function windowSums(rows: readonly SettledRow[], windowMs: number): number[] {
  const beginMs = rows[0]?.elapsedMs ?? 0
  const endMs = rows.at(-1)?.elapsedMs ?? 0
  // Times are sums of fractions: a last window must not be lost to the last digit.
  const sums = new Array<number>(Math.floor((endMs - beginMs) / windowMs + 1e-9)).fill(0)
  for (let at = 1; at < rows.length; at += 1) {
    const from = rows[at - 1]!.elapsedMs - beginMs
    const to = rows[at]!.elapsedMs - beginMs
    if (to <= from) continue
    for (
      let window = Math.floor(from / windowMs);
      window * windowMs < to && window < sums.length;
      window += 1
    ) {
      const sharedMs = Math.min(to, (window + 1) * windowMs) - Math.max(from, window * windowMs)
      sums[window]! += (rows[at]!.settled * sharedMs) / (to - from)
    }
  }
  return sums
}
