import { describe, expect, it } from 'vitest'

import { judgementOf } from '../../../../../renderer/views/live/judgement.ts'
import type { RunSummary } from '../../../../../shared/model/run.ts'
import { makeDetail } from '../../../../support/renderer/run-details.ts'

const ended = (exit: RunSummary['exit'], state: RunSummary['state'] = 'done') => {
  const detail = makeDetail({ state, isOwned: false })
  const tasks = { total: 400, ok: 380, failed: 18, skipped: 0, quarantined: 2, remaining: 0 }
  return { ...detail, summary: { ...detail.summary, state, exit, tasks } }
}

describe('the judgement on a run that came to its end', () => {
  it('tells how many failed, and how many were allowed to', () => {
    expect(judgementOf(ended({ code: 3, reason: '20 of 400 tasks failed' }))).toEqual({
      is: 'failures',
      exitCode: 3,
      failed: 20,
      total: 400,
      allowed: '0',
      maxRejects: null,
    })
  })

  it('tells which assert does not hold', () => {
    const judgement = judgementOf(ended({ code: 4, reason: 'p95<200ms: 214 ms' }))
    expect(judgement).toEqual({ is: 'asserts', exitCode: 4, broken: 'p95<200ms: 214 ms' })
  })

  it('has nothing to say of a success, and of a run that was stopped', () => {
    expect([
      judgementOf(ended({ code: 0, reason: '20 of 400 tasks failed, as allowed' })),
      judgementOf(ended({ code: 130, reason: 'stopped by SIGINT' }, 'stopped')),
    ]).toEqual([null, null])
  })
})
