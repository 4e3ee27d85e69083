import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { holdRepeat } from '../../../../renderer/components/hold-repeat.ts'

describe('a button that repeats while it is held', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('steps once when it is pressed and let go', () => {
    const step = vi.fn()
    const { press, release } = holdRepeat(step)
    press()
    release()
    vi.advanceTimersByTime(5_000)
    expect(step.mock.calls).toEqual([[1]])
  })

  it('goes on, faster after a while, until it is let go', () => {
    const step = vi.fn()
    const { press, release } = holdRepeat(step)
    press()
    vi.advanceTimersByTime(400 + 20 * 60)
    release()
    vi.advanceTimersByTime(5_000)
    expect(step.mock.calls).toEqual([...Array.from({ length: 21 }, () => [1]), [10]])
  })
})
