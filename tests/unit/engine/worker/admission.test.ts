import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HostPolicy } from '../../../../engine/executor/executor.ts'
import { Admission } from '../../../../engine/worker/admission.ts'
import type { FromWorker } from '../../../../engine/worker/protocol.ts'
import { makeWaitingTask } from '../../../support/engine/waiting-task.ts'

const policy = (given: Partial<HostPolicy>): HostPolicy => ({
  capOf: host => (host === 'free' ? Infinity : 1),
  delayMs: 0,
  ratePerSec: null,
  ...given,
})

const alone = (given: Partial<HostPolicy> = {}): Admission =>
  new Admission({ policy: policy(given), version: 0, post: null, nowMs: Date.now })

function shared(given: Partial<HostPolicy> = {}): { admission: Admission; posted: FromWorker[] } {
  const posted: FromWorker[] = []
  const post = (message: FromWorker): unknown => posted.push(message)
  return { admission: new Admission({ policy: policy(given), version: 0, post, nowMs: Date.now }), posted }
}

describe('Admission', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000 })
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('bounds no host without a cap, and no work without a host', () => {
    const admission = alone()
    expect(['free', '', 'a', 'free', 'a'].map(host => admission.isBounded(host))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
  })

  it('C38 starts no task at a host that is held, whether or not it has bounds, until the hold ends', () => {
    const { admission, posted } = shared()
    const onChange = vi.fn(() => void started.push(admission.next()?.index))
    const started: (number | undefined)[] = []
    admission.onChange = onChange
    admission.hold('free', 1_500)
    admission.hold('free', 1_550)
    expect(posted).toEqual([{ type: 'host.hold', host: 'free', untilMs: 1_500 }])
    expect(['free', 'b'].map(host => admission.isBounded(host))).toEqual([true, true])
    expect(admission.tryHost(makeWaitingTask(1, 'free'))).toBe(false)
    admission.held('free', 2_000)
    vi.advanceTimersByTime(500)
    expect(started).toEqual([undefined])
    vi.advanceTimersByTime(500)
    expect([started, admission.isBounded('free')]).toEqual([[undefined, 1], false])
    admission.close()
  })

  it('C38 keeps no further request of a task from a host that is held', () => {
    const admission = alone()
    admission.hold('a', 9_000)
    const start = vi.fn()
    expect(admission.tryHost(makeWaitingTask(1, 'a'))).toBe(false)
    admission.enter('a', start)
    expect(start).toHaveBeenCalledOnce()
    const second = vi.fn()
    admission.enter('a', second)
    admission.leave('a')
    expect([second.mock.calls.length, admission.next()]).toEqual([1, undefined])
    admission.leave('a')
    expect(admission.next()).toBeUndefined()
    vi.advanceTimersByTime(8_000)
    expect(admission.next()?.index).toBe(1)
  })

  it('parks a task whose host is full, and says so when it may start', () => {
    const admission = alone()
    const onChange = vi.fn()
    admission.onChange = onChange
    expect([1, 2, 3].map(index => admission.tryHost(makeWaitingTask(index, 'a')))).toEqual([
      true,
      false,
      false,
    ])
    expect([admission.waiting, admission.next()]).toEqual([2, undefined])
    admission.leave('a')
    expect(onChange).toHaveBeenCalledOnce()
    expect([admission.next()?.index, admission.next(), admission.waiting]).toEqual([2, undefined, 1])
  })

  it('wakes up when the delay of a host has passed', () => {
    const admission = alone({ capOf: () => 9, delayMs: 250 })
    const onChange = vi.fn(() => void admission.next())
    admission.onChange = onChange
    admission.tryHost(makeWaitingTask(1, 'a'))
    admission.tryHost(makeWaitingTask(2, 'a'))
    vi.advanceTimersByTime(100)
    admission.started('a')
    expect(onChange).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(249)
    expect([admission.waiting, onChange.mock.calls.length]).toEqual([1, 1])
    vi.advanceTimersByTime(1)
    expect([admission.waiting, onChange.mock.calls.length]).toEqual([0, 2])
  })

  it('starts a further request at once where nothing bounds it', () => {
    const start = vi.fn()
    alone().enter('free', start)
    expect(start).toHaveBeenCalledOnce()
  })

  it('starts a waiting request of a lane without a lane to spare, before tasks that came earlier', () => {
    const admission = alone()
    const start = vi.fn()
    admission.tryHost(makeWaitingTask(1, 'a'))
    admission.tryHost(makeWaitingTask(2, 'a'))
    admission.enter('a', start)
    expect(start).not.toHaveBeenCalled()
    admission.leave('a')
    expect(start).toHaveBeenCalledOnce()
    expect(admission.next()).toBeUndefined()
    admission.leave('a')
    expect(admission.next()?.index).toBe(2)
  })

  it('starts a request of a lane when the supervisor grants its host', () => {
    const { admission, posted } = shared()
    const start = vi.fn()
    admission.enter('a', start)
    expect(posted).toEqual([{ type: 'host.ask', host: 'a', count: 1 }])
    admission.granted({ host: 'a', count: 1 })
    expect(start).toHaveBeenCalledOnce()
    admission.leave('a')
    expect(posted.at(-1)).toEqual({ type: 'host.return', host: 'a', count: 1 })
  })

  it('gives back a permit that comes after its request was withdrawn', () => {
    const { admission, posted } = shared()
    const start = vi.fn()
    const withdraw = admission.enter('a', start)
    withdraw()
    admission.granted({ host: 'a', count: 1 })
    expect(start).not.toHaveBeenCalled()
    expect(posted.at(-1)).toEqual({ type: 'host.return', host: 'a', count: 1 })
  })

  it('lets requests of lanes have rate slots before tasks, in their order', () => {
    const admission = alone({ ratePerSec: 10 })
    const order: string[] = []
    const tryTask = (): void => {
      if (admission.tryRate(1)) order.push('task')
    }
    admission.onChange = tryTask
    tryTask()
    for (const name of ['first', 'second']) admission.enter('free', () => order.push(name))
    tryTask()
    vi.advanceTimersByTime(400)
    expect(order).toEqual(['task', 'first', 'second', 'task'])
  })

  it('gives the host back when a request is withdrawn that waits for a rate slot', () => {
    const admission = alone({ ratePerSec: 10 })
    const start = vi.fn()
    expect(admission.tryRate(1)).toBe(true)
    const withdraw = admission.enter('a', start)
    expect(admission.tryHost(makeWaitingTask(1, 'a'))).toBe(false)
    withdraw()
    withdraw()
    expect(admission.next()?.index).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect(start).not.toHaveBeenCalled()
  })

  it('goes on when slots come from the supervisor', () => {
    const { admission, posted } = shared({ ratePerSec: 100 })
    const onChange = vi.fn()
    admission.onChange = onChange
    expect(admission.tryRate(3)).toBe(false)
    expect(posted).toEqual([{ type: 'rate.ask', version: 0, count: 3 }])
    admission.slotsGranted({ version: 0, atMs: Float64Array.of(1_000, 1_010, 1_020) })
    expect(onChange).toHaveBeenCalledOnce()
    expect([admission.tryRate(3), admission.tryRate(3)]).toEqual([true, false])
    vi.advanceTimersByTime(10)
    expect([onChange.mock.calls.length, admission.tryRate(3)]).toEqual([2, true])
  })

  it('survives requests that end within their start', () => {
    const admission = alone()
    let started = 0
    admission.tryHost(makeWaitingTask(1, 'a'))
    for (let at = 0; at < 20_000; at += 1) {
      admission.enter('a', () => {
        started += 1
        admission.leave('a')
      })
    }
    admission.leave('a')
    expect(started).toBe(20_000)
  })

  it('drops what waits, and its timer, when it is closed', () => {
    const admission = alone({ capOf: () => 9, delayMs: 1_000, ratePerSec: 1 })
    admission.tryHost(makeWaitingTask(1, 'a'))
    admission.started('a')
    admission.tryHost(makeWaitingTask(2, 'a'))
    admission.tryRate(1)
    admission.tryRate(1)
    expect(vi.getTimerCount()).toBe(1)
    admission.close()
    expect([admission.waiting, vi.getTimerCount()]).toEqual([0, 0])
  })
})
