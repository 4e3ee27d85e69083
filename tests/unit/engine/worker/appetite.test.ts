import { describe, expect, it, vi } from 'vitest'
import { Appetite } from '../../../../engine/worker/appetite.ts'

describe('Appetite', () => {
  it('asks once, and again only when a lease was granted', () => {
    const onWant = vi.fn()
    const appetite = new Appetite(onWant)
    appetite.askInTime(2)
    expect(onWant).not.toHaveBeenCalled()
    appetite.askInTime(1)
    appetite.askInTime(0)
    expect(onWant).toHaveBeenCalledOnce()
    appetite.granted()
    appetite.askInTime(0)
    expect(onWant).toHaveBeenCalledTimes(2)
  })

  it('asks the earlier the faster tasks settle', () => {
    const onWant = vi.fn()
    const appetite = new Appetite(onWant)
    appetite.settled += 100_000
    appetite.noteSettledSince(100)
    appetite.askInTime(8_001)
    expect(onWant).not.toHaveBeenCalled()
    appetite.askInTime(8_000)
    expect(onWant).toHaveBeenCalledOnce()
  })

  it('does not ask while it is not known how much there is', () => {
    const onWant = vi.fn()
    new Appetite(onWant).askInTime(Infinity)
    expect(onWant).not.toHaveBeenCalled()
  })
})
