import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Semaphore } from '../../../../engine/schedule/semaphore.ts'

const stateOf = ({ inFlight, waiting, limit }: Semaphore): unknown => ({ inFlight, waiting, limit })

/** Lets granted waiters run. */
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('Semaphore', () => {
  it('never has more tasks in flight than it has permits', async () => {
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const semaphore = new Semaphore(2)

    const runs = gates.map(gate => semaphore.run(() => gate.promise))
    expect(stateOf(semaphore)).toEqual({ inFlight: 2, waiting: 3, limit: 2 })

    gates[0]!.resolve()
    await runs[0]
    expect(stateOf(semaphore)).toEqual({ inFlight: 2, waiting: 2, limit: 2 })

    for (const gate of gates) gate.resolve()
    await Promise.all(runs)
    expect(stateOf(semaphore)).toEqual({ inFlight: 0, waiting: 0, limit: 2 })
  })

  it('gives the permit back when a task fails', async () => {
    const semaphore = new Semaphore(1)
    await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(
      semaphore.run(() => {
        throw new Error('not even a promise')
      }),
    ).rejects.toThrow('not even a promise')
    expect(stateOf(semaphore)).toEqual({ inFlight: 0, waiting: 0, limit: 1 })
  })

  it('lets nobody overtake those who wait', async () => {
    const semaphore = new Semaphore(1)
    await semaphore.acquire()
    const order: string[] = []
    const first = semaphore.acquire().then(() => order.push('first'))
    const second = semaphore.acquire().then(() => order.push('second'))
    semaphore.release()
    expect(semaphore.tryAcquire()).toBe(false)
    semaphore.release()
    expect(semaphore.tryAcquire()).toBe(false)
    await Promise.all([first, second])
    expect(order).toEqual(['first', 'second'])
  })

  it('forgets a waiter that is aborted, with the reason of its signal', async () => {
    const semaphore = new Semaphore(1)
    await semaphore.acquire()
    const abort = new AbortController()
    const waiting = semaphore.acquire(abort.signal)
    const next = semaphore.acquire()
    abort.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    semaphore.release()
    await next
    expect(stateOf(semaphore)).toEqual({ inFlight: 1, waiting: 0, limit: 1 })
  })

  it('takes no permit for a signal that is aborted already', async () => {
    const semaphore = new Semaphore(1)
    await expect(semaphore.acquire(AbortSignal.abort(new Error('late')))).rejects.toThrow('late')
    expect(semaphore.inFlight).toBe(0)
  })

  it('leaves nothing on a signal once the permit is granted', async () => {
    const semaphore = new Semaphore(1)
    await semaphore.acquire()
    const { signal } = new AbortController()
    const removed = vi.spyOn(signal, 'removeEventListener')
    const waiting = semaphore.acquire(signal)
    semaphore.release()
    await waiting
    expect(removed).toHaveBeenCalledOnce()
  })

  it('grants at once what it grew by', async () => {
    const semaphore = new Semaphore(1)
    const waits = [1, 2, 3, 4].map(() => semaphore.acquire())
    semaphore.resize(3)
    await Promise.all(waits.slice(0, 3))
    expect(stateOf(semaphore)).toEqual({ inFlight: 3, waiting: 1, limit: 3 })
  })

  it('may have more in flight than its limit after shrinking, until permits come back', async () => {
    const semaphore = new Semaphore(3)
    for (let at = 0; at < 3; at += 1) await semaphore.acquire()
    semaphore.resize(1)
    const waiting = semaphore.acquire()
    expect(stateOf(semaphore)).toEqual({ inFlight: 3, waiting: 1, limit: 1 })
    semaphore.release()
    semaphore.release()
    expect(stateOf(semaphore)).toEqual({ inFlight: 1, waiting: 1, limit: 1 })
    semaphore.release()
    await waiting
    expect(stateOf(semaphore)).toEqual({ inFlight: 1, waiting: 0, limit: 1 })
  })

  it('refuses a permit that is released twice', () => {
    const semaphore = new Semaphore(1)
    expect(() => semaphore.release()).toThrow(RangeError)
    semaphore.tryAcquire()
    semaphore.release()
    expect(() => semaphore.release()).toThrow(RangeError)
  })

  it.each([0, -1, 1.5, NaN, Infinity])('refuses %d permits', permits => {
    expect(() => new Semaphore(permits)).toThrow(RangeError)
    expect(() => new Semaphore(1).resize(permits)).toThrow(RangeError)
  })

  it('neither leaks a permit nor grants one too many, and grants in order, whatever happens', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('acquire' as const) }),
        fc.record({ do: fc.constant('try' as const) }),
        fc.record({ do: fc.constant('release' as const) }),
        fc.record({ do: fc.constant('abort' as const), which: fc.nat(50) }),
        fc.record({ do: fc.constant('resize' as const), permits: fc.integer({ min: 1, max: 6 }) }),
      ),
      { maxLength: 80 },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), steps, async (permits, script) => {
        const semaphore = new Semaphore(permits)
        const waiting: { id: number; abort: AbortController }[] = []
        const granted: number[] = []
        const expected: number[] = []
        let limit = permits
        let held = 0
        let nextId = 0
        const grantModel = (): void => {
          while (held < limit && waiting.length > 0) {
            held += 1
            expected.push(waiting.shift()!.id)
          }
        }
        for (const step of script) {
          if (step.do === 'acquire') {
            const id = nextId
            nextId += 1
            const abort = new AbortController()
            waiting.push({ id, abort })
            semaphore.acquire(abort.signal).then(
              () => granted.push(id),
              () => undefined,
            )
          } else if (step.do === 'try') {
            const isFree = held < limit && waiting.length === 0
            expect(semaphore.tryAcquire()).toBe(isFree)
            if (isFree) held += 1
          } else if (step.do === 'release') {
            if (held === 0) continue
            held -= 1
            semaphore.release()
          } else if (step.do === 'abort') {
            const [left] = waiting.splice(step.which % Math.max(1, waiting.length), 1)
            left?.abort.abort(new Error('left'))
          } else {
            limit = step.permits
            semaphore.resize(limit)
          }
          grantModel()
          expect(stateOf(semaphore)).toEqual({ inFlight: held, waiting: waiting.length, limit })
        }
        await settle()
        expect(granted).toEqual(expected)
        while (semaphore.inFlight > 0) semaphore.release()
        await settle()
        expect(granted.length).toBe(expected.length + waiting.length)
      }),
    )
  })
})
