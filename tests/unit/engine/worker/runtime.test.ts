import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HostPolicy } from '../../../../engine/executor/executor.ts'
import { PHASE } from '../../../../shared/model/run.ts'
import { RuntimeBench } from '../../../support/engine/runtime-bench.ts'
import { ScriptedCursor } from '../../../support/engine/scripted-cursor.ts'

const policy = (given: Partial<HostPolicy>): HostPolicy => ({
  capOf: () => Infinity,
  delayMs: 0,
  ratePerSec: null,
  ...given,
})

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Values as hosts. */
const hosts =
  (...names: readonly string[]) =>
  (lease: ConstructorParameters<typeof ScriptedCursor>[0]) =>
    new ScriptedCursor(lease, names)

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Runtime', () => {
  it('never has more tasks in flight than permits, and starts the next when one ends', () => {
    const bench = new RuntimeBench({ permits: 3 })
    bench.grant({ end: 8 })
    expect(bench.running).toEqual([0, 1, 2])
    bench.executor.end(1)
    expect(bench.running).toEqual([0, 2, 3])
    while (bench.running.length > 0) bench.executor.end(bench.running[0]!)
    expect(bench.executor.peak).toBe(3)
    expect(bench.records.map(([index]) => index).toSorted((a, b) => a - b)).toEqual(upTo(8))
    expect([bench.runtime.inFlight, bench.runtime.waiting]).toEqual([0, 0])
  })

  it('follows its semaphore up at once, and down as tasks end', () => {
    const bench = new RuntimeBench({ permits: 2 })
    bench.grant({ end: 20 })
    bench.runtime.semaphore.resize(5)
    bench.runtime.pump()
    expect(bench.running).toEqual([0, 1, 2, 3, 4])
    bench.runtime.semaphore.resize(1)
    bench.runtime.pump()
    for (const index of [0, 1, 2, 3]) bench.executor.end(index)
    expect(bench.running).toEqual([4])
    bench.executor.end(4)
    expect(bench.running).toEqual([5])
  })

  it('takes a million tasks that end at once without going deeper, and lets messages in between', async () => {
    vi.useRealTimers()
    let nowMs = 0
    const bench = new RuntimeBench({ permits: 1, nowMs: () => (nowMs += 0.001) })
    bench.executor.start = lane => lane.settleOk()
    bench.grant({ end: 1_000_000 })
    expect(bench.records.length).toBeGreaterThan(1_000)
    expect(bench.records.length).toBeLessThan(20_000)
    expect([bench.runtime.busyLanes, bench.idles]).toEqual([1, 0])

    let turns = 0
    for (; bench.records.length < 1_000_000; turns += 1) await new Promise(setImmediate)
    expect(turns).toBeGreaterThan(50)
    await new Promise(setImmediate)
    expect([bench.runtime.busyLanes, bench.idles, bench.settled.length]).toEqual([0, 1, 1_000_000])
  }, 30_000)

  it('starts a retry at its time, and holds no lane meanwhile', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 2 })
    bench.executor.end(0, lane => lane.settleRetry(10_500))
    expect([bench.running, bench.runtime.waiting]).toEqual([[1], 1])
    bench.executor.end(1)
    expect(bench.idles).toBe(0)
    vi.advanceTimersByTime(499)
    expect(bench.running).toEqual([])
    vi.advanceTimersByTime(1)
    expect(bench.running).toEqual([0])
    const lane = bench.executor.running.get(0)!
    expect([lane.attempt, lane.queuedAtMs, lane.startedAtMs, lane.firstStartedAtMs]).toEqual([
      2, 10_500, 10_500, 10_000,
    ])
    bench.executor.end(0)
    expect([bench.records, bench.idles]).toEqual([
      [
        [1, 'ok'],
        [0, 'ok'],
      ],
      1,
    ])
  })

  it('starts a retry that is due before tasks that were never tried', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 9 })
    bench.executor.end(0, lane => lane.settleRetry(10_010))
    vi.advanceTimersByTime(20)
    bench.executor.end(1)
    expect(bench.running).toEqual([0])
  })

  it('holds no lane for a host that is full, and serves it when its permit is back', () => {
    const open = hosts('slow', 'slow', 'slow', 'fast', 'fast')
    const bench = new RuntimeBench({
      permits: 3,
      open,
      policy: policy({ capOf: host => (host === 'slow' ? 1 : Infinity) }),
    })
    bench.grant({ end: 5 })
    expect([bench.running, bench.runtime.waiting]).toEqual([[0, 3, 4], 2])
    bench.executor.end(3)
    expect([bench.running, bench.runtime.waiting]).toEqual([[0, 4], 2])
    bench.admission!.leave('slow')
    bench.executor.end(0)
    expect([bench.running, bench.runtime.waiting]).toEqual([[4, 1], 1])
  })

  it('puts a retry in line for its host', () => {
    const bench = new RuntimeBench({
      permits: 4,
      open: hosts('a', 'a'),
      policy: policy({ capOf: () => 1 }),
    })
    bench.grant({ end: 2 })
    bench.admission!.leave('a')
    bench.executor.end(0, lane => lane.settleRetry(10_100))
    expect(bench.running).toEqual([1])
    vi.advanceTimersByTime(100)
    expect([bench.running, bench.runtime.waiting]).toEqual([[1], 1])
    bench.admission!.leave('a')
    bench.executor.end(1)
    expect(bench.running).toEqual([0])
  })

  it('starts no faster than the rate, whatever could start', () => {
    const bench = new RuntimeBench({ permits: 50, policy: policy({ ratePerSec: 100 }) })
    bench.grant({ end: 50 })
    expect(bench.running).toEqual([0])
    vi.advanceTimersByTime(103)
    expect(bench.running.length).toBeGreaterThan(8)
    expect(bench.running.length).toBeLessThanOrEqual(12)
    vi.advanceTimersByTime(1_000)
    expect(bench.running).toEqual(upTo(50))
  })

  it('reads no more while ten thousand tasks wait for their hosts', () => {
    const read = vi.fn(() => 'record' as const)
    const cursor = new ScriptedCursor({ first: 0, step: 1 } as never, [])
    let index = -1
    cursor.next = () => {
      index += 1
      cursor.index = index
      cursor.value = 'full'
      return read()
    }
    const bench = new RuntimeBench({ permits: 2, open: () => cursor, policy: policy({ capOf: () => 1 }) })
    bench.grant({ end: null })
    vi.advanceTimersByTime(1_000)
    expect([bench.running, bench.runtime.waiting, read.mock.calls.length]).toEqual([[0], 10_000, 10_001])
  })

  it('records what must not be executed without starting it', () => {
    const bench = new RuntimeBench({
      permits: 1,
      open: lease =>
        new ScriptedCursor(lease, [
          { refusal: { code: 'E_URL_INVALID', message: 'no URL', isSkip: false } },
          { refusal: { code: 'E_DUPLICATE', message: 'seen', isSkip: true } },
          'fine',
        ]),
    })
    bench.grant({ end: 3 })
    expect(bench.records).toEqual([
      [0, 'failed'],
      [1, 'skipped'],
    ])
    expect([bench.executor.started, bench.executor.described, bench.settled]).toEqual([[2], [0, 1], [0, 1]])
  })

  it('records a quarantined task without starting it', () => {
    const bench = new RuntimeBench()
    bench.grant({ first: 7, end: 8, quarantine: '2 workers died of it' })
    expect([bench.records, bench.executor.started, bench.settled]).toEqual([[[7, 'quarantined']], [], [7]])
    expect(bench.idles).toBe(1)
  })

  it('notes the starts of careful leases before they happen', () => {
    const bench = new RuntimeBench({ permits: 2 })
    const notedAtStart: number[] = []
    bench.executor.onStart = () => notedAtStart.push(bench.noted.length)
    bench.grant({ end: 2, careful: true })
    expect([bench.noted, notedAtStart]).toEqual([
      [
        [0, 0],
        [1, 1],
      ],
      [1, 2],
    ])
    const plain = new RuntimeBench()
    plain.grant({ end: 2 })
    expect(plain.noted).toEqual([])
  })

  it('does to itself what a test asked for, once the start is noted', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const bench = new RuntimeBench({ permits: 3, faults: new Map([[1, 'exit']]) })
    bench.grant({ end: 3, careful: true })
    expect([exit.mock.calls.length, bench.noted.length]).toEqual([1, 3])
  })

  it('starts nothing while it is paused, and lets what is in flight end', () => {
    const bench = new RuntimeBench({ permits: 2 })
    bench.grant({ end: 6 })
    bench.runtime.setPaused(true)
    bench.executor.end(0)
    bench.executor.end(1)
    expect([bench.running, bench.settled]).toEqual([[], [0, 1]])
    bench.runtime.setPaused(false)
    expect(bench.running).toEqual([2, 3])
  })

  it('starts nothing while its reports are too far behind', () => {
    const bench = new RuntimeBench({ permits: 2 })
    bench.isCongested = true
    bench.grant({ end: 6 })
    expect(bench.running).toEqual([])
    bench.isCongested = false
    bench.runtime.pump()
    expect(bench.running).toEqual([0, 1])
  })

  it('starts nothing more once it drains, and says when nothing is in flight', () => {
    const bench = new RuntimeBench({ permits: 2 })
    bench.grant({ end: 6 })
    bench.executor.end(0, lane => lane.settleRetry(10_100))
    bench.runtime.setPhase(PHASE.drain)
    bench.executor.end(1)
    expect([bench.running, bench.idles]).toEqual([[2], 0])
    bench.executor.end(2)
    vi.advanceTimersByTime(1_000)
    expect([bench.executor.started, bench.settled, bench.idles > 0]).toEqual([[0, 1, 2], [1, 2], true])
  })

  it('aborts what is in flight, which stays unsettled', () => {
    const bench = new RuntimeBench({ permits: 3 })
    bench.grant({ end: 6 })
    bench.executor.end(1)
    bench.runtime.setPhase(PHASE.abort)
    expect([bench.executor.aborted.toSorted((a, b) => a - b), bench.running]).toEqual([[0, 2, 3], []])
    expect([bench.settled, bench.records.length, bench.idles > 0]).toEqual([[1], 1, true])
  })

  it('never goes back to an earlier phase', () => {
    const bench = new RuntimeBench()
    bench.runtime.setPhase(PHASE.drain)
    bench.runtime.setPhase(PHASE.run)
    bench.grant({ end: 3 })
    expect(bench.running).toEqual([])
  })

  it('is idle only when nothing is left to do without a new lease', () => {
    const bench = new RuntimeBench({
      permits: 1,
      open: lease => new ScriptedCursor(lease, ['a', 'wait', 'b']),
    })
    bench.grant({ end: 2 })
    bench.executor.end(0)
    expect(bench.idles).toBe(0)
    bench.intake.onReadable?.()
    expect([bench.running, bench.idles]).toEqual([[1], 0])
    bench.executor.end(1)
    expect(bench.idles).toBe(1)
  })

  it('is idle when its lease cannot be read further and nothing is in flight', () => {
    const bench = new RuntimeBench({ open: lease => new ScriptedCursor(lease, ['a', { failure: 'gone' }]) })
    bench.grant({ end: 9 })
    expect(bench.idles).toBe(0)
    bench.executor.end(0)
    expect([bench.idles, bench.intake.failure?.message]).toEqual([1, 'gone'])
  })

  it('asks for a lease once, shortly before it runs out of tasks', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 4 })
    expect(bench.wants).toBe(0)
    bench.executor.end(0)
    expect(bench.wants).toBe(0)
    bench.executor.end(1)
    expect([bench.running, bench.wants]).toEqual([[2], 1])
    bench.executor.end(2)
    bench.executor.end(3)
    expect(bench.wants).toBe(1)
    bench.grant({ id: 2, first: 4, end: 8 })
    expect(bench.wants).toBe(1)
    bench.executor.end(4)
    bench.executor.end(5)
    expect(bench.wants).toBe(2)
  })

  it('asks the earlier the faster its tasks settle', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 1_000 })
    for (let index = 0; index < 500; index += 1) bench.executor.end(index)
    bench.runtime.noteSettledSince(50)
    for (let index = 500; bench.wants === 0; index += 1) bench.executor.end(index)
    // Ten a millisecond, for the 8 ms that an answer may take.
    expect(999 - bench.running[0]!).toBe(80)
  })

  it('asks for nothing more once it drains', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 3 })
    bench.runtime.setPhase(PHASE.drain)
    bench.executor.end(0)
    expect(bench.wants).toBe(0)
  })

  it('says what a lane is working on', () => {
    const bench = new RuntimeBench({ open: hosts('http://a/') })
    expect(bench.runtime.current).toBeNull()
    bench.grant({ end: 1 })
    expect(bench.runtime.current).toBe('http://a/')
    const indexes = new RuntimeBench({ permits: 1 })
    indexes.grant({ first: 41, end: 43 })
    indexes.executor.end(41)
    expect(indexes.runtime.current).toBe('#42')
  })

  it('notices a lane that settles twice', () => {
    const bench = new RuntimeBench({ permits: 1 })
    bench.grant({ end: 1 })
    const lane = bench.executor.running.get(0)!
    lane.settleOk()
    expect(() => lane.settleOk()).toThrow('lane 0 settled a task twice')
  })

  it('leaves no timer behind when it is closed', () => {
    const bench = new RuntimeBench({ permits: 1, policy: policy({ capOf: () => 1, delayMs: 1_000 }) })
    bench.grant({ end: 1 })
    bench.executor.end(0, lane => lane.settleRetry(20_000))
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    bench.runtime.close()
    expect([vi.getTimerCount(), bench.runtime.waiting]).toEqual([0, 0])
  })
})
