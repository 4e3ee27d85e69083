import type { RunSeries } from './series.ts'

/** @returns `[untilMs, ratio, …]`: how busy the event loops were on average up to each time; what was not measured is 0. */
export function loopLineOf(series: RunSeries): Float64Array {
  const line = new Float64Array(series.length * 2)
  for (let row = 0; row < series.length; row += 1) {
    const ratio = series.at(row, 'loopRatio')
    line[row * 2] = series.at(row, 'elapsedMs')
    line[row * 2 + 1] = Number.isNaN(ratio) ? 0 : ratio
  }
  return line
}
