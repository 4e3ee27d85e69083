import { describe, expect, it } from 'vitest'
import { Aggregator } from '../../../../engine/telemetry/aggregator.ts'
import { latenciesOf, makeTick } from '../../../../engine/telemetry/tick.ts'
import { makeCounters } from '../../../../shared/model/counters.ts'
import { Histogram } from '../../../../shared/model/histogram.ts'
import type { RunTick, TaskCounts } from '../../../../shared/model/run.ts'
import { makeSlot } from '../../../support/engine/slot.ts'
import { makeReport } from '../../../support/engine/worker-report.ts'

type TickParts = Parameters<typeof makeTick>[0]

const counts = (given: Partial<TaskCounts>): TaskCounts => ({
  total: 100,
  ok: 0,
  failed: 0,
  skipped: 0,
  quarantined: 0,
  remaining: 100,
  ...given,
})

function aggregated(): Aggregator {
  const aggregator = new Aggregator({
    counters: makeCounters(),
    histograms: [],
    errors: [],
    cpuSec: 0,
    peakRssBytes: 0,
  })
  for (const position of [0, 1]) {
    aggregator.add(
      makeSlot(position),
      makeReport({
        counters: { ok: 10, retries: 1, bytesRead: 5, bytesBody: 6, bytesWire: 7, connectMs: 8 },
        gauges: { inFlight: 3, waiting: 4 },
        latenciesMs: [10],
      }),
      { settled: 10, atMs: 1_000 },
    )
  }
  return aggregator
}

const tickOf = (given: Partial<TickParts> = {}): RunTick =>
  makeTick({
    runId: 'run',
    state: 'running',
    elapsedMs: 2_000,
    nowMs: 1_000,
    steering: { processes: 2, threads: 1, inFlight: 3, ratePerSec: null, perHost: null },
    tasks: counts({ ok: 20, remaining: 80 }),
    totalIsFinal: true,
    positionRatio: 0.25,
    load: null,
    limit: 8,
    slots: [makeSlot(0), makeSlot(1)],
    aggregator: aggregated(),
    ...given,
  })

describe('makeTick', () => {
  it('sums up what the workers have in flight and waiting', () => {
    expect(tickOf()).toMatchObject({
      runId: 'run',
      state: 'running',
      elapsedMs: 2_000,
      inFlight: 6,
      waiting: 8,
      limit: 8,
      retries: 2,
      bytes: { read: 10, body: 12, wire: 14 },
      phases: { connectMs: 16 },
      throughput: { averagePerSec: 10 },
      workers: [{ worker: 1 }, { worker: 2 }],
    })
  })

  it('takes progress from tasks once their number is known, and from the position before', () => {
    expect(tickOf().progressRatio).toBe(0.2)
    expect(tickOf({ totalIsFinal: false })).toMatchObject({ progressRatio: 0.25, etaMs: null })
    expect(tickOf({ totalIsFinal: false, positionRatio: null }).progressRatio).toBeNull()
    const empty = counts({ total: 0, remaining: 0 })
    expect(tickOf({ tasks: empty, positionRatio: null })).toMatchObject({ progressRatio: null, etaMs: null })
  })

  it('expects the end between what the last second and the whole run promise', () => {
    const aggregator = aggregated()
    aggregator.throughputNow(0, 0)
    const tick = tickOf({ aggregator, elapsedMs: 4_000 })
    expect(tick.throughput).toEqual({ nowPerSec: 20, averagePerSec: 5 })
    expect(tick.etaMs).toEqual({ low: 4_000, high: 16_000 })
  })

  it('expects nothing while nothing settles', () => {
    expect(tickOf().etaMs).toBeNull()
    expect(tickOf({ elapsedMs: 0, tasks: counts({}) })).toMatchObject({
      throughput: { nowPerSec: 0, averagePerSec: 0 },
      etaMs: null,
    })
  })

  it('estimates what remains by the position in the input where nobody has counted', () => {
    const unknown = { totalIsFinal: false, tasks: counts({ total: 20, ok: 20, remaining: 0 }) }
    const shared = aggregated()
    shared.throughputNow(0, 0)
    // 20 of 80 in a second, or in two: the other 60 take three to six.
    expect(tickOf({ ...unknown, aggregator: shared }).etaMs).toEqual({ low: 3_000, high: 6_000 })
    expect(tickOf({ ...unknown, aggregator: shared, positionRatio: 0.001 }).etaMs).toBeNull()
    expect(tickOf({ ...unknown, aggregator: shared, positionRatio: null }).etaMs).toBeNull()
  })

  it('carries how far the records of a load are', () => {
    const load = { read: 3, sent: 2, acknowledged: 1, failed: 0, rejects: null }
    expect(tickOf({ load }).load).toEqual(load)
  })
})

describe('latenciesOf', () => {
  it('is all null before the first sample', () => {
    expect(latenciesOf(new Histogram())).toEqual({ p50: null, p90: null, p95: null, p99: null, max: null })
  })

  it('names the usual percentiles and the exact maximum', () => {
    const histogram = new Histogram()
    for (let ms = 1; ms <= 100; ms += 1) histogram.record(ms)
    const { p50, p90, p95, p99, max } = latenciesOf(histogram)
    for (const [found, exact] of [
      [p50, 50],
      [p90, 90],
      [p95, 95],
      [p99, 99],
    ] as const) {
      expect(found).toBeGreaterThanOrEqual(exact)
      expect(found).toBeLessThanOrEqual(exact * 1.01)
    }
    expect(max).toBe(100)
  })
})
