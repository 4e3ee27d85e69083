import { describe, expect, it } from 'vitest'
import { Sampler } from '../../../../engine/telemetry/sampler.ts'
import { COUNTER, makeCounters } from '../../../../shared/model/counters.ts'
import { failureKindNumber, type FailureCount } from '../../../../shared/model/failure-kind.ts'
import type { RunTick } from '../../../../shared/model/run.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../../shared/model/sample.ts'
import { makeRunTick, makeWorkerTick } from '../../../support/engine/run-tick.ts'

const NEW = { elapsedMs: 0, counters: makeCounters(), sampled: null, failures: [] }

/** A tick of a run that has settled so many tasks, all of them well. */
const settledTick = (elapsedMs: number, settled: number, given: Partial<RunTick> = {}): RunTick =>
  makeRunTick({
    elapsedMs,
    tasks: { total: 1_000, ok: settled, failed: 0, skipped: 0, quarantined: 0, remaining: 1_000 - settled },
    ...given,
  })

function columnOf(rows: Float64Array, name: SampleColumn): number[] {
  return Array.from(
    { length: rows.length / SAMPLE_WIDTH },
    (_, row) => rows[row * SAMPLE_WIDTH + SAMPLE[name]]!,
  )
}

function rowOf(rows: Float64Array, names: readonly SampleColumn[]): Record<string, number> {
  return Object.fromEntries(names.map(name => [name, rows[SAMPLE[name]]!]))
}

describe('Sampler', () => {
  it('makes a row a tick, each with what was added since the one before', () => {
    const sampler = new Sampler(NEW)
    for (const [elapsedMs, settled] of [
      [200, 3],
      [401, 10],
      [599, 10],
    ] as const)
      sampler.note(settledTick(elapsedMs, settled))
    const rows = sampler.take().samples
    expect(columnOf(rows, 'elapsedMs')).toEqual([200, 401, 599])
    expect(columnOf(rows, 'settled')).toEqual([3, 7, 0])
    expect(sampler.take().samples).toHaveLength(0)
  })

  it('makes rows less often the longer a run lasts', () => {
    const sampler = new Sampler({ ...NEW, elapsedMs: 299_800 })
    const made = Array.from({ length: 20 }, (_, at) => sampler.note(settledTick(300_000 + at * 200, 0)))
    expect(made.filter(Boolean)).toHaveLength(4)
    const late = new Sampler({ ...NEW, elapsedMs: 3_600_000 })
    const madeLate = Array.from({ length: 100 }, (_, at) => late.note(settledTick(3_600_200 + at * 200, 0)))
    expect(madeLate.filter(Boolean)).toHaveLength(4)
  })

  it('makes the last row whenever that is, so that nothing is missing', () => {
    const sampler = new Sampler(NEW)
    sampler.note(settledTick(200, 3))
    sampler.end(settledTick(210, 5))
    sampler.end(settledTick(210, 5))
    expect(columnOf(sampler.take().samples, 'settled')).toEqual([3, 2])
  })

  it('counts failed and quarantined tasks together, and each kind of bytes and times', () => {
    const sampler = new Sampler(NEW)
    sampler.note(
      makeRunTick({
        elapsedMs: 200,
        tasks: { total: 9, ok: 1, failed: 2, skipped: 1, quarantined: 1, remaining: 4 },
        bytes: { read: 11, body: 12, wire: 13 },
        retries: 14,
        phases: { queueMs: 1, connectMs: 2, firstByteMs: 3, bodyMs: 4, cpuMs: 5 },
      }),
    )
    const names = ['settled', 'failed', 'bytesRead', 'bytesBody', 'bytesWire', 'retries', 'bodyMs'] as const
    expect(rowOf(sampler.take().samples, names)).toEqual({
      settled: 5,
      failed: 3,
      bytesRead: 11,
      bytesBody: 12,
      bytesWire: 13,
      retries: 14,
      bodyMs: 4,
    })
  })

  it('adds up the processes of ready workers, threads of one process once', () => {
    const sampler = new Sampler(NEW)
    const workers = [
      makeWorkerTick({ pid: 1, threadId: 1, cpuRatio: 0.9, rssBytes: 50, loopUtilisationRatio: 1 }),
      makeWorkerTick({ pid: 1, threadId: 2, cpuRatio: 0.8, rssBytes: 49, loopUtilisationRatio: 0.5 }),
      makeWorkerTick({ pid: 2, cpuRatio: 0.1, rssBytes: 7, state: 'starting' }),
    ]
    sampler.note(makeRunTick({ elapsedMs: 200, workers }))
    const row = rowOf(sampler.take().samples, ['cpuRatio', 'rssBytes', 'loopRatio', 'workers'])
    expect(row).toEqual({ cpuRatio: 1, rssBytes: 57, loopRatio: 0.75, workers: 2 })
  })

  it('says that nothing was measured where nothing was', () => {
    const sampler = new Sampler(NEW)
    sampler.note(makeRunTick({ elapsedMs: 200 }))
    const row = rowOf(sampler.take().samples, ['p50Ms', 'p99Ms', 'maxMs', 'loopRatio'])
    expect(row).toEqual({ p50Ms: NaN, p99Ms: NaN, maxMs: NaN, loopRatio: NaN })
  })

  it('keeps the longest latency of all ticks of a row, and percentiles of its last', () => {
    const sampler = new Sampler({ ...NEW, elapsedMs: 300_000 })
    for (const [at, max] of [9, 70, 3, 4, 5].entries()) {
      const latencyNowMs = { p50: at, p90: at, p95: at, p99: at, max }
      sampler.note(settledTick(300_200 + at * 200, 0, { latencyNowMs }))
    }
    expect(rowOf(sampler.take().samples, ['p50Ms', 'maxMs'])).toEqual({ p50Ms: 4, maxMs: 70 })
  })

  it('goes on where an earlier session ended: what came after its last row belongs to the next', () => {
    const counters = makeCounters()
    counters[COUNTER.ok] = 100
    const sampled = new Float64Array(SAMPLE_WIDTH)
    sampled[SAMPLE.settled] = 90
    const sampler = new Sampler({ ...NEW, elapsedMs: 5_000, counters, sampled })
    sampler.note(settledTick(5_200, 103))
    expect(columnOf(sampler.take().samples, 'settled')).toEqual([13])
  })

  it('leaves out what was done before there were rows', () => {
    const counters = makeCounters()
    counters[COUNTER.ok] = 100
    const sampler = new Sampler({ ...NEW, elapsedMs: 5_000, counters })
    sampler.note(settledTick(5_200, 103))
    expect(columnOf(sampler.take().samples, 'settled')).toEqual([3])
  })

  it('counts nothing as less than nothing when a destination forgot what was done', () => {
    const sampler = new Sampler(NEW)
    sampler.note(settledTick(200, 50))
    sampler.note(settledTick(400, 20))
    sampler.note(settledTick(600, 30))
    expect(columnOf(sampler.take().samples, 'settled')).toEqual([50, 0, 10])
  })

  it('tells what failed since the row before by kind, in an order that does not depend on how often', () => {
    const sampler = new Sampler({ ...NEW, failures: [{ kind: 'E_DNS', count: 7 }] })
    const note = (elapsedMs: number, ...failures: FailureCount[]) =>
      sampler.note(makeRunTick({ elapsedMs, failures }))
    note(200, { kind: '429', count: 3 }, { kind: 'E_DNS', count: 9 })
    note(400, { kind: '429', count: 3 }, { kind: 'E_DNS', count: 9 })
    note(600, { kind: '429', count: 4 }, { kind: 'E_DNS', count: 8 }, { kind: '5xx', count: 1 })
    const { samples, failures } = sampler.take()
    const [dns, tooMany, server] = (['E_DNS', '429', '5xx'] as const).map(failureKindNumber)
    expect([...failures]).toEqual([0, dns, 2, 0, tooMany, 3, 2, tooMany, 1, 2, server, 1])
    expect(columnOf(samples, 'failureKinds')).toEqual([2, 0, 2])
  })
})
