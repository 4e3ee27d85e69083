import { describe, expect, it, vi } from 'vitest'

import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { runSession } from '../../../../headless/cli/run-session.ts'
import { JobError } from '../../../../shared/model/error.ts'
import type { RunEvent, RunSummary } from '../../../../shared/model/run.ts'
import { makeFakeClient, makeFakeHost } from '../../../support/cli/fake-host.ts'
import {
  FAILED_TASKS,
  makeFacts,
  makeSummary,
  makeTick,
  RUN_ID,
  STARTED,
} from '../../../support/cli/run-ticks.ts'

async function startSession(values: FlagValues = { progress: 'none' }) {
  const fake = makeFakeClient()
  const made = makeFakeHost(fake.client)
  const code = runSession(
    {
      engine: made.engine,
      values,
      job: makeFacts(),
      begin: async () => ({ runId: RUN_ID }),
    },
    made.host,
  )
  await vi.waitUntil(() => fake.subscriptions.length > 0)
  const end = (summary: RunSummary) => fake.subscriptions.at(-1)!.push({ type: 'run.summary', summary })
  return { ...fake, ...made, code, end }
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

describe('a run on the command line', () => {
  it('ends with the exit code of the summary, told to people on standard error', async () => {
    const { code, end, written } = await startSession()
    end(makeSummary())
    expect(await code).toBe(3)
    expect(written.out).toBe('')
    expect(written.err).toContain('99,688 ok · 310 failed · 2 quarantined · of 100,000')
    expect(written.err).toContain('exit 3: 312 of 100000 tasks failed')
  })

  it('writes exactly the summary to standard output with --json', async () => {
    const { code, end, written } = await startSession({ json: true, quiet: true })
    const summary = makeSummary({ exit: { code: 0, reason: 'all tasks done' } })
    end(summary)
    expect(await code).toBe(0)
    expect(linesOf(written.out)).toEqual([summary])
    expect(written.err).toBe('')
  })

  it('writes each event as a line with --events, and the summary as the last', async () => {
    const { code, end, written, subscriptions } = await startSession({
      events: true,
      json: true,
      quiet: true,
    })
    for (const event of [STARTED, FAILED_TASKS[0]!]) subscriptions[0]!.push(event)
    subscriptions[0]!.push({ type: 'tick', tick: makeTick() })
    end(makeSummary())
    await code
    const lines = linesOf(written.out)
    expect(lines.map(({ schema, type }) => [schema, type])).toEqual([
      ['interleave/events@1', 'run.started'],
      ['interleave/events@1', 'task.failed'],
      ['interleave/events@1', 'tick'],
      ['interleave/summary@1', 'run.summary'],
    ])
    expect(lines[2]).toMatchObject({ inFlight: 128, tasks: { total: 100_000 } })
  })

  it('asks for a higher phase with each signal, and ends as the first one says', async () => {
    const { code, end, calls, written } = await startSession()
    for (let count = 0; count < 3; count += 1) process.emit('SIGTERM')
    end(makeSummary({ state: 'stopped', exit: { code: 130, reason: 'stopped; resumable' } }))
    expect(await code).toBe(143)
    expect(calls).toEqual([2, 3, 4].map(phase => ({ name: 'run.stop', input: { runId: RUN_ID, phase } })))
    expect(written.err).toContain('exit 143: stopped by SIGTERM')
    expect(written.err).toContain(`interleave resume ${RUN_ID}`)
  })

  it('does not offer to go on with a run that said at its start that it cannot be resumed', async () => {
    const { code, end, subscriptions, written } = await startSession()
    subscriptions[0]!.push({ ...STARTED, resumable: false } as RunEvent)
    process.emit('SIGINT')
    end(makeSummary({ state: 'stopped', exit: { code: 130, reason: 'stopped; resumable' } }))
    expect(await code).toBe(130)
    expect(written.err).not.toContain('interleave resume')
  })

  it('keeps the exit code of a run that was done before the signal could stop it', async () => {
    const { code, end } = await startSession()
    process.emit('SIGINT')
    end(makeSummary({ exit: { code: 0, reason: 'all tasks done' } }))
    expect(await code).toBe(0)
  })

  it('stops, resumable, when nobody reads standard output any more', async () => {
    const { code, end, calls, streams } = await startSession()
    streams.out.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await vi.waitUntil(() => calls.length > 0)
    end(makeSummary({ state: 'stopped' }))
    expect(await code).toBe(5)
    expect(calls).toEqual([{ name: 'run.stop', input: { runId: RUN_ID, phase: 2 } }])
  })

  it('takes the events up again where a slow moment ended them', async () => {
    const { code, end, subscriptions } = await startSession()
    subscriptions[0]!.push(STARTED)
    subscriptions[0]!.end(new JobError('E_LIMIT', 'too slow'))
    expect(subscriptions[1]!.cursor).toBe(1)
    end(makeSummary())
    expect(await code).toBe(3)
  })

  it('fails when the events end without a summary', async () => {
    const { code, subscriptions } = await startSession()
    subscriptions[0]!.end(new JobError('E_CANCELLED', 'the connection is closed'))
    await expect(code).rejects.toMatchObject({ code: 'E_CANCELLED' })
  })

  it('leaves no listener of signals behind', async () => {
    const before = process.listenerCount('SIGINT')
    const { code, end } = await startSession()
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    end(makeSummary())
    await code
    expect(process.listenerCount('SIGINT')).toBe(before)
  })

  it('says at the start what runs, and that standard input cannot be read again', async () => {
    const { code, end, subscriptions, written } = await startSession({})
    subscriptions[0]!.push({ ...STARTED, resumable: false } as typeof STARTED)
    end(makeSummary())
    await code
    expect(written.err).toContain(`run ${RUN_ID}: crawl urls.txt, processes 2 × 1 × 64 = 128 in flight`)
    expect(written.err).toContain('cannot be resumed')
  })
})
