import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../../../engine/lab/statistics/seeded-random.ts'
import { fitAmdahl, speedUpsOf } from '../../../../../engine/lab/statistics/speed-up.ts'
import { normal } from './noise.ts'

const NS = [1, 2, 3, 4, 6, 8]

function measured(serial: number, noise: number, seed: number, repeats = 5) {
  const random = seededRandom(seed)
  return NS.flatMap(n =>
    Array.from({ length: repeats }, () => ({
      n,
      x: (250 * (1 + noise * normal(random))) / (serial + (1 - serial) / n),
    })),
  )
}

describe('speedUpsOf', () => {
  it('is throughput against that of one, and efficiency its share of n', () => {
    const points = [1, 1, 1, 4, 4, 4, 2, 2, 2].map(n => ({ n, x: 10 * n ** 0.5 }))
    expect(speedUpsOf(points)).toEqual([
      { n: 1, speedUp: 1, low: 1, high: 1, efficiency: 1 },
      { n: 2, ...ratios(2 ** 0.5), efficiency: expect.closeTo(2 ** -0.5, 9) },
      { n: 4, ...ratios(2), efficiency: expect.closeTo(0.5, 9) },
    ])
  })

  it('has intervals around what it found', () => {
    for (const { n, speedUp, low, high } of speedUpsOf(measured(0.1, 0.03, 3)).slice(1)) {
      expect(low).toBeLessThan(speedUp)
      expect(high).toBeGreaterThan(speedUp)
      expect(Math.abs(speedUp * (0.1 + 0.9 / n) - 1)).toBeLessThan(0.1)
    }
  })

  it('knows nothing without a measurement of one', () => {
    expect(speedUpsOf([{ n: 2, x: 5 }])).toEqual([])
  })

  const ratios = (value: number) => ({
    speedUp: expect.closeTo(value, 9),
    low: expect.closeTo(value, 9),
    high: expect.closeTo(value, 9),
  })
})

describe('fitAmdahl', () => {
  it.each([0.05, 0.2, 0.6])('recovers a serial share of %d within a tenth', serial => {
    const fit = fitAmdahl(measured(serial, 0.02, 5, 10), { random: seededRandom(1), resamples: 100 })!
    expect(Math.abs(fit.serial / serial - 1)).toBeLessThan(0.1)
    expect(fit.interval.low).toBeLessThan(serial)
    expect(fit.interval.high).toBeGreaterThan(serial)
    expect(fit.mostSpeedUp).toBeCloseTo(1 / fit.serial, 9)
  })

  it('covers the serial share in about 95 % of simulations', () => {
    const simulations = 150
    let covered = 0
    for (let seed = 1; seed <= simulations; seed += 1) {
      const { interval } = fitAmdahl(measured(0.1, 0.05, seed), {
        random: seededRandom(seed),
        resamples: 100,
      })!
      if (interval.low <= 0.1 && 0.1 <= interval.high) covered += 1
    }
    expect(covered / simulations).toBeGreaterThan(0.9)
    expect(covered / simulations).toBeLessThanOrEqual(0.99)
  })

  it('finds nothing serial where speed-up is perfect', () => {
    const fit = fitAmdahl(
      NS.map(n => ({ n, x: 3 * n })),
      { random: seededRandom(1), resamples: 10 },
    )!
    expect(fit.serial).toBeLessThan(1e-9)
    expect(fit.mostSpeedUp).toBeGreaterThan(1e9)
  })

  it('needs three different n, and throughput', () => {
    const options = { random: seededRandom(1) }
    expect(
      fitAmdahl(
        [
          { n: 1, x: 1 },
          { n: 2, x: 2 },
          { n: 2, x: 2 },
        ],
        options,
      ),
    ).toBeNull()
    expect(
      fitAmdahl(
        [
          { n: 1, x: 1 },
          { n: 2, x: 0 },
          { n: 4, x: 2 },
        ],
        options,
      ),
    ).toBeNull()
  })
})
