import { afterEach, describe, expect, it, vi } from 'vitest'

import { followEvents } from '../../../../../renderer/stores/live/subscription.ts'
import { JobError } from '../../../../../shared/model/error.ts'
import { makeTick } from '../../../../support/cli/run-ticks.ts'
import { scriptedClient } from '../../../../support/renderer/scripted-client.ts'

const TICK = { type: 'tick', tick: makeTick() } as const

describe('followEvents', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  function follow() {
    vi.useFakeTimers()
    const { client, subscriptions } = scriptedClient()
    const seen: number[] = []
    const ends: (Error | null)[] = []
    const stop = followEvents(
      client,
      { runId: 'r1', cursor: 0 },
      { onPush: push => seen.push(push.cursor), onEnd: error => ends.push(error) },
    )
    return { subscriptions, seen, ends, stop }
  }

  it('goes on after the last event seen when the page was too slow', async () => {
    const { subscriptions, seen, ends } = follow()
    subscriptions[0]!.push(TICK)
    subscriptions[0]!.push(TICK)
    subscriptions[0]!.end(new JobError('E_LIMIT', 'too slow'))
    await vi.advanceTimersByTimeAsync(1_000)
    subscriptions[1]!.push(TICK)

    expect({ params: subscriptions.map(({ params }) => params), seen, ends }).toEqual({
      params: [
        { runId: 'r1', cursor: 0 },
        { runId: 'r1', cursor: 2 },
      ],
      seen: [1, 2, 3],
      ends: [],
    })
  })

  it('says once that it has ended, and why', async () => {
    const { subscriptions, ends } = follow()
    const gone = new JobError('E_NOT_FOUND', 'no such run')
    subscriptions[0]!.end(gone)
    await vi.advanceTimersByTimeAsync(1_000)

    expect({ ends, subscriptions: subscriptions.length }).toEqual({ ends: [gone], subscriptions: 1 })
  })

  it('hears nothing more once it was stopped, and subscribes no more', async () => {
    const { subscriptions, seen, stop } = follow()
    subscriptions[0]!.end(new JobError('E_LIMIT', 'too slow'))
    stop()
    await vi.advanceTimersByTimeAsync(1_000)

    expect({ seen, subscriptions: subscriptions.length }).toEqual({ seen: [], subscriptions: 1 })
  })

  it('ends when there is no wire to subscribe over', () => {
    const { client } = scriptedClient()
    const ends: unknown[] = []
    const refused = {
      ...client,
      on: () => {
        throw new JobError('E_CANCELLED', 'closed')
      },
    }
    followEvents(refused, { runId: 'r1', cursor: 0 }, { onPush: () => undefined, onEnd: e => ends.push(e) })

    expect(ends).toEqual([new JobError('E_CANCELLED', 'closed')])
  })
})
