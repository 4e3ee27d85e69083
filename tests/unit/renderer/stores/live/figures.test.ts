import { describe, expect, it } from 'vitest'

import {
  figuresOf,
  firstSteeringOf,
  isResumable,
  tunableOf,
} from '../../../../../renderer/stores/live/figures.ts'
import { RunSeries } from '../../../../../renderer/stores/live/series.ts'
import { parseJob } from '../../../../../shared/model/job-schema.ts'
import { makeSummary, makeTick, STARTED } from '../../../../support/cli/run-ticks.ts'
import { makeDetail } from '../../../../support/renderer/run-details.ts'

const jobWith = (parallelism: object, kind: 'crawl' | 'load' | 'cpu' = 'crawl') =>
  parseJob({
    schema: 'interleave/job@1',
    kind,
    ...(kind === 'cpu' ? { cpu: { kernel: 'primes' } } : { inputs: ['/work/a.txt'] }),
    ...(kind === 'load' ? { load: { to: 'null:' } } : {}),
    parallelism,
  })

describe('figuresOf', () => {
  it('are the same of the last tick of a run and of its journal, as far as both have them', () => {
    const summary = makeSummary()
    const tick = makeTick({
      elapsedMs: summary.elapsedMs,
      tasks: summary.tasks,
      bytes: summary.bytes,
      latencyMs: summary.latencyMs,
      phases: summary.phases,
      retries: summary.retries,
      progressRatio: 1,
      throughput: { nowPerSec: 0, averagePerSec: summary.throughputPerSec },
    })
    const series = new RunSeries()
    const alive = figuresOf(makeDetail(), tick, series)
    const stored = figuresOf(makeDetail({ isOwned: false, state: 'done' }), undefined, series)
    const shared = (figures: typeof alive) => {
      const { elapsedMs, tasks, settled, failed, progressRatio, bytes, latencyMs, phases, retries } = figures
      const { averagePerSec } = figures.throughput
      return {
        elapsedMs,
        tasks,
        settled,
        failed,
        progressRatio,
        bytes,
        latencyMs,
        phases,
        retries,
        averagePerSec,
      }
    }

    expect(shared(alive)).toEqual(shared(stored))
  })

  it('has no figure of this moment for a run that has ended', () => {
    const figures = figuresOf(makeDetail({ isOwned: false, state: 'done' }), undefined, new RunSeries())

    expect([
      figures.throughput.nowPerSec,
      figures.latencyNowMs,
      figures.inFlight,
      figures.bytesPerSec,
    ]).toEqual([null, null, null, null])
  })

  it('knows no ratio while the input is still being counted', () => {
    const tick = makeTick({ totalIsFinal: false, progressRatio: null })

    expect(figuresOf(makeDetail(), tick, new RunSeries()).progressRatio).toBeNull()
  })
})

describe('tunableOf', () => {
  it.each([
    ['loop', { model: 'loop' }, ['inFlight', 'ratePerSec', 'perHost']],
    ['sequential', { model: 'sequential' }, ['ratePerSec', 'perHost']],
    ['threads', { model: 'threads' }, ['threads', 'inFlight', 'ratePerSec', 'perHost']],
    ['hybrid', { model: 'hybrid' }, ['processes', 'threads', 'inFlight', 'ratePerSec', 'perHost']],
    ['chunk', { model: 'processes', partition: 'chunk' }, ['inFlight', 'ratePerSec', 'perHost']],
  ])('is what %s allows', (_name, parallelism, expected) => {
    expect([...tunableOf(jobWith(parallelism))]).toEqual(expected)
  })

  it('has rates for crawls only', () => {
    expect([...tunableOf(jobWith({ model: 'processes' }, 'load'))]).toEqual(['processes', 'inFlight'])
  })
})

describe('a run', () => {
  it('is steered at first as its job says', () => {
    expect(firstSteeringOf(makeDetail())).toEqual({
      processes: 2,
      threads: 1,
      inFlight: 64,
      ratePerSec: null,
      perHost: null,
    })
  })

  it('can be resumed when it is neither done nor alive, and did not say otherwise', () => {
    const stopped = makeDetail({ isOwned: false, state: 'stopped' })
    const started = { elapsedMs: 0, event: { ...STARTED, resumable: false } as never }

    expect([
      isResumable(stopped, []),
      isResumable(stopped, [started]),
      isResumable({ ...stopped, state: 'done' }, []),
      isResumable({ ...stopped, isOwned: true }, []),
      isResumable({ ...stopped, state: 'running' }, []),
    ]).toEqual([true, false, false, false, true])
  })
})
