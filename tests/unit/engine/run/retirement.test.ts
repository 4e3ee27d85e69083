import { describe, expect, it } from 'vitest'
import type { Slot } from '../../../../engine/pool/pool.ts'
import { Retirement } from '../../../../engine/run/retirement.ts'
import { makeSlot } from '../../../support/engine/slot.ts'

function setUp() {
  const slots = [makeSlot(0), makeSlot(1), makeSlot(2)]
  const busy = new Set<number>([0, 1, 2])
  const log: string[] = []
  const dispatcher = {
    hasReturned: false,
    retire: (retiring: ReadonlySet<Slot>) =>
      log.push(`nothing new for ${[...retiring].map(({ worker }) => worker).join(' and ') || 'nobody'}`),
  }
  const retirement = new Retirement({
    pool: {
      surplusOf: (processes: number) => slots.slice(processes),
      resize: (processes: number, threads: number) => log.push(`resize to ${processes} × ${threads}`),
    },
    book: { isIdle: position => !busy.has(position) },
    dispatcher,
  })
  return { retirement, dispatcher, busy, log }
}

describe('Retirement', () => {
  it('lets nobody go before all of them have settled what they hold', () => {
    const { retirement, busy, log } = setUp()
    retirement.begin(1, 1)
    busy.delete(2)
    retirement.check()
    expect(log).toEqual(['nothing new for 2 and 3'])
    busy.delete(1)
    retirement.check()
    retirement.check()
    expect(log.slice(1)).toEqual(['resize to 1 × 1', 'nothing new for nobody'])
  })

  it('waits for what a dead worker gave back, since only an idle one can take it', () => {
    const { retirement, dispatcher, busy, log } = setUp()
    retirement.begin(2, 1)
    busy.delete(2)
    dispatcher.hasReturned = true
    retirement.check()
    expect(log.length).toBe(1)
    dispatcher.hasReturned = false
    retirement.check()
    expect(log[1]).toBe('resize to 2 × 1')
  })

  it('grows at once, also when others were to go', () => {
    const { retirement, log } = setUp()
    retirement.begin(1, 1)
    retirement.begin(4, 1)
    expect(log.slice(1)).toEqual(['nothing new for nobody', 'resize to 4 × 1', 'nothing new for nobody'])
  })
})
