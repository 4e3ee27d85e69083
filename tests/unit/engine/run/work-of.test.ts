import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { leaseSizesOf, readerSetupOf } from '../../../../engine/run/work-of.ts'
import type { OpenedRun } from '../../../../engine/records/protocol.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'
import { JOB_SCHEMA } from '../../../../shared/model/job.ts'
import { makeOpenedRun } from '../../../support/engine/opened-run.ts'

const setupOf = (given: Partial<OpenedRun>, spool = false) =>
  readerSetupOf(
    makeOpenedRun({
      job: parseJob({ schema: JOB_SCHEMA, kind: 'crawl', inputs: ['-'], crawl: { spool } }),
      ...given,
    }),
  )

describe('readerSetupOf', () => {
  it('always says where copies go, and whether standard input is copied', () => {
    const spoolPath = join('/runs/run', 'spool')
    expect(setupOf({})).toMatchObject({ spoolPath, spoolsStandardInput: false })
    expect(setupOf({}, true)).toMatchObject({ spoolPath, spoolsStandardInput: true })
  })

  it('knows a resume from the first start, also when that ended before it committed anything', () => {
    expect(setupOf({ epoch: 1 })?.fingerprints).toBeNull()
    expect(setupOf({ epoch: 2 })?.fingerprints).toEqual([])
    expect(setupOf({ epoch: 2, fingerprints: [null] })?.fingerprints).toEqual([null])
  })

  it('lets one worker read a load without a count before, and marks it for several', () => {
    const job = parseJob({
      schema: JOB_SCHEMA,
      kind: 'load',
      inputs: ['/a.csv'],
      load: { to: 'null:', format: 'csv' },
    })
    expect(readerSetupOf(makeOpenedRun({ job }))).toMatchObject({
      inputs: ['/a.csv'],
      load: { format: 'csv', encoding: 'auto' },
      splitting: 'whole',
      wholeBytes: Infinity,
      spoolsStandardInput: false,
    })
    const parallelism = { ...makeOpenedRun().parallelism, model: 'threads', threads: 2 } as const
    expect(readerSetupOf(makeOpenedRun({ job, parallelism }))).toMatchObject({ splitting: 'marks' })
  })
})

describe('leaseSizesOf', () => {
  it('makes leases of loads large, and those of others no smaller than two rounds of permits', () => {
    const load = parseJob({ schema: JOB_SCHEMA, kind: 'load', inputs: ['/a'], load: { to: 'null:' } })
    if (load.kind !== 'load') throw new Error('a load is a load')
    const sizes = leaseSizesOf({ kind: 'load', options: load.load, pass: 'write' }, 4)
    expect(sizes).toEqual({ busyMs: 500, least: 16_384, leastShare: 1_024, most: 1_000_000 })
    const cpu = parseJob({ schema: JOB_SCHEMA, kind: 'cpu', cpu: { kernel: 'primes' } })
    if (cpu.kind !== 'cpu') throw new Error('a cpu job is one')
    expect(leaseSizesOf({ kind: 'cpu', options: cpu.cpu }, 4)).toMatchObject({ least: 8, leastShare: 1 })
  })
})
