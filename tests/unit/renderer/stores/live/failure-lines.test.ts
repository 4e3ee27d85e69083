import { describe, expect, it } from 'vitest'

import { failureLinesOf, type FailureLines } from '../../../../../renderer/stores/live/failure-lines.ts'
import { RunSeries } from '../../../../../renderer/stores/live/series.ts'
import { failureKindNumber, type FailureKind } from '../../../../../shared/model/failure-kind.ts'
import { makeHistory, makeSamples } from '../../../../support/renderer/run-details.ts'

/** A run with a row each second, and what failed in them. */
function seriesOf(seconds: readonly Partial<Record<FailureKind, number>>[], unknown = 0): RunSeries {
  const series = new RunSeries()
  const rows = seconds.map((failures, at) => ({
    elapsedMs: (at + 1) * 1_000,
    failed: Object.values(failures).reduce((sum, count) => sum + count, unknown),
  }))
  const failures = seconds.flatMap((counts, row) =>
    Object.entries(counts).flatMap(([kind, count]) => [row, failureKindNumber(kind as FailureKind), count]),
  )
  series.adopt(makeHistory({ samples: makeSamples(rows), failures: Float64Array.from(failures) }))
  return series
}

const countsOf = ({ lines }: FailureLines) => lines.map(({ kind, count }) => [kind, count])

describe('failures over time', () => {
  it('have a line for each kind, with what failed a second', () => {
    const told = failureLinesOf(seriesOf([{ '429': 4 }, {}, { '429': 1, E_DNS: 2 }]), null, false)

    expect(told).toMatchObject({ fromMs: 0, toMs: 3_000, isMeasured: true, count: 7 })
    expect(told.lines.map(({ kind, points }) => [kind, ...points])).toEqual([
      ['429', 1_000, 4, 2_000, 0, 3_000, 1],
      ['E_DNS', 1_000, 0, 2_000, 0, 3_000, 2],
    ])
  })

  it('name the five most frequent kinds in the order in which they came up, and put others together', () => {
    const told = failureLinesOf(
      seriesOf([{ E_DNS: 1, E_TLS: 3 }, { '429': 4, '5xx': 9, '4xx': 2, E_CONNECT: 5 }, { E_PROTOCOL: 1 }]),
      null,
      false,
    )

    expect(countsOf(told)).toEqual([
      ['E_TLS', 3],
      ['429', 4],
      ['5xx', 9],
      ['4xx', 2],
      ['E_CONNECT', 5],
      [null, 2],
    ])
  })

  it('keep their kinds in a part of the run, and count what failed in it', () => {
    const series = seriesOf([{ E_DNS: 5 }, { E_TLS: 1 }, {}, {}, {}])

    expect(countsOf(failureLinesOf(series, 3_000, false))).toEqual([
      ['E_DNS', 0],
      ['E_TLS', 1],
    ])
    expect(failureLinesOf(series, 2_000, false)).toMatchObject({ count: 0, isMeasured: true })
  })

  it('count among the others what no kind is known of', () => {
    expect(countsOf(failureLinesOf(seriesOf([{}, { E_DNS: 2 }], 3), null, false))).toEqual([
      ['E_DNS', 2],
      [null, 6],
    ])
    expect(failureLinesOf(new RunSeries(), null, true)).toMatchObject({ isMeasured: false, lines: [] })
  })
})
