import { describe, expect, it } from 'vitest'
import type { HostPolicy } from '../../../../engine/executor/executor.ts'
import type { FromWorker } from '../../../../engine/worker/protocol.ts'
import { SharedGates } from '../../../../engine/worker/shared-gates.ts'

const policy = (given: Partial<HostPolicy> = {}): HostPolicy => ({
  capOf: () => 2,
  delayMs: 0,
  ratePerSec: null,
  ...given,
})

function share(given: Partial<HostPolicy> = {}): {
  gates: SharedGates
  posted: FromWorker[]
  changes: (string | null)[]
} {
  const posted: FromWorker[] = []
  const changes: (string | null)[] = []
  const gates = new SharedGates(policy(given), 0, message => posted.push(message))
  gates.onChange = host => changes.push(host)
  return { gates, posted, changes }
}

describe('SharedGates', () => {
  it('asks for one permit at a time, and reuses it while there is work for the host', () => {
    const { gates, posted, changes } = share()
    expect([gates.tryHost('a'), gates.tryHost('a')]).toEqual([Infinity, Infinity])
    gates.granted('a', 1)
    expect(gates.tryHost('a')).toBe(0)
    gates.leaveHost('a', 0, true)
    expect(gates.tryHost('a')).toBe(0)
    expect(posted).toEqual([{ type: 'host.ask', host: 'a', count: 1 }])
    expect(changes).toEqual(['a', 'a'])
  })

  it('gives a permit back when there is nothing more to do for the host', () => {
    const { gates, posted } = share()
    gates.tryHost('a')
    gates.granted('a', 1)
    gates.tryHost('a')
    gates.leaveHost('a', 0, false)
    expect(posted.at(-1)).toEqual({ type: 'host.return', host: 'a', count: 1 })
  })

  it('gives back what nothing waits for any more', () => {
    const { gates, posted } = share()
    gates.tryHost('a')
    gates.granted('a', 1)
    gates.unwanted('a')
    gates.unwanted('a')
    gates.unwanted('never asked for')
    expect(posted.slice(1)).toEqual([{ type: 'host.return', host: 'a', count: 1 }])
  })

  it('gives back every permit as it comes free from a recall to the next grant', () => {
    const { gates, posted } = share({ capOf: () => 3 })
    gates.tryHost('a')
    gates.granted('a', 3)
    expect([gates.tryHost('a'), gates.tryHost('a')]).toEqual([0, 0])
    posted.length = 0
    gates.recalled('a')
    gates.leaveHost('a', 0, true)
    gates.leaveHost('a', 0, true)
    expect(posted).toEqual(Array(3).fill({ type: 'host.return', host: 'a', count: 1 }))
    gates.tryHost('a')
    gates.granted('a', 1)
    expect(gates.tryHost('a')).toBe(0)
    posted.length = 0
    gates.leaveHost('a', 0, true)
    expect(posted).toEqual([])
  })

  it('gives every permit back and tells of each start where there is a delay', () => {
    const { gates, posted } = share({ delayMs: 100 })
    gates.tryHost('a')
    gates.granted('a', 1)
    gates.tryHost('a')
    gates.startedHost('a')
    gates.leaveHost('a', 0, true)
    expect(posted.slice(1)).toEqual([
      { type: 'host.started', host: 'a' },
      { type: 'host.return', host: 'a', count: 1 },
    ])
  })

  it('refuses a permit that is given back twice', () => {
    const { gates } = share()
    expect(() => gates.leaveHost('a', 0, true)).toThrow(RangeError)
    gates.tryHost('a')
    gates.granted('a', 1)
    expect(() => gates.leaveHost('a', 0, true)).toThrow(RangeError)
  })

  it('gives back a permit that comes for a host nobody asked for', () => {
    const { gates, posted } = share()
    gates.granted('a', 1)
    gates.recalled('b')
    expect(posted).toEqual([{ type: 'host.return', host: 'a', count: 1 }])
  })

  it('asks for the slots of a quarter of a second, as many as it could start', () => {
    const { gates, posted, changes } = share({ ratePerSec: 100 })
    expect(gates.tryRate(0, 64)).toBe(Infinity)
    expect(gates.tryRate(0, 64)).toBe(Infinity)
    expect(posted).toEqual([{ type: 'rate.ask', version: 0, count: 25 }])
    gates.slotsGranted(
      0,
      Float64Array.from({ length: 25 }, (_, at) => at * 10),
    )
    expect(changes).toEqual([null])
    expect([gates.tryRate(0, 64), gates.tryRate(0, 64)]).toEqual([0, 10])
    expect(share({ ratePerSec: 0.001 }).gates.tryRate(0, 64)).toBe(Infinity)
  })

  it('asks for more once half of its slots are used', () => {
    const { gates, posted } = share({ ratePerSec: 1_000 })
    gates.tryRate(0, 8)
    gates.slotsGranted(0, new Float64Array(8))
    for (let used = 0; used < 5; used += 1) gates.tryRate(0, 8)
    expect(posted).toEqual([
      { type: 'rate.ask', version: 0, count: 8 },
      { type: 'rate.ask', version: 0, count: 4 },
    ])
  })

  it('lets slots go that are too late, so that starts never bunch up', () => {
    const { gates, posted } = share({ ratePerSec: 10 })
    gates.tryRate(0, 2)
    gates.slotsGranted(0, Float64Array.of(0, 100))
    expect(gates.tryRate(105, 2)).toBe(0)
    expect(gates.tryRate(105, 2)).toBe(Infinity)
    expect(posted).toEqual([
      { type: 'rate.ask', version: 0, count: 2 },
      { type: 'rate.ask', version: 0, count: 1 },
      { type: 'rate.ask', version: 0, count: 1 },
    ])
  })
})

describe('SharedGates whose bounds are changed', () => {
  it('claims what is in flight to hosts that had no bound', () => {
    const { gates, posted } = share({ capOf: () => Infinity })
    expect([gates.tryHost('a'), gates.tryHost('a'), gates.tryHost('b')]).toEqual([0, 0, 0])
    gates.leaveHost('b', 0, false)
    gates.use(policy({ capOf: () => 2 }), 1)
    expect(posted).toEqual([
      { type: 'host.claim', host: 'a', count: 2 },
      { type: 'bounds.taken', version: 1 },
    ])
    expect(gates.tryHost('a')).toBe(Infinity)
    gates.leaveHost('a', 0, true)
    expect(posted.slice(-2)).toEqual([
      { type: 'host.ask', host: 'a', count: 1 },
      { type: 'host.return', host: 'a', count: 1 },
    ])
  })

  it('gives back the permits of hosts that have no bound any more, and those that come late', () => {
    const { gates, posted } = share()
    gates.tryHost('a')
    gates.granted('a', 1)
    gates.tryHost('a')
    gates.tryHost('a')
    posted.length = 0
    gates.use(policy({ capOf: () => Infinity }), 1)
    expect(gates.tryHost('a')).toBe(0)
    gates.granted('a', 1)
    expect(posted).toEqual([
      { type: 'host.return', host: 'a', count: 1 },
      { type: 'bounds.taken', version: 1 },
      { type: 'host.return', host: 'a', count: 1 },
    ])
    gates.leaveHost('a', 0, false)
    gates.leaveHost('a', 0, false)
    expect(posted.length).toBe(3)
  })

  it('forgets the slots of an earlier rate, also those under way', () => {
    const { gates, posted } = share({ ratePerSec: 100 })
    gates.tryRate(0, 2)
    gates.slotsGranted(0, Float64Array.of(0, 10))
    gates.use(policy({ ratePerSec: 1 }), 1)
    expect(gates.tryRate(0, 2)).toBe(Infinity)
    gates.slotsGranted(0, Float64Array.of(0))
    expect(gates.tryRate(0, 2)).toBe(Infinity)
    gates.slotsGranted(1, Float64Array.of(0))
    expect(gates.tryRate(0, 2)).toBe(0)
    expect(posted.filter(({ type }) => type === 'rate.ask')).toMatchObject([
      { version: 0, count: 2 },
      { version: 1, count: 1 },
    ])
    gates.use(policy(), 2)
    expect(gates.tryRate(0, 2)).toBe(0)
  })
})
