import { describe, expect, it } from 'vitest'

import { phaseShares } from '../../../../renderer/charts/phases.ts'
import { sparkFigures, sparkPath } from '../../../../renderer/charts/spark.ts'

describe('a spark line', () => {
  it('stands on zero and reaches the top at its highest', () => {
    expect(sparkPath([0, 5, 10])).toBe('M0.00 22.50L50.00 12.00L100.00 1.50')
  })

  it('has gaps where nothing was measured', () => {
    expect(sparkPath([10, 10, Number.NaN, 10, 10])).toBe('M0.00 1.50L25.00 1.50M75.00 1.50L100.00 1.50')
  })

  it('is not drawn before there are two values, and stays at the bottom when all are zero', () => {
    expect([sparkPath([]), sparkPath([3]), sparkPath([0, 0])]).toEqual(['', '', 'M0.00 22.50L100.00 22.50'])
  })

  it('shows only as many values as can be told apart', () => {
    const path = sparkPath(Float64Array.from({ length: 1_500 }, (_, index) => index))
    expect(path.split('L')).toHaveLength(120)
  })

  it('is told in figures', () => {
    expect(sparkFigures([4, Number.NaN, 2, 3])).toEqual({ last: 3, low: 2, high: 4 })
    expect(sparkFigures([Number.NaN])).toBeNull()
  })
})

describe('the shares of phases', () => {
  it('are of all the time, computing first, without those that took none', () => {
    const shares = phaseShares({ queueMs: 10, connectMs: 0, firstByteMs: 60, bodyMs: 10, cpuMs: 20 })
    expect(shares.map(({ phase, ratio }) => [phase, ratio])).toEqual([
      ['cpu', 0.2],
      ['firstByte', 0.6],
      ['body', 0.1],
      ['queue', 0.1],
    ])
  })

  it('are none before anything was measured', () => {
    expect(phaseShares({ queueMs: 0, connectMs: 0, firstByteMs: Number.NaN, bodyMs: 0, cpuMs: 0 })).toEqual(
      [],
    )
  })
})
