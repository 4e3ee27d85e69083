import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Finished, OpenedRun, Records } from '../../../../engine/records/protocol.ts'
import { Session } from '../../../../engine/run/session.ts'
import type { FromReader } from '../../../../engine/source/reader-protocol.ts'
import type { RangeInput } from '../../../../engine/worker/protocol.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { PHASE, type RunEvent } from '../../../../shared/model/run.ts'
import { FakeLinks, type FakeWorker } from '../../../support/engine/fake-links.ts'
import { makeOpenedRun } from '../../../support/engine/opened-run.ts'
import { makeReport } from '../../../support/engine/worker-report.ts'
import { loadJob } from '../../../support/records/load.ts'
import { runOptions } from '../../../support/records/run.ts'

const range: RangeInput = {
  path: '/data.txt',
  sizeBytes: 100,
  records: {
    format: 'lines',
    encoding: 'utf-8',
    delimiter: null,
    header: null,
    bodyStart: 0,
    bodyLine: 1,
  },
}

function setUp({
  patienceMs = null,
  given = {},
}: { patienceMs?: number | null; given?: Partial<OpenedRun> } = {}) {
  const links = new FakeLinks()
  const opened = makeOpenedRun({
    job: loadJob({ to: 'redis://127.0.0.1' }),
    options: runOptions({ patienceMs }),
    ...given,
  })
  const records = {
    open: vi.fn<Records['open']>().mockResolvedValue({ ...opened, epoch: 2, nextSegment: 2 }),
    commit: vi.fn<Records['commit']>().mockResolvedValue(undefined),
    finish: vi.fn<Records['finish']>().mockResolvedValue({ out: [], hasForgotten: false }),
    close: vi.fn<Records['close']>().mockResolvedValue(undefined),
  }
  const clock = { ms: 0 }
  const session = new Session({
    opened,
    isResumed: false,
    secrets: { redisPassword: 'secret', headers: [] },
    records: records as unknown as Records,
    links,
    startReader: () => ({
      post: () => undefined,
      onExit: () => undefined,
      close: () => undefined,
      onMessage: (listener: (message: FromReader) => void) => {
        listener({ type: 'range', input: 0, range, firstIndex: 0, whole: true })
        listener({ type: 'end', total: null, bytesRead: 0 })
      },
    }),
    faults: [],
    dataDir: '/data',
    nowMs: () => clock.ms,
  })
  const events: RunEvent[] = []
  session.log.follow(0, ({ event }) => events.push(event))
  onTestFinished(() => session.stop(PHASE.kill))
  session.start()
  const states = (): string[] =>
    events.flatMap(event =>
      event.type === 'run.state' ? [`${event.state}${event.reason === null ? '' : `: ${event.reason}`}`] : [],
    )
  /** The newest worker, once there are so many. */
  const worker = (count: number): Promise<FakeWorker> =>
    vi.waitFor(() => {
      const workers = links.processes.flatMap(process => process.workers)
      expect(workers.length).toBe(count)
      return workers.at(-1)!
    })
  return { session, records, links, events, states, worker, clock }
}

const REWIND = { type: 'rewind', reason: 'Redis was started anew' } as const

/** Reports that every record is loaded. */
async function settleAll(worker: FakeWorker, records = 10): Promise<void> {
  const lease = await vi.waitFor(() => {
    const grant = worker.received.find(message => message.type === 'grant')
    expect(grant).toBeDefined()
    return grant!.lease
  })
  worker.tell({
    ...makeReport({ counters: { ok: records } }),
    leases: [
      {
        id: lease.id,
        attempt: lease.attempt,
        settled: new Uint32Array(),
        settledSpans: Float64Array.of(0, records),
        endIndex: records,
      },
    ],
  })
}

const phasesOf = (worker: FakeWorker): number[] =>
  worker.received.flatMap(message => (message.type === 'phase' ? [message.phase] : []))

describe('Session', () => {
  it('is one execution as a rule', async () => {
    const { session, worker, states, events, records } = setUp()
    const only = await worker(1)
    only.ready()
    await settleAll(only)
    only.exit()
    expect(await session.ended).toMatchObject({
      state: 'done',
      tasks: { total: 10, ok: 10 },
      load: { acknowledged: 10, rejects: null },
      exit: { code: 0, reason: 'all records done' },
    })
    expect(states()).toEqual(['running', 'finishing', 'done'])
    expect([events[0]!.type, events.at(-1)!.type, records.open.mock.calls.length]).toEqual([
      'run.started',
      'run.summary',
      0,
    ])
  })

  it('goes on with another execution when the destination was started anew', async () => {
    const { session, worker, states, events, records } = setUp()
    const first = await worker(1)
    first.ready()
    first.tell(REWIND)
    first.tell(REWIND)
    expect(phasesOf(first)).toContain(PHASE.abort)
    first.exit()
    const second = await worker(2)
    expect(records.close.mock.calls).toMatchObject([[{ state: 'stopped' }]])
    expect(records.open.mock.calls).toEqual([
      [{ runId: 'run', options: null, parallelism: null, secrets: { redisPassword: 'secret', headers: [] } }],
    ])
    second.ready()
    await settleAll(second)
    expect(second.received.find(message => message.type === 'grant')!.lease.living).toEqual([2, 3])
    second.exit()
    expect(await session.ended).toMatchObject({ state: 'done', tasks: { ok: 10 } })
    expect(states()).toEqual(['running', 'planned: Redis was started anew', 'running', 'finishing', 'done'])
    expect(events.filter(({ type }) => type === 'run.started' || type === 'run.summary').length).toBe(2)
  })

  it('goes back also when that shows only at the end', async () => {
    const { session, worker, states, records } = setUp()
    records.finish.mockResolvedValueOnce({ out: [], hasForgotten: true })
    const first = await worker(1)
    first.ready()
    await settleAll(first)
    first.exit()
    const second = await worker(2)
    second.ready()
    await settleAll(second)
    second.exit()
    expect(await session.ended).toMatchObject({ state: 'done' })
    expect(states().filter(state => state.startsWith('finishing') || state.startsWith('planned'))).toEqual([
      'finishing',
      'planned: the destination was started anew and has forgotten records',
      'finishing',
    ])
  })

  it('waits for a destination that is still away, and tells it once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { worker, records, states, links } = setUp()
    records.open
      .mockRejectedValueOnce(new JobError('E_DEST_DOWN', 'nobody answers'))
      .mockRejectedValueOnce(new JobError('E_DEST_DOWN', 'still loading'))
    const first = await worker(1)
    first.ready()
    first.tell(REWIND)
    first.exit()
    await vi.advanceTimersByTimeAsync(2_500)
    expect(links.processes.flatMap(process => process.workers).length).toBe(2)
    expect(states()).toEqual([
      'running',
      'planned: Redis was started anew',
      'planned: nobody answers',
      'planned',
    ])
  })

  it('fails when the destination stays away, or was changed', async () => {
    const { session, worker, records, states } = setUp({ patienceMs: 0 })
    records.open.mockRejectedValueOnce(new JobError('E_SRC_CHANGED', 'destination changed'))
    const first = await worker(1)
    first.ready()
    first.tell(REWIND)
    first.exit()
    expect(await session.ended).toMatchObject({
      state: 'failed',
      exit: { code: 5, reason: 'destination changed' },
      error: { code: 'E_SRC_CHANGED' },
    })
    expect(states().at(-1)).toBe('failed: destination changed')
  })

  it('ends when a stop is asked while it waits for the destination', async () => {
    const { session, worker, records, states } = setUp()
    const isAsked = Promise.withResolvers<void>()
    records.open.mockImplementation(() => {
      isAsked.resolve()
      return Promise.reject(new JobError('E_DEST_DOWN', 'nobody answers'))
    })
    const first = await worker(1)
    first.ready()
    first.tell(REWIND)
    first.exit()
    await isAsked.promise
    session.stop(PHASE.stop)
    expect(await session.ended).toMatchObject({ state: 'stopped', exit: { code: 130 } })
    expect(states().at(-1)).toBe('stopped')
  })

  it('ends when a stop is asked while its workers leave to go back', async () => {
    const { session, worker, records } = setUp()
    const first = await worker(1)
    first.ready()
    first.tell(REWIND)
    session.stop(PHASE.stop)
    first.exit()
    expect(await session.ended).toMatchObject({ state: 'stopped' })
    expect(records.open).not.toHaveBeenCalled()
  })

  it('stays paused, and keeps its number of permits, when it goes back', async () => {
    const { session, worker, states } = setUp()
    const first = await worker(1)
    first.ready()
    session.setPaused(true)
    session.tune({ inFlight: 9 })
    first.tell(REWIND)
    first.exit()
    const second = await worker(2)
    second.ready()
    expect(states().slice(-2)).toEqual(['running', 'paused'])
    expect(second.received).toContainEqual({ type: 'pause', isPaused: true })
    expect(second.received[0]).toMatchObject({ type: 'setup', setup: { permits: 9 } })
  })

  it('keeps what was tuned meanwhile, when it goes back', async () => {
    const parallelism = { ...makeOpenedRun().parallelism, model: 'processes' } as const
    const { session, worker, records, links, events } = setUp({ given: { parallelism } })
    const reopened = Promise.withResolvers<OpenedRun>()
    records.open.mockReturnValue(reopened.promise)
    const first = await worker(1)
    first.ready()
    session.tune({ inFlight: 9 })
    first.tell(REWIND)
    session.tune({ inFlight: 7 })
    first.exit()
    await vi.waitFor(() => expect(records.open).toHaveBeenCalled())
    session.tune({ processes: 2 })
    reopened.resolve(
      makeOpenedRun({ job: loadJob({}), options: runOptions({}), parallelism, nextSegment: 2 }),
    )
    const last = await worker(3)
    last.ready()
    const setups = links.processes.slice(1).flatMap(({ workers }) => workers[0]!.received[0]!)
    expect(setups).toMatchObject([{ setup: { permits: 7 } }, { setup: { permits: 7 } }])
    const tunings = events.flatMap(event => (event.type === 'run.tuned' ? [event.steering] : []))
    expect(tunings.map(({ processes, inFlight }) => [processes, inFlight])).toEqual([
      [1, 9],
      [1, 7],
      [2, 7],
    ])
    await vi.waitFor(() => {
      expect(records.commit.mock.lastCall?.[0].steering).toMatchObject({ processes: 2, inFlight: 7 })
    })
  })

  it('refuses what cannot be tuned, and tells nobody of what changes nothing', async () => {
    const { session, worker, events } = setUp()
    await worker(1)
    expect(() => session.tune({ processes: 2 })).toThrow('--processes 2 contradicts --model loop')
    session.tune({ inFlight: 4, processes: 1 })
    session.tune({})
    expect(events.map(({ type }) => type)).not.toContain('run.tuned')
  })

  it('ignores what is tuned while it drains, and when it has ended', async () => {
    const { session, worker, events, records } = setUp()
    const only = await worker(1)
    only.ready()
    session.stop(PHASE.stop)
    session.tune({ inFlight: 9 })
    only.exit()
    await session.ended
    session.tune({ inFlight: 9, processes: 99 })
    expect(events.map(({ type }) => type)).not.toContain('run.tuned')
    expect(only.received).not.toContainEqual({ type: 'permits', permits: 9 })
    expect(records.commit.mock.calls.every(([{ steering }]) => steering === undefined)).toBe(true)
  })

  it('waits for a destination that is away at the very end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { worker, records, states } = setUp()
    records.finish.mockRejectedValueOnce(new JobError('E_DEST_DOWN', 'nobody answers'))
    const only = await worker(1)
    only.ready()
    await settleAll(only)
    only.exit()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(states()).toEqual(['running', 'finishing', 'finishing: nobody answers', 'finishing', 'done'])
  })

  it('ends when a stop is asked while the outputs cannot be finished', async () => {
    const { session, worker, records } = setUp()
    const isAsked = Promise.withResolvers<void>()
    records.finish.mockImplementation((): Promise<Finished> => {
      isAsked.resolve()
      return Promise.reject(new JobError('E_DEST_DOWN', 'nobody answers'))
    })
    const only = await worker(1)
    only.ready()
    await settleAll(only)
    only.exit()
    await isAsked.promise
    session.stop(PHASE.abort)
    expect(await session.ended).toMatchObject({ state: 'stopped', tasks: { ok: 10, remaining: 0 } })
  })

  it('tells once that a worker waits for the destination, and that it goes on', async () => {
    const { worker, states, clock } = setUp()
    const only = await worker(1)
    only.ready()
    const failure = { code: 'E_DEST_DOWN', message: 'nobody answers', retryable: true } as const
    only.tell({ type: 'stalled', failure, sinceMs: 100 })
    only.tell({ type: 'stalled', failure, sinceMs: 300 })
    clock.ms += 2_000
    await settleAll(only)
    expect(states()).toEqual(['running', 'running: nobody answers', 'running', 'finishing'])
  })

  it('gives up when that lasts longer than its patience, and can be resumed', async () => {
    const { session, worker, records } = setUp({ patienceMs: 1_000 })
    const only = await worker(1)
    only.ready()
    const failure = { code: 'E_DEST_FULL', message: 'OOM', retryable: true } as const
    only.tell({ type: 'stalled', failure, sinceMs: 1_001 })
    expect(phasesOf(only)).toContain(PHASE.abort)
    only.exit()
    expect(await session.ended).toMatchObject({
      state: 'failed',
      exit: { code: 5 },
      error: { code: 'E_DEST_FULL' },
    })
    expect(records.close.mock.calls).toMatchObject([[{ state: 'failed' }]])
  })

  it('stops when too many records are rejected, and says which', async () => {
    const { session, worker } = setUp()
    const only = await worker(1)
    only.ready()
    const lease = (await vi.waitFor(() => only.received.find(message => message.type === 'grant')!)).lease
    only.tell({
      ...makeReport({ counters: { ok: 9_000, failed: 1_000 } }),
      leases: [
        {
          id: lease.id,
          attempt: 1,
          settled: new Uint32Array(),
          settledSpans: Float64Array.of(0, 10_000),
          endIndex: null,
        },
      ],
      failures: [
        { index: 0, outcome: 'failed', code: 'E_PARSE', message: 'line 1', retryable: false, input: null },
      ],
    })
    expect(phasesOf(only)).toContain(PHASE.drain)
    only.exit()
    expect(await session.ended).toMatchObject({
      state: 'stopped',
      exit: {
        code: 3,
        reason: '1000 of 10000 records rejected, more than --max-rejects 1%: E_PARSE line 1',
      },
    })
  })
})
