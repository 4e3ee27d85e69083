import { describe, expect, it } from 'vitest'
import {
  addCounters,
  COUNTER,
  COUNTERS,
  makeCounters,
  settledCount,
} from '../../../../shared/model/counters.ts'

describe('counters', () => {
  it('have one position each, in the order of their names', () => {
    expect(COUNTERS.map(name => COUNTER[name])).toEqual(COUNTERS.map((_, at) => at))
    expect(makeCounters()).toEqual(new Float64Array(COUNTERS.length))
  })

  it('add up position by position', () => {
    const sum = makeCounters().map((_, at) => at)
    addCounters(
      sum,
      makeCounters().map((_, at) => at * 10),
    )
    expect([...sum]).toEqual(COUNTERS.map((_, at) => at * 11))
  })

  it('keep each half of the digest below 2^32', () => {
    const sum = makeCounters()
    const delta = makeCounters()
    delta[COUNTER.digestLow] = 2 ** 32 - 1
    delta[COUNTER.digestHigh] = 2 ** 31
    addCounters(sum, delta)
    addCounters(sum, delta)
    expect([sum[COUNTER.digestLow], sum[COUNTER.digestHigh]]).toEqual([2 ** 32 - 2, 0])
  })

  it('take a report of an earlier version, which has fewer of them', () => {
    const sum = makeCounters()
    addCounters(sum, new Float64Array([3, 2]))
    expect([sum[COUNTER.ok], sum[COUNTER.failed], sum[COUNTER.skipped]]).toEqual([3, 2, 0])
  })

  it('count a task as settled whichever way it ended', () => {
    const counters = makeCounters()
    counters[COUNTER.ok] = 1
    counters[COUNTER.failed] = 20
    counters[COUNTER.skipped] = 300
    counters[COUNTER.quarantined] = 4_000
    counters[COUNTER.retries] = 50_000
    expect(settledCount(counters)).toBe(4_321)
  })
})
