import { describe, expect, it } from 'vitest'

import { list } from '../../../../../headless/cli/commands/runs.ts'
import type { RunEntry, TaskCounts } from '../../../../../shared/model/run.ts'
import { makeFakeClient, makeFakeHost } from '../../../../support/cli/fake-host.ts'

const counts = (change: Partial<TaskCounts>): TaskCounts => ({
  total: 0,
  ok: 0,
  failed: 0,
  skipped: 0,
  quarantined: 0,
  remaining: 0,
  ...change,
})

const entry = (state: RunEntry['state'], tasks: Partial<TaskCounts>): RunEntry => ({
  runId: '20261122-130501-abcd',
  kind: 'crawl',
  state,
  isOwned: false,
  startedAt: '2026-11-22T13:05:01.000Z',
  title: 'urls.txt',
  tasks: counts(tasks),
  elapsedMs: 1_000,
  tags: [],
})

/** @returns The cells of the column of tasks. */
async function tasksOf(runs: readonly RunEntry[]): Promise<(string | undefined)[]> {
  const { client } = makeFakeClient({ 'runs.list': () => runs })
  const { host, written } = makeFakeHost(client)
  await list({ args: [], values: {} }, host)
  const rows = written.out.trim().split('\n').slice(1)
  return rows.map(row => / ([\d,]+\/[\d,?]+) /.exec(row)?.[1])
}

describe('the list of runs', () => {
  it('shows what has settled of what there is', async () => {
    expect(await tasksOf([entry('stopped', { total: 4_000, ok: 1_200, remaining: 2_800 })])).toEqual([
      '1,200/4,000',
    ])
  })

  it('does not claim that there was nothing to do where a run ended before its input was counted', async () => {
    expect(await tasksOf([entry('failed', {}), entry('stopped', {}), entry('planned', {})])).toEqual([
      '0/?',
      '0/?',
      '0/?',
    ])
  })

  it('shows nothing of nothing where the input is empty', async () => {
    expect(await tasksOf([entry('done', {})])).toEqual(['0/0'])
  })
})
