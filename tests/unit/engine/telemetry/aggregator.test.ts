import { describe, expect, it } from 'vitest'
import { Aggregator, type Measured } from '../../../../engine/telemetry/aggregator.ts'
import { COUNTER, makeCounters } from '../../../../shared/model/counters.ts'
import { Histogram, HISTOGRAMS } from '../../../../shared/model/histogram.ts'
import { makeSlot } from '../../../support/engine/slot.ts'
import { makeReport } from '../../../support/engine/worker-report.ts'

const NOTHING: Measured = {
  counters: makeCounters(),
  histograms: [],
  errors: [],
  cpuSec: 0,
  peakRssBytes: 0,
}

describe('Aggregator', () => {
  it('sums counters, merges histograms and groups errors of all workers', () => {
    const aggregator = new Aggregator(NOTHING)
    const error = { code: 'E_DNS', count: 1, sample: 'no such host' } as const
    aggregator.add(
      makeSlot(0),
      makeReport({ counters: { ok: 2, queueMs: 5 }, latenciesMs: [1, 2], errors: [error] }),
      { settled: 2, atMs: 0 },
    )
    aggregator.add(
      makeSlot(1),
      makeReport({ counters: { failed: 1, queueMs: 7 }, latenciesMs: [30], errors: [error] }),
      {
        settled: 1,
        atMs: 10,
      },
    )
    expect([aggregator.counters[COUNTER.ok], aggregator.counters[COUNTER.failed]]).toEqual([2, 1])
    expect([aggregator.histograms[0]!.count, aggregator.histograms[0]!.maxMs]).toEqual([3, 30])
    expect(aggregator.errors.groups).toEqual([{ ...error, count: 2 }])
    expect(aggregator.phases).toEqual({ queueMs: 12, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 })
  })

  it('goes on from what was measured before', () => {
    const before = new Histogram()
    before.record(100)
    const counters = makeCounters()
    counters[COUNTER.ok] = 40
    const aggregator = new Aggregator({
      ...NOTHING,
      counters,
      histograms: HISTOGRAMS.map(() => ({ buckets: before.toSparse(), maxMs: 100 })),
      cpuSec: 3,
      peakRssBytes: 500,
    })
    aggregator.add(
      makeSlot(0),
      makeReport({ counters: { ok: 1 }, latenciesMs: [1], gauges: { cpuSec: 1 } }),
      {
        settled: 1,
        atMs: 0,
      },
    )
    expect([
      aggregator.counters[COUNTER.ok],
      aggregator.histograms[0]!.count,
      aggregator.costs.cpuSec,
    ]).toEqual([41, 2, 4])
    expect(aggregator.latencyNow(0).count).toBe(1)
  })

  it('shows each worker as it reported last', () => {
    const aggregator = new Aggregator(NOTHING)
    const slot = makeSlot(1, { pid: 77, threadId: 3, restarts: 2 })
    const gauges = {
      inFlight: 5,
      waiting: 6,
      loopUtilisationRatio: 0.5,
      cpuSec: 1,
      rssBytes: 9,
      current: 'http://a/',
    }
    aggregator.add(slot, makeReport({ counters: { ok: 8, failed: 1, quarantined: 1 }, gauges }), {
      settled: 10,
      atMs: 0,
    })
    aggregator.add(slot, makeReport({ gauges: { ...gauges, cpuSec: 1.5, inFlight: 4 } }), {
      settled: 20,
      atMs: 1_000,
    })
    expect(aggregator.workerTick(slot)).toEqual({
      worker: 2,
      pid: 77,
      threadId: 3,
      state: 'ready',
      inFlight: 4,
      waiting: 6,
      settled: 30,
      failed: 2,
      throughputPerSec: 20,
      loopUtilisationRatio: 0.5,
      cpuRatio: 0.5,
      rssBytes: 9,
      current: 'http://a/',
      restarts: 2,
    })
    expect(aggregator.throughputOf(slot)).toBe(20)
    expect(aggregator.throughputOf(makeSlot(5))).toBe(0)
  })

  it('shows nothing in flight of a worker that is lost, and keeps what it did', () => {
    const aggregator = new Aggregator(NOTHING)
    const slot = makeSlot(0, { pid: 7 })
    const report = (cpuSec: number) =>
      makeReport({ gauges: { inFlight: 5, cpuSec, rssBytes: 100, current: '#1' } })
    aggregator.add(slot, report(1), { settled: 10, atMs: 0 })
    aggregator.add(slot, report(2), { settled: 10, atMs: 1_000 })
    aggregator.lost(slot)
    expect(aggregator.workerTick(slot)).toMatchObject({
      inFlight: 0,
      current: null,
      rssBytes: 0,
      cpuRatio: 0,
      settled: 20,
    })
    slot.pid = 8
    aggregator.add(slot, report(0.5), { settled: 1, atMs: 2_000 })
    expect([aggregator.costs.cpuSec, aggregator.workerTick(slot).cpuRatio]).toEqual([2.5, 0])
  })

  it('counts refused reports', () => {
    const aggregator = new Aggregator(NOTHING)
    aggregator.fence()
    aggregator.fence()
    expect(aggregator.counters[COUNTER.fenced]).toBe(2)
  })

  it('knows throughput and latency of the last second', () => {
    const aggregator = new Aggregator(NOTHING)
    aggregator.add(makeSlot(0), makeReport({ latenciesMs: [10] }), { settled: 1, atMs: 100 })
    aggregator.add(makeSlot(1), makeReport({ latenciesMs: [20, 30] }), { settled: 2, atMs: 900 })
    expect([aggregator.latencyNow(1_000).count, aggregator.latencyNow(1_500).count]).toEqual([3, 2])
    expect([aggregator.throughputNow(0, 0), aggregator.throughputNow(500, 100)]).toEqual([0, 200])
  })
})
