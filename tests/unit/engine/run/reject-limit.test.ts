import { describe, expect, it } from 'vitest'
import { rejectAllowanceOf, RejectLimit } from '../../../../engine/run/reject-limit.ts'
import type { TaskCounts } from '../../../../shared/model/run.ts'
import type { FailureSample } from '../../../../engine/worker/protocol.ts'
import { loadJob } from '../../../support/records/load.ts'
import { cpuJob } from '../../../support/records/run.ts'

const counts = (settled: number, failed: number, quarantined = 0): TaskCounts => ({
  total: settled + 1_000,
  ok: settled - failed - quarantined,
  failed,
  skipped: 0,
  quarantined,
  remaining: 1_000,
})

const failure = (index: number, message: string): FailureSample => ({
  index,
  outcome: 'failed',
  code: 'E_PARSE',
  message,
  retryable: false,
  input: null,
})

describe('RejectLimit', () => {
  it('judges nothing before ten thousand records are settled', () => {
    const limit = new RejectLimit({ unit: 'percent', value: 1 })
    expect(limit.judge(counts(9_999, 9_999))).toBeNull()
    expect(limit.judge(counts(10_000, 100))).toBeNull()
    expect(limit.judge(counts(10_000, 100, 1))).toBe(
      '101 of 10000 records rejected, more than --max-rejects 1%',
    )
  })

  it('says how many are let pass, and shows the first three', () => {
    const limit = new RejectLimit({ unit: 'tasks', value: 2 })
    limit.note([failure(1, 'line 2 is no JSON'), failure(5, 'x'.repeat(100))])
    limit.note([failure(6, 'third'), failure(7, 'fourth')])
    expect(limit.judge(counts(20_000, 3))).toBe(
      `3 of 20000 records rejected, more than --max-rejects 2: E_PARSE line 2 is no JSON; E_PARSE ${'x'.repeat(70)}…; E_PARSE third`,
    )
  })

  it('is one of loads', () => {
    const job = loadJob({ maxRejects: '2.5%' })
    expect(rejectAllowanceOf(job, {})).toEqual({ unit: 'percent', value: 2.5 })
    expect(rejectAllowanceOf(job, { maxRejects: '7' })).toEqual({ unit: 'tasks', value: 7 })
    expect(rejectAllowanceOf(cpuJob(), {})).toBeNull()
    expect(() => rejectAllowanceOf(loadJob({ maxRejects: 'few' }), {})).toThrow(
      expect.objectContaining({ code: 'E_CONFIG' }),
    )
  })
})
