import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { RunFeed } from '../../../../../renderer/stores/live/run-feed.ts'
import { JobError } from '../../../../../shared/model/error.ts'
import { makeSummary, makeTick, RUN_ID } from '../../../../support/cli/run-ticks.ts'
import { makeDetail, makeHistory, makeSamples } from '../../../../support/renderer/run-details.ts'
import { heldFrames, scriptedClient, type Answers } from '../../../../support/renderer/scripted-client.ts'

describe('RunFeed', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function makeFeed(answers: Answers = {}) {
    const frames = heldFrames()
    const scripted = scriptedClient({
      'runs.show': () => makeDetail(),
      'run.history': () => makeHistory(),
      ...answers,
    })
    let isConnected = true
    const feed = new RunFeed({
      client: () => scripted.client,
      isConnected: () => isConnected,
      onSteering: () => undefined,
    })
    return { feed, frames, ...scripted, lose: () => (isConnected = false) }
  }
  const tickAt = (elapsedMs: number) => ({ type: 'tick', tick: makeTick({ elapsedMs }) }) as const

  it('shows the newest of many ticks, once a frame', async () => {
    const { feed, frames, subscriptions } = makeFeed()
    await feed.open(RUN_ID)
    frames.draw()
    for (const at of [200, 400, 600]) subscriptions[0]!.push(tickAt(at))
    const before = { tick: feed.tick.value, asked: frames.asked, frame: feed.frame.value }
    frames.draw()

    expect({ before, tick: feed.tick.value?.elapsedMs, frame: feed.frame.value }).toEqual({
      before: { tick: undefined, asked: 1, frame: 1 },
      tick: 600,
      frame: 2,
    })
  })

  it('shows a run that has ended from its journal, and follows nothing', async () => {
    const { feed, frames, subscriptions } = makeFeed({
      'runs.show': () => makeDetail({ isOwned: false, state: 'done' }),
      'run.history': () => makeHistory({ samples: makeSamples([{ elapsedMs: 200, settled: 3 }]) }),
    })
    await feed.open(RUN_ID)
    frames.draw()

    expect({ isAlive: feed.isAlive, rows: feed.series.length, subscriptions: subscriptions.length }).toEqual({
      isAlive: false,
      rows: 1,
      subscriptions: 0,
    })
  })

  it('takes the figures of the end as they are told, then as they are stored', async () => {
    const stored = makeDetail({ isOwned: false, state: 'done', title: 'stored' })
    const shown = [makeDetail(), stored]
    const { feed, subscriptions, calls } = makeFeed({ 'runs.show': () => shown.shift() })
    await feed.open(RUN_ID)
    subscriptions[0]!.push(tickAt(200))
    subscriptions[0]!.push({ type: 'run.summary', summary: makeSummary({ elapsedMs: 4_321 }) })
    const told = { elapsedMs: feed.detail.value?.summary.elapsedMs, isAlive: feed.isAlive }
    subscriptions[0]!.end(null)
    await vi.advanceTimersByTimeAsync(500)

    expect({ told, title: feed.detail.value?.title, asked: calls.length }).toEqual({
      told: { elapsedMs: 4_321, isAlive: false },
      title: 'stored',
      asked: 4,
    })
  })

  it('does not follow a run anew that its process has not let go of yet', async () => {
    const shown = [makeDetail(), makeDetail({ state: 'done' }), makeDetail({ state: 'done', isOwned: false })]
    const { feed, subscriptions } = makeFeed({ 'runs.show': () => shown.shift() })
    await feed.open(RUN_ID)
    subscriptions[0]!.push({ type: 'run.summary', summary: makeSummary() })
    subscriptions[0]!.end(null)
    await vi.advanceTimersByTimeAsync(500)
    const held = { isAlive: feed.isAlive, subscriptions: subscriptions.length }
    await vi.advanceTimersByTimeAsync(3_000)

    expect({ held, left: shown.length }).toEqual({ held: { isAlive: false, subscriptions: 1 }, left: 0 })
  })

  it('follows a run again that was resumed, whatever state its journal still has', async () => {
    const shown = [makeDetail({ state: 'stopped', isOwned: false }), makeDetail({ state: 'stopped' })]
    const { feed, subscriptions } = makeFeed({ 'runs.show': () => shown.shift() })
    await feed.open(RUN_ID)
    await feed.revive()
    subscriptions[0]!.push({ type: 'run.state', state: 'running', reason: null })

    expect([feed.isAlive, feed.pushedState.value]).toEqual([true, 'running'])
  })

  it('asks again for a run that lives and cannot be followed, and waits for a lost wire', async () => {
    const { feed, subscriptions, lose } = makeFeed()
    await feed.open(RUN_ID)
    subscriptions[0]!.end(new JobError('E_NOT_FOUND', 'its process does not answer'))
    await vi.advanceTimersByTimeAsync(2_100)
    expect(subscriptions.length).toBe(2)
    lose()
    subscriptions[1]!.end(new JobError('E_CANCELLED', 'closed'))
    await vi.advanceTimersByTimeAsync(10_000)

    expect({ subscriptions: subscriptions.length, isShown: feed.detail.value !== null }).toEqual({
      subscriptions: 2,
      isShown: true,
    })
  })

  it('shows figures without charts when the history cannot be read', async () => {
    const { feed } = makeFeed({
      'run.history': () => {
        throw new JobError('E_JOURNAL_CORRUPT', 'damaged')
      },
    })
    await feed.open(RUN_ID)

    expect([feed.detail.value?.runId, feed.historyFailure.value?.code, feed.failure.value]).toEqual([
      RUN_ID,
      'E_JOURNAL_CORRUPT',
      null,
    ])
  })

  it('says why a run cannot be shown', async () => {
    const { feed } = makeFeed({
      'runs.show': () => {
        throw new JobError('E_NOT_FOUND', 'no run of this id')
      },
    })
    await feed.open('nope')

    expect([feed.detail.value, feed.failure.value?.code]).toEqual([null, 'E_NOT_FOUND'])
  })

  it('does not hear answers about a run that is no longer looked at', async () => {
    const first = Promise.withResolvers<unknown>()
    const { feed } = makeFeed({
      'runs.show': ({ runId }) => (runId === 'a' ? first.promise : makeDetail({ runId, title: 'b' })),
    })
    const opening = feed.open('a')
    await feed.open('b')
    first.resolve(makeDetail({ runId: 'a', title: 'a' }))
    await opening

    expect(feed.detail.value?.title).toBe('b')
  })

  it('leaves nothing behind when it is closed', async () => {
    const { feed, frames, subscriptions } = makeFeed()
    await feed.open(RUN_ID)
    subscriptions[0]!.push(tickAt(200))
    feed.close()

    expect({
      isClosed: subscriptions[0]!.isClosed,
      asked: frames.asked,
      rows: feed.series.length,
      detail: feed.detail.value,
    }).toEqual({ isClosed: true, asked: 0, rows: 0, detail: null })
  })
})
