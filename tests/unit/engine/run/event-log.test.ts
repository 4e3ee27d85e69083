import { describe, expect, it } from 'vitest'
import { EventLog, type LoggedEvent } from '../../../../engine/run/event-log.ts'
import type { RunEvent, RunTick } from '../../../../shared/model/run.ts'

const failure = (count: number): RunEvent => ({ type: 'task.failed.omitted', count })
const tick = (elapsedMs: number): RunEvent => ({ type: 'tick', tick: { elapsedMs } as RunTick })

function follow(log: EventLog, cursor: number): { seen: LoggedEvent[]; stop: () => void } {
  const seen: LoggedEvent[] = []
  return { seen, stop: log.follow(cursor, logged => seen.push(logged)) }
}

describe('EventLog', () => {
  it('pushes to whoever follows, in order, until they stop', () => {
    const log = new EventLog(() => 0)
    const { seen, stop } = follow(log, 0)
    log.push(failure(1))
    log.push(tick(2))
    stop()
    log.push(failure(3))
    expect(seen).toEqual([
      { cursor: 1, elapsedMs: 0, event: failure(1) },
      { cursor: 2, elapsedMs: 0, event: tick(2) },
    ])
  })

  it('gives late comers what they missed, of ticks the newest', () => {
    const log = new EventLog(() => 0)
    for (const event of [failure(1), tick(2), failure(3), tick(4), failure(5)]) log.push(event)
    expect(follow(log, 0).seen.map(({ cursor }) => cursor)).toEqual([1, 3, 4, 5])
    expect(follow(log, 3).seen.map(({ cursor }) => cursor)).toEqual([4, 5])
    expect(follow(log, 5).seen).toEqual([])
  })

  it('keeps the newest five thousand events at least, and twice that at most', () => {
    const log = new EventLog(() => 0)
    for (let count = 1; count <= 25_000; count += 1) log.push(failure(count))
    const { seen } = follow(log, 0)
    expect(seen.length).toBeGreaterThanOrEqual(5_000)
    expect(seen.length).toBeLessThanOrEqual(10_000)
    expect(seen.at(-1)).toEqual({ cursor: 25_000, elapsedMs: 0, event: failure(25_000) })
    expect(seen.at(-5_000)!.cursor).toBe(20_001)
  })

  it('lets somebody stop from within a push', () => {
    const log = new EventLog(() => 0)
    const stop = log.follow(0, () => stop())
    const { seen } = follow(log, 0)
    log.push(failure(1))
    log.push(failure(2))
    expect(seen.length).toBe(2)
  })

  it('gives the journal its lines once, without ticks, failures of tasks and the summary', () => {
    const log = new EventLog(() => 7)
    const state: RunEvent = { type: 'run.state', state: 'paused', reason: null }
    const summary = { type: 'run.summary', summary: {} } as RunEvent
    for (const event of [state, tick(1), failure(2), summary]) log.push(event)
    expect(log.takeUnkept()).toEqual([{ elapsedMs: 7, event: state }])
    expect(log.takeUnkept()).toEqual([])
  })
})
