import { describe, expect, it } from 'vitest'
import { cpuBoundOf } from '../../../../engine/lab/cpu-bound.ts'
import { simulatedEvidence, type SimulatedSystem } from './simulated-run.ts'

const cpuBound = (system: SimulatedSystem) => cpuBoundOf(simulatedEvidence(system))

/** Tasks of 40 ms, a share of which they compute. */
const mixOf = (share: number) =>
  ({ kind: 'cpu', tasks: 600, cpus: 4, cpuMs: 40 * share, waitMs: () => 40 * (1 - share) }) as const

describe('cpuBoundOf', () => {
  it.each([0.05, 0.3, 0.5, 0.8, 1])(
    'finds that tasks compute for a share of %d within five points',
    share => {
      for (const parallel of [{ lanes: 1 }, { lanes: 4, workers: 4 }]) {
        const { ratio, low, high } = cpuBound({ ...mixOf(share), ...parallel })
        expect(Math.abs(ratio - share)).toBeLessThan(0.05)
        expect(low).toBeLessThanOrEqual(share + 1e-9)
        expect(high).toBeGreaterThanOrEqual(share - 0.01)
      }
    },
  )

  it.each([
    [0.05, 10],
    [0.1, 6],
    [0.3, 2],
  ])('finds a share of %d as well when %d of them share a loop', (share, lanes) => {
    expect(Math.abs(cpuBound({ ...mixOf(share), lanes }).ratio - share)).toBeLessThan(0.05)
  })

  it('does not take queueing for few CPUs for waiting', () => {
    const { ratio, low } = cpuBound({ kind: 'cpu', tasks: 600, lanes: 8, workers: 8, cpus: 2, cpuMs: 10 })
    expect(ratio).toBeGreaterThan(0.8)
    // That is what the times alone say: in flight four times as long as at work.
    expect(low).toBeCloseTo(0.25, 1)
  })

  it('says that it cannot tell how much tasks wait on a loop that is always busy', () => {
    for (const waitMs of [0, 20]) {
      const { low, high } = cpuBound({ tasks: 800, lanes: 50, cpus: 4, cpuMs: 5, waitMs: () => waitMs })
      expect(low).toBeLessThan(0.03)
      expect(high).toBe(1)
    }
  })

  it('has no interval from a handful of samples, and nothing at all from none', () => {
    const short = cpuBound({ ...mixOf(0.5), tasks: 18, lanes: 1 })
    expect(short).toEqual({ ratio: expect.closeTo(0.5, 2), low: NaN, high: NaN })
    expect(cpuBoundOf({ samples: new Float64Array(0), cpuQuota: 2 })).toEqual({
      ratio: NaN,
      low: NaN,
      high: NaN,
    })
  })
})
