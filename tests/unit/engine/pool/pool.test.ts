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

describe('a pool that is resized', () => {
  const workersOf = ({ slots }: Pool): string[] => slots.map(({ worker, state }) => `${worker} ${state}`)

  it('starts more processes, and lets go the newest without starting them again', () => {
    const { pool, links, onSurplus, onLost, onGivenUp } = setUp({ processes: 1 })
    pool.start()
    links.latest.workers[0]!.ready()
    pool.resize(3, 1)
    expect(workersOf(pool)).toEqual(['1 ready', '2 starting', '3 starting'])
    for (const { workers } of links.processes.slice(1)) workers[0]!.ready()
    pool.resize(1, 1)
    expect(workersOf(pool)).toEqual(['1 ready', '2 draining', '3 draining'])
    expect(onSurplus.mock.calls.map(([slot]) => slot.worker)).toEqual([2, 3])
    for (const { workers } of links.processes.slice(1)) workers[0]!.exit({ kind: 'ended', detail: '' })
    expect([workersOf(pool), onLost.mock.calls.length]).toEqual([['1 ready'], 2])
    vi.advanceTimersByTime(60_000)
    expect([links.processes.length, onGivenUp.mock.calls.length]).toEqual([3, 0])
    pool.close()
  })

  it('gives numbers that are free to those who come, as a first start', () => {
    const { pool, links } = setUp({ processes: 3 })
    pool.start()
    const [second] = pool.slots.slice(1)
    pool.resize(1, 1)
    links.processes[2]!.die()
    pool.resize(2, 1)
    expect(workersOf(pool)).toEqual(['1 starting', '2 draining', '3 starting'])
    links.processes[1]!.die()
    pool.resize(3, 1)
    expect(pool.slots.map(({ worker, pid, restarts }) => [worker, pid, restarts])).toEqual([
      [1, 1_000, 0],
      [2, 1_004, 0],
      [3, 1_003, 0],
    ])
    expect([pool.slots[1] === second, pool.slots[1]!.incarnation]).toEqual([true, 2])
    pool.close()
  })

  it('adds threads to the processes that live, and takes the newest away again', () => {
    const { pool, links } = setUp({ processes: 2, threads: 1, isThreaded: true })
    pool.start()
    pool.resize(2, 3)
    expect(links.processes.map(({ workers }) => workers.length)).toEqual([3, 3])
    expect(pool.slots.map(({ worker, pid }) => [worker, pid])).toEqual([
      [1, 1_000],
      [2, 1_001],
      [3, 1_000],
      [4, 1_000],
      [5, 1_001],
      [6, 1_001],
    ])
    pool.resize(2, 2)
    expect(workersOf(pool).filter(text => text.endsWith('draining'))).toEqual(['4 draining', '6 draining'])
    links.processes[0]!.workers[2]!.exit({ kind: 'ended', detail: '' })
    expect([links.processes[0]!.closes, pool.slots.length]).toEqual([0, 5])
    pool.close()
  })

  it('ends a process for threads when the last of them has left', () => {
    const { pool, links } = setUp({ processes: 2, threads: 2, isThreaded: true })
    pool.start()
    pool.resize(1, 2)
    const [, leaving] = links.processes
    leaving!.workers[0]!.exit({ kind: 'ended', detail: '' })
    expect(leaving!.closes).toBe(0)
    leaving!.workers[1]!.exit({ kind: 'ended', detail: '' })
    expect([leaving!.closes, links.processes[0]!.closes]).toEqual([1, 0])
    pool.close()
  })

  it('starts another process where one is still leaving', () => {
    const { pool, links } = setUp({ processes: 2 })
    pool.start()
    pool.resize(1, 1)
    pool.resize(2, 1)
    expect([links.processes.length, workersOf(pool)]).toEqual([3, ['1 starting', '2 draining', '3 starting']])
    pool.close()
  })

  it('counts no death of those who leave, but starts the others of their process again', () => {
    const { pool, links, onGivenUp, verdict } = setUp({ processes: 1, threads: 2, isThreaded: true })
    verdict.death = FRUITLESS
    pool.start()
    for (let round = 0; round < 20; round += 1) {
      pool.resize(1, 2)
      pool.resize(1, 1)
      links.latest.workers.at(-1)!.exit({ kind: 'error', detail: 'out of memory' })
    }
    expect([onGivenUp.mock.calls.length, workersOf(pool)]).toEqual([0, ['1 starting']])
    pool.resize(1, 2)
    pool.resize(1, 1)
    links.latest.die()
    vi.advanceTimersByTime(1_000)
    expect([links.processes.length, workersOf(pool)]).toEqual([2, ['1 starting']])
    pool.close()
  })

  it('lets go at once who waits to be started again', () => {
    const { pool, links, onSurplus } = setUp({ processes: 2 })
    pool.start()
    links.processes[1]!.die()
    pool.resize(1, 1)
    expect([workersOf(pool), onSurplus.mock.calls.length]).toEqual([['1 starting'], 1])
    vi.advanceTimersByTime(60_000)
    expect(links.processes.length).toBe(2)
    pool.close()
  })

  it('starts as many as are wanted last, before it is started', () => {
    const { pool, links } = setUp({ processes: 1 })
    pool.resize(4, 1)
    pool.resize(2, 1)
    expect(links.processes.length).toBe(0)
    pool.start()
    expect([links.processes.length, workersOf(pool)]).toEqual([2, ['1 starting', '2 starting']])
    pool.close()
  })

  it('changes nothing once it is ending, and waits for those who leave', () => {
    const { pool, links, onEmpty } = setUp({ processes: 2 })
    pool.start()
    pool.resize(1, 1)
    pool.end()
    pool.resize(5, 1)
    expect(links.processes.length).toBe(2)
    links.processes[0]!.die()
    expect(onEmpty).not.toHaveBeenCalled()
    links.processes[1]!.die()
    expect(onEmpty).toHaveBeenCalledOnce()
    pool.close()
  })
})
