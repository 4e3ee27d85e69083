import { describe, expect, it } from 'vitest'
import { ratioInterval } from '../../../../../engine/lab/statistics/ratio-interval.ts'
import { seededRandom } from '../../../../../engine/lab/statistics/seeded-random.ts'
import { verdictOf } from '../../../../../engine/lab/statistics/verdict.ts'
import { normal } from './noise.ts'

describe('verdictOf', () => {
  it.each([
    ['faster', 1.01, 1.2, 0],
    ['slower', 0.8, 0.99, 0],
    ['no difference shown', 0.99, 1.2, 0],
    ['no difference shown', 1, 1, 0],
    ['no difference shown', 1.01, 1.2, 0.05],
    ['faster', 1.06, 1.2, 0.05],
    ['no difference shown', 0.8, 0.96, 0.05],
    ['slower', 0.8, 0.95, 0.05],
    ['too few repeats', NaN, NaN, 0],
  ] as const)('is "%s" for %d to %d with a tolerance of %d', (verdict, low, high, tolerance) => {
    expect(verdictOf({ low, high }, tolerance)).toBe(verdict)
  })

  it('finds no difference between equals in 19 of 20 comparisons, and a fifth more nearly always', () => {
    const random = seededRandom(11)
    const rounds = 1_000
    const verdictsAt = (ratio: number) => {
      const counts = new Map<string, number>()
      for (let round = 0; round < rounds; round += 1) {
        const b = Array.from({ length: 5 }, () => 100 * (1 + 0.03 * normal(random)))
        const a = b.map(() => 100 * ratio * (1 + 0.03 * normal(random)))
        const verdict = verdictOf(ratioInterval(a, b, { isPaired: true }))
        counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
      }
      return counts
    }
    const equal = verdictsAt(1)
    expect(equal.get('no difference shown')! / rounds).toBeGreaterThan(0.92)
    expect(verdictsAt(1.2).get('faster')! / rounds).toBeGreaterThan(0.98)
    expect(verdictsAt(1 / 1.2).get('slower')! / rounds).toBeGreaterThan(0.98)
  })
})
