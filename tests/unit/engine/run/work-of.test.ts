import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readerSetupOf } from '../../../../engine/run/work-of.ts'
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
})
