import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import type { OpenedRun } from '../../../../engine/records/protocol.ts'
import { SpanRing } from '../../../../engine/telemetry/span-ring.ts'
import { Ledger } from '../../../../engine/run/ledger.ts'
import { COUNTER, makeCounters } from '../../../../shared/model/counters.ts'
import { Histogram } from '../../../../shared/model/histogram.ts'
import { makeOpenedRun } from '../../../support/engine/opened-run.ts'
import { makeSlot } from '../../../support/engine/slot.ts'
import { makeReport } from '../../../support/engine/worker-report.ts'

const CONTEXT = { state: 'running', fingerprints: null, suspects: [] } as const

function setUp(given: Partial<OpenedRun> = {}) {
  const clock = { ms: 1_000 }
  const supply = new Supply()
  const ledger = new Ledger(makeOpenedRun(given), supply, { nowMs: () => clock.ms, spans: new SpanRing() })
  return { clock, supply, ledger }
}

/** A run of which two tasks settled, one of them failed, within three seconds. */
function resumed(): Partial<OpenedRun> {
  const settled = new SettledBitmap()
  settled.set(0)
  settled.set(2)
  const counters = makeCounters()
  counters[COUNTER.ok] = 1
  counters[COUNTER.failed] = 1
  const latency = new Histogram()
  latency.record(5)
  latency.record(7)
  return {
    settled: settled.toBytes(),
    counters,
    histograms: [latency.drain()],
    errors: [{ code: 'E_DNS', count: 1, sample: 'no such host' }],
    total: 4,
    elapsedMs: 3_000,
    cpuSec: 1.5,
    peakRssBytes: 100,
  }
}

describe('Ledger', () => {
  it('counts what is found as remaining until the total is known', () => {
    const { ledger, supply } = setUp()
    supply.addIndexes(10)
    ledger.accept(makeSlot(0), makeReport({ counters: { ok: 2, skipped: 1, quarantined: 1 } }), {
      segment: 1,
      settled: 4,
    })
    const settled = { ok: 2, failed: 0, skipped: 1, quarantined: 1 }
    expect([ledger.counts, ledger.total]).toEqual([{ total: 10, ...settled, remaining: 6 }, null])
    supply.endAll(12)
    expect([ledger.counts, ledger.total]).toEqual([{ total: 12, ...settled, remaining: 8 }, 12])
  })

  it('never shows fewer tasks than have settled', () => {
    const { ledger } = setUp()
    ledger.accept(makeSlot(0), makeReport({ counters: { ok: 3 } }), { segment: 1, settled: 3 })
    expect(ledger.counts).toMatchObject({ total: 3, remaining: 0 })
  })

  it('goes on from what earlier sessions had', () => {
    const { ledger, clock } = setUp(resumed())
    clock.ms += 500
    expect(ledger.counts).toEqual({ total: 4, ok: 1, failed: 1, skipped: 0, quarantined: 0, remaining: 2 })
    expect([ledger.elapsedMs, ledger.originMs, ledger.isComplete, ledger.settled.count]).toEqual([
      3_500,
      -2_000,
      false,
      2,
    ])
    expect(ledger.compose(CONTEXT)).toMatchObject({
      total: 4,
      elapsedMs: 3_500,
      cpuSec: 1.5,
      peakRssBytes: 100,
      errors: [{ code: 'E_DNS', count: 1, sample: 'no such host' }],
      pages: [],
      segments: [],
    })
  })

  it('is complete when everything has settled and the total is known', () => {
    const { ledger, supply } = setUp()
    ledger.settled.set(0)
    ledger.settled.set(1)
    expect(ledger.isComplete).toBe(false)
    supply.endAll(2)
    expect(ledger.isComplete).toBe(true)
  })

  it('commits what changed since the last time, and sums as they stand', () => {
    const { ledger } = setUp()
    const slot = makeSlot(0)
    ledger.settled.set(1)
    ledger.accept(slot, makeReport({ counters: { ok: 1 }, segmentBytes: 100, latenciesMs: [4] }), {
      segment: 7,
      settled: 1,
    })
    ledger.accept(slot, makeReport({ counters: { ok: 1 }, segmentBytes: 250 }), { segment: 7, settled: 1 })
    const first = ledger.compose(CONTEXT)
    expect([
      first.segments,
      first.pages.map(({ page, bits }) => [page, bits[0]]),
      first.counters[COUNTER.ok],
    ]).toEqual([[{ id: 7, bytes: 250 }], [[0, 2]], 2])
    ledger.accept(slot, makeReport({ counters: { ok: 1 } }), { segment: 8, settled: 1 })
    const second = ledger.compose(CONTEXT)
    expect([second.segments, second.pages, second.counters[COUNTER.ok], first.counters[COUNTER.ok]]).toEqual([
      [],
      [],
      3,
      2,
    ])
    expect(second.histograms[0]!.buckets).toEqual(first.histograms[0]!.buckets)
  })

  it('keeps the spans of every worker', () => {
    const { ledger } = setUp()
    const spans = Float64Array.of(7, 0, 0, 1, 2, 3, 4, 5, 6)
    ledger.accept(makeSlot(4), makeReport({ spans }), { segment: 1, settled: 0 })
    expect([...ledger.spans.read(0).spans]).toEqual([...spans, 5])
  })

  it('stops its time once', () => {
    const { ledger, clock } = setUp()
    clock.ms += 100
    ledger.end()
    clock.ms += 100
    ledger.end()
    expect(ledger.elapsedMs).toBe(100)
  })
})
