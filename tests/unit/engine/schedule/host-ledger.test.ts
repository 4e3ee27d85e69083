import { describe, expect, it } from 'vitest'
import { HostLedger } from '../../../../engine/schedule/host-ledger.ts'

describe('HostLedger', () => {
  it('lets as many in as the cap of the host says, and the next when one has left', () => {
    const ledger = new HostLedger(host => (host === 'a' ? 2 : 1), 0)
    expect(['a', 'a', 'a', 'b', 'b'].map(host => ledger.tryEnter(host, 0))).toEqual([
      0,
      0,
      Infinity,
      0,
      Infinity,
    ])
    ledger.leave('a', 5)
    expect([ledger.tryEnter('a', 5), ledger.tryEnter('b', 5)]).toEqual([0, Infinity])
  })

  it('bounds hosts with a cap, and every host when there is a delay', () => {
    const capOf = (host: string): number => (host === 'free' ? Infinity : 2)
    expect(['free', 'capped'].map(host => new HostLedger(capOf, 0).isBounded(host))).toEqual([false, true])
    expect(new HostLedger(capOf, 1).isBounded('free')).toBe(true)
  })

  it('counts the delay from the start of a request, not from when it was let in', () => {
    const ledger = new HostLedger(() => 5, 100)
    expect(ledger.tryEnter('a', 0)).toBe(0)
    expect(ledger.tryEnter('a', 1_000)).toBe(Infinity)
    ledger.started('a', 1_000)
    expect([ledger.tryEnter('a', 1_050), ledger.tryEnter('a', 1_100)]).toEqual([1_100, 0])
  })

  it('keeps the delay of a request that has ended', () => {
    const ledger = new HostLedger(() => 5, 100)
    ledger.tryEnter('a', 0)
    ledger.started('a', 0)
    ledger.leave('a', 20)
    expect([ledger.tryEnter('a', 50), ledger.tryEnter('a', 100)]).toEqual([100, 0])
  })

  it('goes on when a request that was let in leaves without a start', () => {
    const ledger = new HostLedger(() => 5, 100)
    ledger.tryEnter('a', 0)
    ledger.leave('a', 30)
    expect(ledger.tryEnter('a', 30)).toBe(130)
  })

  it('refuses a permit that is given back twice', () => {
    const ledger = new HostLedger(() => 1, 0)
    expect(() => ledger.leave('a', 0)).toThrow(RangeError)
    ledger.tryEnter('a', 0)
    ledger.leave('a', 0)
    expect(() => ledger.leave('a', 0)).toThrow(RangeError)
  })

  it('never forgets a host that is in use or has to wait, however many hosts there are', () => {
    const ledger = new HostLedger(() => 1, 1_000)
    for (const host of ['used', 'waiting']) {
      ledger.tryEnter(host, 0)
      ledger.started(host, 0)
    }
    ledger.leave('waiting', 10)
    for (let at = 0; at < 50_000; at += 1) {
      ledger.tryEnter(`host ${at}`, 20)
      ledger.leave(`host ${at}`, 20)
    }
    expect([ledger.tryEnter('waiting', 30), ledger.tryEnter('used', 2_000)]).toEqual([1_000, Infinity])
  })
})

describe('HostLedger with other caps', () => {
  it('lets in more at once, or nobody until enough have left', () => {
    const ledger = new HostLedger(() => 2, 0)
    const tryAll = (count: number): number[] => Array.from({ length: count }, () => ledger.tryEnter('a', 0))
    tryAll(3)
    ledger.useCaps(() => 3)
    expect(tryAll(2)).toEqual([0, Infinity])
    ledger.useCaps(() => 1)
    expect(ledger.isBounded('a')).toBe(true)
    ledger.leave('a', 0)
    ledger.leave('a', 0)
    expect(tryAll(1)).toEqual([Infinity])
    ledger.leave('a', 0)
    expect(tryAll(2)).toEqual([0, Infinity])
    ledger.useCaps(() => Infinity)
    expect([tryAll(3), ledger.isBounded('a')]).toEqual([[0, 0, 0], false])
  })

  it('counts what is claimed, beyond the cap too', () => {
    const ledger = new HostLedger(() => 2, 0)
    ledger.claim('a', 3, 0)
    ledger.leave('a', 0)
    expect(ledger.tryEnter('a', 0)).toBe(Infinity)
    ledger.leave('a', 0)
    expect(ledger.tryEnter('a', 0)).toBe(0)
  })
})
