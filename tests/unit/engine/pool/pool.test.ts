import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pool, type PoolShape } from '../../../../engine/pool/pool.ts'
import type { WorkerSetup } from '../../../../engine/worker/protocol.ts'
import { FakeLinks } from '../../../support/engine/fake-links.ts'

interface Death {
  readonly isExplained: boolean
  readonly hadProgress: boolean
}

function setUp(shape: Partial<PoolShape> = {}) {
  const links = new FakeLinks()
  const verdict = { death: { isExplained: false, hadProgress: true } as Death }
  const events = {
    setupOf: vi.fn(slot => ({ worker: slot.worker }) as WorkerSetup),
    onReady: vi.fn(),
    onMessage: vi.fn(),
    onSurplus: vi.fn(),
    onLost: vi.fn((_slot: unknown, _exit: unknown) => verdict.death),
    onGivenUp: vi.fn(),
    onEmpty: vi.fn(),
  }
  const pool = new Pool(
    links,
    { processes: 2, threads: 1, isThreaded: false, ...shape },
    { ...events, nowMs: Date.now },
  )
  return { pool, links, verdict, ...events }
}

const statesOf = (pool: Pool): string[] => pool.slots.map(({ state }) => state)

const FRUITLESS: Death = { isExplained: false, hadProgress: false }

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Pool', () => {
  it('starts its workers, one in each process, and sets them up', () => {
    const { pool, links, onReady } = setUp()
    pool.start()
    expect(links.processes.map(({ workers }) => workers.map(({ received }) => received))).toEqual([
      [[{ type: 'setup', setup: { worker: 1 } }]],
      [[{ type: 'setup', setup: { worker: 2 } }]],
    ])
    expect(statesOf(pool)).toEqual(['starting', 'starting'])
    links.processes[1]!.workers[0]!.ready()
    expect([statesOf(pool), onReady.mock.calls.map(([slot]) => slot.worker)]).toEqual([
      ['starting', 'ready'],
      [2],
    ])
    pool.close()
  })

  it('puts the threads of a process into it', () => {
    const { pool, links } = setUp({ processes: 2, threads: 3, isThreaded: true })
    pool.start()
    expect(links.processes.map(({ workers }) => workers.length)).toEqual([3, 3])
    expect([links.threaded, pool.slots.map(({ pid }) => pid)]).toEqual([
      [true, true],
      [1_000, 1_000, 1_000, 1_001, 1_001, 1_001],
    ])
    links.processes[1]!.workers[2]!.ready(9)
    expect(pool.slots[5]).toMatchObject({ worker: 6, position: 5, threadId: 9, state: 'ready' })
    pool.close()
  })

  it('sends to one worker or to all, and passes on what they say', () => {
    const { pool, links, onMessage } = setUp()
    pool.start()
    pool.send(pool.slots[1]!, { type: 'ack', seq: 3 })
    pool.broadcast({ type: 'pause', isPaused: true })
    links.processes[0]!.workers[0]!.tell({ type: 'want' })
    expect(links.processes.map(({ workers }) => workers[0]!.received.slice(1))).toEqual([
      [{ type: 'pause', isPaused: true }],
      [
        { type: 'ack', seq: 3 },
        { type: 'pause', isPaused: true },
      ],
    ])
    expect(onMessage.mock.calls).toEqual([[pool.slots[0], { type: 'want' }]])
    pool.close()
  })

  it('starts a worker that died again in its slot', () => {
    const { pool, links, onLost } = setUp()
    pool.start()
    links.processes[0]!.workers[0]!.ready()
    links.processes[0]!.die('SIGSEGV')
    expect(onLost.mock.calls).toEqual([[pool.slots[0], { kind: 'signal', detail: 'SIGSEGV' }]])
    expect(statesOf(pool)).toEqual(['cooling', 'starting'])
    vi.advanceTimersByTime(1)
    expect(pool.slots[0]).toMatchObject({
      worker: 1,
      state: 'starting',
      pid: 1_002,
      restarts: 1,
      incarnation: 2,
    })
    links.processes[2]!.workers[0]!.ready()
    expect(statesOf(pool)).toEqual(['ready', 'starting'])
    pool.close()
  })

  it('starts a thread that died again in the same process', () => {
    const { pool, links } = setUp({ processes: 1, threads: 2, isThreaded: true })
    pool.start()
    links.latest.workers[1]!.exit({ kind: 'error', detail: 'out of memory' })
    vi.advanceTimersByTime(1)
    expect([links.processes.length, links.latest.workers.length, statesOf(pool)]).toEqual([
      1,
      3,
      ['starting', 'starting'],
    ])
    pool.close()
  })

  it('takes every thread of a dead process for dead before it tells of the first', () => {
    const { pool, links, onLost, verdict } = setUp({ processes: 1, threads: 3, isThreaded: true })
    pool.start()
    for (const worker of links.latest.workers) worker.ready()
    const seen: string[][] = []
    onLost.mockImplementation(() => {
      seen.push(statesOf(pool))
      return verdict.death
    })
    links.latest.die()
    expect(seen).toEqual(Array(3).fill(['dead', 'dead', 'dead']))
    vi.advanceTimersByTime(1)
    expect([links.processes.length, links.latest.workers.length]).toEqual([2, 3])
    pool.close()
  })

  it('counts a process that dies as one death, with the progress of any of its threads', () => {
    const { pool, links, onGivenUp, onLost } = setUp({ processes: 1, threads: 8, isThreaded: true })
    pool.start()
    for (let death = 0; death < 20; death += 1) {
      onLost.mockReturnValue(FRUITLESS).mockReturnValueOnce({ isExplained: false, hadProgress: true })
      links.latest.die()
      vi.advanceTimersByTime(1)
    }
    expect([onGivenUp.mock.calls.length, links.processes.length]).toEqual([0, 21])
    onLost.mockReturnValue(FRUITLESS)
    for (let death = 0; death < 5; death += 1) {
      links.latest.die()
      vi.advanceTimersByTime(10_000)
    }
    expect([onGivenUp.mock.calls.length, links.processes.length]).toEqual([0, 26])
    pool.close()
  })

  it('restarts at once after an explained death, and after others when the backoff is over', () => {
    const { pool, links, verdict } = setUp({ processes: 1 })
    pool.start()
    verdict.death = { isExplained: true, hadProgress: false }
    links.latest.die()
    vi.advanceTimersByTime(1)
    expect(links.processes.length).toBe(2)
    verdict.death = FRUITLESS
    links.latest.die()
    vi.advanceTimersByTime(199)
    expect(links.processes.length).toBe(2)
    vi.advanceTimersByTime(1)
    expect(links.processes.length).toBe(3)
    pool.close()
  })

  it('gives up when workers die more than five times a minute without progress', () => {
    const { pool, links, verdict, onGivenUp } = setUp({ processes: 1 })
    verdict.death = FRUITLESS
    pool.start()
    for (let death = 0; death < 6; death += 1) {
      expect(onGivenUp).not.toHaveBeenCalled()
      links.latest.die(`death ${death}`)
      vi.advanceTimersByTime(7_000)
    }
    expect(onGivenUp.mock.calls).toEqual([[{ kind: 'signal', detail: 'death 5' }]])
    vi.advanceTimersByTime(60_000)
    expect(links.processes.length).toBe(6)
    pool.close()
  })

  it('kills a worker that was not heard of for ten seconds', () => {
    const { pool, links } = setUp()
    pool.start()
    const [quiet, alive] = links.processes.map(({ workers }) => workers[0]!)
    for (let second = 0; second < 9; second += 1) {
      vi.advanceTimersByTime(1_000)
      alive!.tell({ type: 'want' })
    }
    vi.advanceTimersByTime(1_000)
    expect([quiet!.kills, alive!.kills]).toEqual([0, 0])
    vi.advanceTimersByTime(1_000)
    expect([quiet!.kills, alive!.kills]).toEqual([1, 0])
    pool.close()
  })

  it('kills nobody for a pause of its own', () => {
    const { pool, links } = setUp()
    pool.start()
    vi.advanceTimersByTime(5_000)
    vi.setSystemTime(Date.now() + 120_000)
    vi.advanceTimersByTime(9_000)
    expect(links.processes.map(({ workers }) => workers[0]!.kills)).toEqual([0, 0])
    vi.advanceTimersByTime(3_000)
    expect(links.processes.map(({ workers }) => workers[0]!.kills > 0)).toEqual([true, true])
    pool.close()
  })

  it('kills one worker, or everything that is left', () => {
    const { pool, links } = setUp()
    pool.start()
    pool.kill(pool.slots[1]!)
    expect(links.processes.map(({ workers }) => workers[0]!.kills)).toEqual([0, 1])
    pool.killAll()
    expect(links.processes.map(({ kills }) => kills)).toEqual([1, 1])
    pool.close()
  })

  it('restarts nothing once it is ending, and tells once when the last worker has left', () => {
    const { pool, links, onEmpty, onLost } = setUp({ processes: 3 })
    pool.start()
    for (const { workers } of links.processes) workers[0]!.ready()
    links.processes[2]!.die()
    pool.end()
    expect(statesOf(pool)).toEqual(['draining', 'draining', 'dead'])
    links.processes[0]!.die()
    expect(onEmpty).not.toHaveBeenCalled()
    links.processes[1]!.workers[0]!.exit({ kind: 'ended', detail: 'exit code 0' })
    pool.end()
    pool.killAll()
    vi.advanceTimersByTime(60_000)
    expect([links.processes.length, onEmpty.mock.calls.length, onLost.mock.calls.length]).toEqual([3, 1, 3])
    pool.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is empty at once when nobody is left to wait for', () => {
    const { pool, onEmpty } = setUp()
    pool.end()
    expect(onEmpty).toHaveBeenCalledOnce()
  })

  it('knows a worker as draining that becomes ready after the end was asked', () => {
    const { pool, links } = setUp()
    pool.start()
    pool.end()
    links.processes[0]!.workers[0]!.ready()
    expect(statesOf(pool)).toEqual(['draining', 'draining'])
    pool.close()
  })
})
