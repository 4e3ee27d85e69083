import { describe, expect, it } from 'vitest'
import { HostHolds } from '../../../../engine/schedule/host-holds.ts'
import type { GateSource } from '../../../../engine/worker/gates.ts'
import { Parking } from '../../../../engine/worker/parking.ts'
import { makeWaitingTask } from '../../../support/engine/waiting-task.ts'

/** Gates whose answers are set by the test: a number of permits a host, or the time to try again. */
function park(answers: Map<string, number>): { parking: Parking; asked: string[] } {
  const asked: string[] = []
  const gates = {
    tryHost(host: string) {
      asked.push(host)
      const answer = answers.get(host) ?? Infinity
      if (answer > 100) return answer
      answers.set(host, answer - 1)
      return answer > 0 ? 0 : Infinity
    },
  } as Partial<GateSource> as GateSource
  return { parking: new Parking(gates, new HostHolds()), asked }
}

const request = (host: string) => ({ host, start: () => undefined })

describe('Parking', () => {
  it('serves a host in order of arrival, as its permits come', () => {
    const { parking } = park(new Map([['a', 2]]))
    const tasks = [1, 2, 3].map(index => makeWaitingTask(index, 'a'))
    for (const task of tasks) parking.parkTask(task, Infinity)
    expect(parking.nextTask(0)).toBeUndefined()
    parking.wake('a')
    expect([parking.nextTask(0), parking.nextTask(0), parking.nextTask(0)]).toEqual([
      tasks[0],
      tasks[1],
      undefined,
    ])
    expect([parking.tasks, parking.isWaitedFor('a')]).toEqual([1, true])
  })

  it('asks no host again before its time', () => {
    const { parking, asked } = park(new Map([['a', 150]]))
    parking.parkTask(makeWaitingTask(1, 'a'), 120)
    expect([parking.nextMs(0), parking.nextTask(119), asked.length]).toEqual([120, undefined, 0])
    expect([parking.nextTask(120), parking.nextMs(120), asked.length]).toEqual([undefined, 150, 1])
    parking.nextTask(149)
    expect(asked.length).toBe(1)
  })

  it('lets one host wait without the others', () => {
    const { parking } = park(new Map([['b', 1]]))
    parking.parkTask(makeWaitingTask(1, 'a'), 0)
    parking.parkTask(makeWaitingTask(2, 'b'), 0)
    expect(parking.nextTask(0)?.index).toBe(2)
    expect([parking.isWaitedFor('a'), parking.isWaitedFor('b')]).toEqual([true, false])
  })

  it('serves requests that hold a lane before tasks that need one', () => {
    const { parking } = park(new Map([['a', 1]]))
    const late = request('a')
    parking.parkTask(makeWaitingTask(1, 'a'), 0)
    parking.parkRequest(late, 0)
    expect(parking.nextTask(0)).toBeUndefined()
    expect(parking.nextRequest(0)).toBe(late)
    expect(parking.nextRequest(0)).toBeUndefined()
  })

  it('takes turns between hosts whose permits come one by one', () => {
    const answers = new Map<string, number>()
    const { parking } = park(answers)
    for (const host of ['a', 'b', 'a', 'b']) parking.parkTask(makeWaitingTask(0, host), Infinity)
    const order: (string | undefined)[] = []
    for (const host of ['b', 'a', 'a', 'b']) {
      answers.set(host, 1)
      parking.wake(host)
      order.push(parking.nextTask(0)?.host)
    }
    expect(order).toEqual(['b', 'a', 'a', 'b'])
    expect(parking.tasks).toBe(0)
  })

  it('forgets a request that is withdrawn, once', () => {
    const { parking } = park(new Map([['a', 1]]))
    const gone = request('a')
    parking.parkRequest(gone, 0)
    expect([parking.withdraw(gone), parking.withdraw(gone), parking.withdraw(request('b'))]).toEqual([
      true,
      false,
      false,
    ])
    expect([parking.requests, parking.isWaitedFor('a'), parking.nextRequest(0)]).toEqual([
      0,
      false,
      undefined,
    ])
  })

  it('is empty once cleared', () => {
    const { parking } = park(new Map([['a', 9]]))
    parking.parkTask(makeWaitingTask(1, 'a'), 0)
    parking.parkRequest(request('a'), 0)
    parking.clear()
    expect([parking.tasks, parking.requests, parking.nextMs(0)]).toEqual([0, 0, Infinity])
    expect([parking.nextTask(0), parking.nextRequest(0)]).toEqual([undefined, undefined])
  })
})
