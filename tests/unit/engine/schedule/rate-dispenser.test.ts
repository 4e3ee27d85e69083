import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateDispenser, SLOT_TOLERANCE_MS } from '../../../../engine/schedule/rate-dispenser.ts'
import { busiestSecond } from '../../../support/engine/busiest-second.ts'
import { seededRandom } from '../../../support/engine/random.ts'

const rates = fc.double({ min: 1, max: 5_000, noNaN: true })

/** Asks whenever the clock, which jumps by up to `jitterMs`, allows. */
function startsOf(rate: number, jitterMs: number, seed: number): { startsMs: number[]; elapsedMs: number } {
  const random = seededRandom(seed)
  const dispenser = new RateDispenser(rate)
  const startsMs: number[] = []
  const beginMs = 1e6 * random()
  let nowMs = beginMs
  const endMs = beginMs + Math.max(3_000, 20_000 / rate)
  while (nowMs < endMs) {
    if (dispenser.tryTake(nowMs)) startsMs.push(nowMs)
    else nowMs = Math.max(nowMs + 1e-3, dispenser.nextMs(nowMs)) + jitterMs * random() ** 2
  }
  return { startsMs, elapsedMs: endMs - beginMs }
}

describe('RateDispenser', () => {
  it('never lets more than the rate and one through in any second, however late its timers are', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 200 }), fc.nat(), (rate, jitterMs, seed) => {
        expect(busiestSecond(startsOf(rate, jitterMs, seed).startsMs)).toBeLessThanOrEqual(
          Math.floor(rate) + 1,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('reaches 97 % of the rate as long as timers are late by less than the tolerance', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: SLOT_TOLERANCE_MS }), fc.nat(), (rate, jitterMs, seed) => {
        const { startsMs, elapsedMs } = startsOf(rate, jitterMs, seed)
        // One start belongs to the next interval.
        expect(startsMs.length + 1).toBeGreaterThanOrEqual((0.97 * rate * elapsedMs) / 1_000)
      }),
      { numRuns: 60 },
    )
  })

  it('does not make up for a long rest', () => {
    const dispenser = new RateDispenser(1_000)
    dispenser.tryTake(0)
    let bunched = 0
    while (dispenser.tryTake(60_000)) bunched += 1
    expect(bunched).toBeLessThanOrEqual(SLOT_TOLERANCE_MS + 1)
  })

  it('dispenses slots ahead of their time, evenly spaced', () => {
    const dispenser = new RateDispenser(10)
    const slots = Array.from({ length: 4 }, () => dispenser.take(500))
    expect(slots.map(ms => Math.round(ms))).toEqual([500, 601, 702, 803])
    expect(Math.round(dispenser.nextMs(0))).toBe(904)
    expect(dispenser.nextMs(2_000)).toBe(2_000)
  })
})

describe('RateDispenser at another rate', () => {
  it('goes on from the last slot that may have been used', () => {
    const dispenser = new RateDispenser(0.1)
    expect(dispenser.tryTake(1_000)).toBe(true)
    dispenser.useRate(10, 1_050)
    expect(dispenser.nextMs(1_050)).toBeCloseTo(1_091)
    dispenser.useRate(0.1, 1_060)
    dispenser.useRate(10, 1_070)
    expect(dispenser.nextMs(1_070)).toBeCloseTo(1_091)
  })

  it('frees the slots that were taken ahead', () => {
    const dispenser = new RateDispenser(1)
    for (let count = 0; count < 20; count += 1) dispenser.take(0)
    dispenser.useRate(100, 5_500)
    expect(dispenser.nextMs(5_500)).toBe(5_500)
    dispenser.useRate(1, 5_500)
    expect(dispenser.nextMs(5_500)).toBeGreaterThan(5_500)
    expect(dispenser.nextMs(5_500)).toBeLessThanOrEqual(6_510)
  })

  it('may be used at once when it never was', () => {
    const dispenser = new RateDispenser(1)
    dispenser.useRate(2, 100)
    expect([dispenser.tryTake(100), dispenser.tryTake(100)]).toEqual([true, false])
  })
})
