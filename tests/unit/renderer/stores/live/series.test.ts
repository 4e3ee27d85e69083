import { describe, expect, it } from 'vitest'

import { RunSeries } from '../../../../../renderer/stores/live/series.ts'
import { failureKindNumber, type FailureKind } from '../../../../../shared/model/failure-kind.ts'
import type { RunHistory } from '../../../../../shared/model/run-history.ts'
import type { RunTick } from '../../../../../shared/model/run.ts'
import { makeTick } from '../../../../support/cli/run-ticks.ts'
import { makeHistory, makeSamples } from '../../../../support/renderer/run-details.ts'

const tickAt = (elapsedMs: number, ok: number, change: Partial<RunTick> = {}): RunTick =>
  makeTick({
    elapsedMs,
    tasks: { total: 1_000, ok, failed: 0, skipped: 0, quarantined: 0, remaining: 1_000 - ok },
    ...change,
  })
const historyOf = (...given: Parameters<typeof makeSamples>): RunHistory =>
  makeHistory({ samples: makeSamples(...given) })
const rowsOf = (series: RunSeries): number[][] =>
  Array.from({ length: series.length }, (_, row) => [series.at(row, 'elapsedMs'), series.at(row, 'settled')])

describe('RunSeries', () => {
  it('turns ticks into rows of what happened between them', () => {
    const series = new RunSeries()
    series.push(tickAt(200, 10))
    series.push(tickAt(400, 30))
    series.push(tickAt(600, 30))

    expect(rowsOf(series)).toEqual([
      [200, 10],
      [400, 20],
      [600, 0],
    ])
  })

  it('joins ticks to the rows of the journal without a gap and without counting twice', () => {
    const series = new RunSeries()
    series.push(tickAt(600, 30))
    series.push(tickAt(800, 45))
    series.adopt(
      historyOf([
        { elapsedMs: 200, settled: 10 },
        { elapsedMs: 400, settled: 12 },
        { elapsedMs: 600, settled: 8 },
      ]),
    )
    series.push(tickAt(1_000, 50))

    expect(rowsOf(series)).toEqual([
      [200, 10],
      [400, 12],
      [600, 8],
      [800, 15],
      [1_000, 5],
    ])
  })

  it('makes up for ticks that were left out between the journal and the first one', () => {
    const series = new RunSeries()
    series.adopt(historyOf([{ elapsedMs: 200, settled: 10 }]))
    series.push(tickAt(1_400, 70))

    expect(rowsOf(series)).toEqual([
      [200, 10],
      [1_400, 60],
    ])
  })

  it('takes no tick twice and none that comes late', () => {
    const series = new RunSeries()
    for (const tick of [tickAt(200, 1), tickAt(400, 2), tickAt(400, 2), tickAt(200, 1)]) series.push(tick)

    expect(rowsOf(series)).toEqual([
      [200, 1],
      [400, 1],
    ])
  })

  it('draws no peak for what happened before anything was known of the run', () => {
    const series = new RunSeries()
    series.adopt(historyOf([]))
    series.push(tickAt(50_000, 900))
    series.push(tickAt(50_200, 905))

    expect(rowsOf(series)).toEqual([[50_200, 5]])
  })

  it('counts what a destination took back as nothing', () => {
    const series = new RunSeries()
    series.push(tickAt(200, 50))
    series.push(tickAt(400, 20))
    series.push(tickAt(600, 25))

    expect(rowsOf(series).map(([, settled]) => settled)).toEqual([50, 0, 5])
  })

  it('puts ticks of a long run together, as its journal does', () => {
    const series = new RunSeries()
    series.adopt(
      historyOf([
        { elapsedMs: 599_000, settled: 5 },
        { elapsedMs: 600_000, settled: 10 },
      ]),
    )
    for (let at = 1; at <= 10; at += 1) series.push(tickAt(600_000 + at * 200, 15 + at))

    expect(rowsOf(series).slice(2)).toEqual([
      [601_000, 5],
      [602_000, 5],
    ])
  })

  it('never has more than a few thousand rows, and loses no count by that', () => {
    const series = new RunSeries()
    series.adopt(
      historyOf(Array.from({ length: 3_999 }, (_, at) => ({ elapsedMs: (at + 1) * 10, settled: 1 }))),
    )
    for (let at = 1; at <= 5; at += 1) series.push(tickAt(40_000 + at * 200, 4_000 + at))
    const settled = rowsOf(series).reduce((sum, [, count]) => sum + count!, 0)

    expect({ isBounded: series.length < 2_100, settled, endMs: series.endMs }).toEqual({
      isBounded: true,
      settled: 4_005,
      endMs: 41_000,
    })
  })

  it('counts the CPU and memory of a process once for all of its threads', () => {
    const worker = makeTick().workers[0]!
    const threads = [1, 2].map(threadId => ({
      ...worker,
      worker: threadId,
      threadId,
      cpuRatio: 0.5,
      rssBytes: 100,
      loopUtilisationRatio: threadId / 4,
    }))
    const series = new RunSeries()
    series.push(tickAt(200, 1, { workers: threads }))

    expect([series.at(0, 'cpuRatio'), series.at(0, 'rssBytes'), series.at(0, 'loopRatio')]).toEqual([
      0.5, 100, 0.375,
    ])
  })

  describe('of failures', () => {
    const failedAt = (elapsedMs: number, ...counts: readonly (readonly [FailureKind, number])[]): RunTick =>
      tickAt(elapsedMs, 0, { failures: counts.map(([kind, count]) => ({ kind, count })) })
    const failuresOf = (series: RunSeries): Record<string, number[]> =>
      Object.fromEntries(
        series.failures.kinds.map(kind => [
          kind,
          Array.from({ length: series.length }, (_, row) => series.failures.at(row, kind)),
        ]),
      )
    const [dns, server] = [failureKindNumber('E_DNS'), failureKindNumber('5xx')]

    it('tells those of the journal and those of ticks after it, none of them twice', () => {
      const series = new RunSeries()
      series.push(failedAt(400, ['5xx', 3], ['E_DNS', 2]))
      series.adopt({
        ...historyOf([{ elapsedMs: 200 }, { elapsedMs: 400 }]),
        failures: Float64Array.of(0, dns, 2, 1, server, 3, 1, 999, 8),
      })
      series.push(failedAt(600, ['5xx', 4], ['E_DNS', 2], ['E_TLS', 1]))
      series.push(failedAt(800, ['5xx', 3], ['E_DNS', 9], ['E_TLS', 1]))

      expect(failuresOf(series)).toEqual({ E_DNS: [2, 0, 0, 7], '5xx': [0, 3, 1, 0], E_TLS: [0, 0, 1, 0] })
      series.clear()
      expect(series.failures.kinds).toEqual([])
    })

    it('tells none of those before rows that do not tell their kinds', () => {
      const series = new RunSeries()
      series.adopt(historyOf([{ elapsedMs: 9_000, failed: 5, failureKinds: NaN }]))
      series.push(failedAt(9_200, ['E_DNS', 5]))
      series.push(failedAt(9_400, ['E_DNS', 7]))

      expect(failuresOf(series)).toEqual({ E_DNS: [0, 0, 2] })
    })

    it('loses none when rows are put together', () => {
      const series = new RunSeries()
      series.adopt({
        ...historyOf(Array.from({ length: 4_000 }, (_, at) => ({ elapsedMs: (at + 1) * 10 }))),
        failures: Float64Array.from(Array.from({ length: 4_000 }, (_, at) => [at, dns, 1]).flat()),
      })
      series.push(failedAt(40_200, ['E_DNS', 4_001]))

      const { E_DNS } = failuresOf(series)
      expect([E_DNS!.length, E_DNS![0], E_DNS![1_999], E_DNS![2_000]]).toEqual([2_001, 2, 2, 1])
    })
  })
})
