import { describe, expect, it } from 'vitest'
import { COUNTER, makeCounters } from '../../../../shared/model/counters.ts'
import { HISTOGRAMS, Histogram } from '../../../../shared/model/histogram.ts'
import { buildSummary, type SummaryParts } from '../../../../engine/telemetry/summary.ts'
import { loadJob } from '../../../support/records/load.ts'
import { crawlJob, cpuJob, parallelism, runOptions } from '../../../support/records/run.ts'

function parts(changes: Partial<SummaryParts> = {}): SummaryParts {
  const counters = makeCounters()
  const counts = { ok: 998, failed: 2, retries: 3, requests: 1_003, bytesRead: 40_000, bytesBody: 1_024_000 }
  for (const [name, count] of Object.entries(counts)) counters[COUNTER[name as keyof typeof counts]] = count
  const latency = new Histogram()
  for (const ms of [1, 2, 3, 4]) latency.record(ms)
  const empty = { buckets: new Uint32Array(0), maxMs: 0 }
  return {
    runId: 'run-1',
    job: crawlJob(),
    state: 'done',
    parallelism: parallelism(),
    options: runOptions({ out: ['results.jsonl'] }),
    counters,
    histograms: HISTOGRAMS.map(name =>
      name === 'latency' ? { buckets: latency.toSparse(), maxMs: 4 } : empty,
    ),
    errors: [
      { code: 'E_DNS', count: 1, sample: 'no such host' },
      { code: 'E_CONNECT', count: 2, sample: 'refused' },
    ],
    total: 1_000,
    elapsedMs: 812.4,
    cpuSec: 0.71,
    peakRssBytes: 91_234_567,
    stop: null,
    failure: null,
    ...changes,
  }
}

describe('a summary', () => {
  it('says everything about a run', () => {
    const summary = buildSummary(parts())
    expect(summary).toMatchObject({
      schema: 'interleave/summary@1',
      parallelism: { processes: 1, threads: 1, inFlight: 64, total: 64 },
      tasks: { total: 1_000, ok: 998, failed: 2, skipped: 0, quarantined: 0, remaining: 0 },
      bytes: { read: 40_000, body: 1_024_000, wire: 0 },
      throughputPerSec: 1_230.921,
      retries: 3,
      out: ['results.jsonl'],
      digest: null,
      exit: { code: 3, reason: '2 of 1000 tasks failed' },
    })
    expect(summary.latencyMs.max).toBe(4)
    expect(summary.latencyMs.p50).toBeCloseTo(2, 1)
    expect(summary.errors.map(({ code }) => code)).toEqual(['E_CONNECT', 'E_DNS'])
  })

  it('has the digest of cpu work as 16 digits, the high half first', () => {
    const counters = makeCounters()
    counters[COUNTER.digestLow] = 0xff
    counters[COUNTER.digestHigh] = 0xdeadbeef
    expect(buildSummary(parts({ job: cpuJob(), counters })).digest).toBe('deadbeef000000ff')
  })

  it('counts what has settled as all there is until the total is known', () => {
    const { tasks } = buildSummary(parts({ total: null, state: 'running' }))
    expect(tasks).toMatchObject({ total: 1_000, remaining: 0 })
  })

  it.each([
    [
      'failures within the allowance',
      { options: runOptions({ allowFailures: { unit: 'tasks', value: 2 } }) },
      0,
    ],
    [
      'failures within a percentage',
      { options: runOptions({ allowFailures: { unit: 'percent', value: 0.2 } }) },
      0,
    ],
    ['failures beyond it', { options: runOptions({ allowFailures: { unit: 'percent', value: 0.1 } }) }, 3],
    ['an assert that fails, before failed tasks', { options: runOptions({ asserts: ['failed<1'] }) }, 4],
    ['a stop', { state: 'stopped', stop: { code: 130, reason: 'stopped by SIGINT' } }, 130],
    ['a missing destination', { state: 'failed', failure: failure('E_DISK_FULL') }, 5],
    ['an invalid job', { state: 'failed', failure: failure('E_CONFIG') }, 2],
    ['a run that is not there', { state: 'failed', failure: failure('E_NOT_FOUND') }, 2],
    ['our own bug', { state: 'failed', failure: failure('E_INTERNAL') }, 1],
    ['a run that was killed', { state: 'stopped' }, 5],
  ] as [string, Partial<SummaryParts>, number][])('judges %s', (_, changes, code) => {
    expect(buildSummary(parts(changes)).exit.code).toBe(code)
  })

  it('says of a load how far its records are, and where those are that were rejected', () => {
    const counters = makeCounters()
    const counts = { ok: 985, failed: 12, quarantined: 3, recordsRead: 1_040, recordsSent: 1_020 }
    for (const [name, count] of Object.entries(counts)) counters[COUNTER[name as keyof typeof counts]] = count
    const options = runOptions({ rejects: '/here/data.txt.rejects.jsonl' })
    const load = { job: loadJob({ maxRejects: '2%' }), options, counters }
    expect(buildSummary(parts(load))).toMatchObject({
      kind: 'load',
      load: {
        read: 1_040,
        sent: 1_020,
        acknowledged: 985,
        failed: 15,
        rejects: '/here/data.txt.rejects.jsonl',
      },
      exit: { code: 3, reason: '15 of 1000 records failed; data.txt.rejects.jsonl' },
    })
    const allowed = runOptions({ ...options, allowFailures: { unit: 'percent', value: 50 } })
    expect(buildSummary(parts({ ...load, options: allowed })).exit).toEqual({
      code: 0,
      reason: '15 of 1000 records failed, as allowed; data.txt.rejects.jsonl',
    })
    const tooMany = { ...load, job: loadJob({ maxRejects: '14' }), options: allowed }
    expect(buildSummary(parts(tooMany)).exit.code).toBe(3)
    const none = { ...load, counters: makeCounters(), total: 0 }
    expect(buildSummary(parts(none))).toMatchObject({
      load: { rejects: null },
      exit: { code: 0, reason: 'the input holds no records' },
    })
  })
})

function failure(code: 'E_DISK_FULL' | 'E_CONFIG' | 'E_NOT_FOUND' | 'E_INTERNAL') {
  return { code, message: 'reason', retryable: false }
}
