import { describe, expect, it } from 'vitest'
import type { OpenedRun } from '../../../../engine/records/protocol.ts'
import { mayChangeWorkers, steeringOf, tuned, withSteering } from '../../../../engine/run/steering.ts'
import type { Parallelism } from '../../../../shared/model/fields/parallelism.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'
import { JOB_SCHEMA } from '../../../../shared/model/job.ts'
import type { Steering } from '../../../../shared/model/run.ts'
import { makeOpenedRun } from '../../../support/engine/opened-run.ts'

const crawl = parseJob({
  schema: JOB_SCHEMA,
  kind: 'crawl',
  inputs: ['/list'],
  crawl: { ratePerSec: 5, perHost: 2 },
})
const cpu = parseJob({ schema: JOB_SCHEMA, kind: 'cpu', cpu: { kernel: 'primes' } })

const opened = (change: Partial<Parallelism>, given: Partial<OpenedRun> = {}): OpenedRun =>
  makeOpenedRun({ job: crawl, ...given, parallelism: { ...makeOpenedRun().parallelism, ...change } })

const tune = (run: OpenedRun, tuning: Parameters<typeof tuned>[2]): Steering =>
  tuned(run, steeringOf(run), tuning)

describe('steeringOf', () => {
  it('is what the job says until the run was tuned', () => {
    const run = opened({ processes: 2, model: 'processes' })
    expect(steeringOf(run)).toEqual({ processes: 2, threads: 1, inFlight: 4, ratePerSec: 5, perHost: 2 })
    const bounds = { ratePerSec: null, perHost: 9 }
    expect(steeringOf({ ...run, bounds })).toMatchObject(bounds)
    expect(steeringOf({ ...run, job: cpu })).toMatchObject({ ratePerSec: null, perHost: null })
  })

  it('comes back from a run that was opened with it', () => {
    const steering = { processes: 3, threads: 2, inFlight: 9, ratePerSec: null, perHost: 1 }
    expect(steeringOf(withSteering(opened({ model: 'hybrid' }), steering))).toEqual(steering)
  })
})

describe('tuned', () => {
  it('changes what is given and keeps the rest', () => {
    const run = opened({ model: 'hybrid', processes: 2, threads: 2 })
    expect(tune(run, { processes: 5, perHost: null })).toEqual({
      processes: 5,
      threads: 2,
      inFlight: 4,
      ratePerSec: 5,
      perHost: null,
    })
    expect(tune(run, { threads: 3, ratePerSec: 0.5 })).toMatchObject({ threads: 3, ratePerSec: 0.5 })
    expect(tune(opened({ model: 'loop' }), { inFlight: 200, processes: 1 })).toMatchObject({ inFlight: 200 })
  })

  it('says what contradicts the model', () => {
    expect(() => tune(opened({ model: 'loop' }), { processes: 2 })).toThrow(
      '--processes 2 contradicts --model loop, which has 1 process',
    )
    expect(() => tune(opened({ model: 'sequential', inFlight: 1 }), { inFlight: 2 })).toThrow(
      '--in-flight 2 contradicts --model sequential',
    )
    expect(() => tune(opened({ model: 'processes' }), { threads: 2 })).toThrow('--threads 2 contradicts')
    expect(() => tune(opened({ model: 'hybrid' }), { processes: 256, threads: 256 })).toThrow(
      'more than 1024',
    )
  })

  it.each(['chunk', 'stride'] as const)('keeps the workers that share a run by %s', partition => {
    const run = opened({ model: 'processes', processes: 2, partition })
    expect(() => tune(run, { processes: 3 })).toThrow(`--partition ${partition} gives each worker its share`)
    expect(tune(run, { processes: 2, inFlight: 9 })).toMatchObject({ processes: 2, inFlight: 9 })
  })

  it('bounds requests only where there are any', () => {
    const run = opened({ model: 'processes' }, { job: cpu })
    expect(() => tune(run, { ratePerSec: 5 })).toThrow('a cpu makes no requests')
    expect(() => tune(run, { perHost: 5 })).toThrow('a cpu makes no requests')
    expect(tune(run, { perHost: null, processes: 2 })).toMatchObject({ processes: 2 })
  })
})

describe('mayChangeWorkers', () => {
  it('is true of models with workers to spare, where tasks are handed out on demand', () => {
    const may = (change: Partial<Parallelism>): boolean => mayChangeWorkers(opened(change).parallelism)
    expect(
      (['sequential', 'loop', 'threads', 'processes', 'hybrid'] as const).map(model => may({ model })),
    ).toEqual([false, false, true, true, true])
    expect(may({ model: 'threads', partition: 'chunk' })).toBe(false)
  })
})
