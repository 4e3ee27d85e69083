import { describe, expect, it } from 'vitest'
import { isPassing, Patience } from '../../../../engine/run/patience.ts'

const DOWN = { code: 'E_DEST_DOWN', message: 'nobody answers' } as const
const FULL = { code: 'E_DISK_FULL', message: 'no space left' } as const

function setUp(patienceMs: number | null = null) {
  const clock = { ms: 1_000_000 }
  const told: (string | null)[] = []
  const patience = new Patience({ patienceMs, nowMs: () => clock.ms, onChange: reason => told.push(reason) })
  return { clock, told, patience }
}

describe('Patience', () => {
  it('waits a minute for a disk and ten for a destination unless told otherwise', () => {
    const { patience } = setUp()
    expect([patience.wait(0, FULL, 60_000), patience.wait(1, FULL, 60_001)]).toEqual([true, false])
    expect([patience.wait(2, DOWN, 600_000), patience.wait(3, DOWN, 600_001)]).toEqual([true, false])
    const short = setUp(5_000).patience
    expect([short.wait(0, DOWN, 5_000), short.wait('journal', FULL, 5_001)]).toEqual([true, false])
  })

  it('tells once that somebody waits and once that nobody does any more', () => {
    const { patience, told } = setUp()
    patience.wait(0, DOWN, 10)
    patience.wait(1, DOWN, 10)
    patience.wait(0, DOWN, 200)
    patience.goesOn(0)
    expect(told).toEqual(['nobody answers'])
    patience.goesOn(1)
    patience.goesOn(1)
    expect(told).toEqual(['nobody answers', null])
    patience.wait('journal', FULL, 0)
    expect(told).toEqual(['nobody answers', null, 'no space left'])
  })

  it('does not begin anew with a worker that was started anew', () => {
    const { patience, clock } = setUp(10_000)
    patience.wait(0, DOWN, 0)
    clock.ms += 10_001
    expect(patience.wait(0, DOWN, 50)).toBe(false)
  })

  it('takes progress for the end only when the trouble was not told a moment ago', () => {
    const { patience, told, clock } = setUp()
    patience.wait(0, DOWN, 0)
    clock.ms += 1_000
    patience.progressed(0)
    patience.progressed(1)
    expect(told).toEqual(['nobody answers'])
    clock.ms += 500
    patience.progressed(0)
    expect(told).toEqual(['nobody answers', null])
  })
})

describe('isPassing', () => {
  it('is what people or time can mend without a change of the job', () => {
    expect((['E_DISK_FULL', 'E_DEST_DOWN', 'E_DEST_FULL', 'E_LOCKED'] as const).every(isPassing)).toBe(true)
    expect((['E_SRC_CHANGED', 'E_CONFIG', 'E_INTERNAL'] as const).some(isPassing)).toBe(false)
  })
})
