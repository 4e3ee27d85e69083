import { describe, expect, it } from 'vitest'

import {
  binMsOf,
  levelLine,
  lowSidePerSec,
  rateLine,
  ratePerSec,
  valuesOf,
} from '../../../../../renderer/stores/live/lines.ts'
import { RunSeries } from '../../../../../renderer/stores/live/series.ts'
import type { SampleColumn } from '../../../../../shared/model/sample.ts'
import { makeHistory, makeSamples } from '../../../../support/renderer/run-details.ts'

function seriesOf(rows: readonly Partial<Record<SampleColumn, number>>[]): RunSeries {
  const series = new RunSeries()
  series.adopt(makeHistory({ samples: makeSamples(rows) }))
  return series
}
const everyFifth = (settled: readonly number[], inFlight = 1) =>
  settled.map((count, at) => ({ elapsedMs: (at + 1) * 200, settled: count, inFlight }))

describe('lines of a run', () => {
  it('show what was counted as a rate over bins, without the bin that is not full yet', () => {
    const series = seriesOf(everyFifth([10, 20, 30, 40, 50, 60, 70]))

    expect([...rateLine(series, 'settled', { fromMs: 0, binMs: 600, isWhole: false })]).toEqual([
      600, 100, 1_200, 250,
    ])
  })

  it('end with what is left after the last full bin, once nothing more comes', () => {
    const whole = { fromMs: 0, binMs: 600, isWhole: true }
    const series = seriesOf(everyFifth([10, 20, 30, 40, 50, 60, 70]))

    expect([...rateLine(series, 'settled', whole)]).toEqual([600, 100, 1_400, 275])
    expect([...rateLine(seriesOf(everyFifth([10, 20])), 'settled', whole)]).toEqual([400, 75])
    expect(rateLine(seriesOf(everyFifth([10, 20, 30])), 'settled', whole)).toHaveLength(2)
    expect(rateLine(seriesOf([]), 'settled', whole)).toHaveLength(0)
  })

  it('show levels by the newest of each bin and end with the newest of all', () => {
    const series = seriesOf([
      { elapsedMs: 200, p95Ms: NaN },
      { elapsedMs: 400, p95Ms: 5 },
      { elapsedMs: 600, p95Ms: 6 },
      { elapsedMs: 800, p95Ms: 7 },
    ])

    expect([...levelLine(series, 'p95Ms', 0, 400)]).toEqual([200, NaN, 600, 6, 800, 7])
  })

  it('begin where the window does', () => {
    const series = seriesOf(everyFifth([10, 20, 30, 40]))

    expect([...rateLine(series, 'settled', { fromMs: 600, binMs: 200, isWhole: false })]).toEqual([
      600, 150, 800, 200,
    ])
  })

  it('have about as many points for a long run as for a short one', () => {
    expect([binMsOf(10_000), binMsOf(3_600_000)]).toEqual([500, 12_000])
  })

  it('give their newest values', () => {
    expect([...valuesOf(Float64Array.of(1, 10, 2, 20, 3, 30), 2)]).toEqual([20, 30])
  })
})

describe('lowSidePerSec', () => {
  it('is what 95 % of the seconds reached', () => {
    const seconds = Array.from({ length: 40 }, (_, second) => (second < 3 ? second : 100))
    const rows = seconds.map((settled, at) => ({ elapsedMs: (at + 1) * 1_000, settled, inFlight: 1 }))

    expect(lowSidePerSec(seriesOf(rows))).toBe(2)
  })

  it('is not known before five seconds', () => {
    expect(lowSidePerSec(seriesOf(everyFifth(Array.from({ length: 20 }, () => 4))))).toBeNull()
  })

  it('leaves out seconds in which nothing was to be done, and counts those in which nothing came of it', () => {
    const idle = [0, 0, 0].map((settled, at) => ({ elapsedMs: (at + 1) * 1_000, settled, inFlight: 0 }))
    const busy = [0, 9, 9, 9, 9].map((settled, at) => ({ elapsedMs: (at + 4) * 1_000, settled, inFlight: 3 }))

    expect([
      lowSidePerSec(seriesOf([...idle, ...busy])),
      lowSidePerSec(seriesOf([...idle, ...busy.slice(1)])),
    ]).toEqual([0, null])
  })
})

describe('ratePerSec', () => {
  it('is taken over the last second', () => {
    const rows = [100, 1, 2, 3, 4, 5].map((bytesRead, at) => ({ elapsedMs: (at + 1) * 200, bytesRead }))

    expect([
      ratePerSec(seriesOf(rows), 'bytesRead'),
      ratePerSec(seriesOf(rows.slice(0, 2)), 'bytesRead'),
    ]).toEqual([15, null])
  })
})
