import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { atMostEvery } from '../../../../renderer/components/at-most.ts'

describe('what is passed on at most every 200 ms', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is the first at once, then the last of each interval', () => {
    const passed: number[] = []
    const { pass } = atMostEvery<number>(200, value => passed.push(value))
    for (let value = 0; value < 50; value += 1) {
      pass(value)
      vi.advanceTimersByTime(20)
    }
    vi.advanceTimersByTime(1_000)
    expect(passed).toEqual([0, 9, 19, 29, 39, 49])
  })

  it('is given out at once when there is no more to come', () => {
    const passed: number[] = []
    const { pass, flush } = atMostEvery<number>(200, value => passed.push(value))
    pass(1)
    pass(2)
    flush()
    expect(passed).toEqual([1, 2])
    vi.advanceTimersByTime(1_000)
    expect(passed).toEqual([1, 2])
  })

  it('is dropped when it is no longer wanted', () => {
    const passed: number[] = []
    const { pass, cancel } = atMostEvery<number>(200, value => passed.push(value))
    pass(1)
    pass(2)
    cancel()
    vi.advanceTimersByTime(1_000)
    expect(passed).toEqual([1])
  })
})
