import { describe, expect, it } from 'vitest'
import { scalingAt, type Scaling } from '../../../../../engine/lab/statistics/scaling-fit.ts'
import { seededRandom, type Random } from '../../../../../engine/lab/statistics/seeded-random.ts'
import { fitUsl, type UslFit } from '../../../../../engine/lab/statistics/usl.ts'
import { normal } from './noise.ts'

const NS = [1, 2, 4, 8, 16, 32, 64, 128]

const measured = (truth: Scaling, noise: number, random: Random, repeats = 5, ns = NS) =>
  ns.flatMap(n =>
    Array.from({ length: repeats }, () => ({ n, x: scalingAt(truth, n) * (1 + noise * normal(random)) })),
  )

function fitted(points: Parameters<typeof fitUsl>[0], random: Random, resamples?: number): UslFit {
  const fit = fitUsl(points, resamples === undefined ? { random } : { random, resamples })
  if ('refused' in fit) throw new Error(fit.refused)
  return fit
}

describe('fitUsl', () => {
  it.each([
    { lambda: 20, sigma: 0.03, kappa: 0.0002 },
    { lambda: 1_000, sigma: 0.1, kappa: 0.001 },
    { lambda: 0.5, sigma: 0.02, kappa: 0.002 },
    { lambda: 90, sigma: 0.3, kappa: 0.0005 },
  ])('recovers λ $lambda, σ $sigma and κ $kappa within 10 % under noise of 2 %', truth => {
    const random = seededRandom(17)
    const fit = fitted(measured(truth, 0.02, random, 10), random, 50)
    for (const name of ['lambda', 'sigma', 'kappa'] as const)
      expect(Math.abs(fit[name] / truth[name] - 1)).toBeLessThan(0.1)
    expect(Math.abs(fit.peakN! / Math.sqrt((1 - truth.sigma) / truth.kappa) - 1)).toBeLessThan(0.1)
    expect(fit.peakX).toBeCloseTo(scalingAt(fit, fit.peakN!), 9)
    expect(fit.r2).toBeGreaterThan(0.98)
  })

  it('recovers exact curves exactly', () => {
    const truth = { lambda: 12, sigma: 0.05, kappa: 0.0004 }
    const random = seededRandom(1)
    const fit = fitted(measured(truth, 0, random, 1), random, 10)
    for (const name of ['lambda', 'sigma', 'kappa'] as const)
      expect(fit[name] / truth[name]).toBeCloseTo(1, 6)
    expect(fit.r2).toBeCloseTo(1, 9)
  })

  it('leaves no smaller sum of squares to a search over all σ and κ', () => {
    const random = seededRandom(23)
    const points = measured({ lambda: 7, sigma: 0.08, kappa: 0.0006 }, 0.15, random, 2)
    const squares = (fit: Scaling) =>
      points.reduce((sum, { n, x }) => sum + Math.log(x / scalingAt(fit, n)) ** 2, 0)
    const fit = fitted(points, random, 10)
    const least = squares(fit)
    for (let sigma = 0; sigma <= 0.4; sigma += 0.01) {
      for (let kappa = 0; kappa <= 0.005; kappa += 0.00005) {
        const shape = { lambda: 1, sigma, kappa }
        // For a shape, the best λ is the mean of the logarithms.
        const mean =
          points.reduce((sum, { n, x }) => sum + Math.log(x / scalingAt(shape, n)), 0) / points.length
        expect(squares({ ...shape, lambda: Math.exp(mean) })).toBeGreaterThanOrEqual(least - 1e-9)
      }
    }
  })

  it('covers each parameter and the curve in about 95 % of simulations', () => {
    const truth = { lambda: 50, sigma: 0.08, kappa: 0.0008 }
    const random = seededRandom(29)
    const simulations = 100
    const covered = { lambda: 0, sigma: 0, kappa: 0, peakN: 0, curve: 0 }
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      const { intervals, band } = fitted(measured(truth, 0.05, random, 3), random, 100)
      for (const name of ['lambda', 'sigma', 'kappa'] as const)
        if (intervals[name].low <= truth[name] && truth[name] <= intervals[name].high) covered[name] += 1
      const peak = Math.sqrt((1 - truth.sigma) / truth.kappa)
      if (intervals.peakN.low <= peak && peak <= intervals.peakN.high) covered.peakN += 1
      const at32 = band.find(({ n }) => n === 32)!
      if (at32.low <= scalingAt(truth, 32) && scalingAt(truth, 32) <= at32.high) covered.curve += 1
    }
    for (const count of Object.values(covered)) {
      // Of a hundred simulations of 95 %, fewer than 88 come about in 0.2 % of cases.
      expect(count / simulations).toBeGreaterThanOrEqual(0.88)
      expect(count / simulations).toBeLessThan(1)
    }
  })

  it('has no peak where throughput only flattens or grows', () => {
    const random = seededRandom(2)
    const flattening = fitted(measured({ lambda: 10, sigma: 0.1, kappa: 0 }, 0, random, 1), random, 10)
    expect(flattening.kappa).toBeLessThan(1e-9)
    const superlinear = NS.map(n => ({ n, x: n ** 1.2 }))
    expect(fitted(superlinear, random, 10)).toMatchObject({ sigma: 0, kappa: 0, peakN: null, peakX: null })
  })

  it('has its peak at one lane where every further one slows down', () => {
    const random = seededRandom(2)
    const points = NS.map(n => ({ n, x: 100 / n }))
    expect(fitted(points, random, 10)).toMatchObject({ sigma: 1, peakN: 1, isPeakMeasured: true })
  })

  it('says when the peak lies beyond what was measured', () => {
    const random = seededRandom(2)
    const points = measured({ lambda: 10, sigma: 0.05, kappa: 0.000_01 }, 0, random, 1)
    expect(fitted(points, random, 10).isPeakMeasured).toBe(false)
  })

  it('has a band over what was measured, around the curve', () => {
    const random = seededRandom(31)
    const { band } = fitted(measured({ lambda: 10, sigma: 0.05, kappa: 0.001 }, 0.05, random), random)
    expect(band.map(({ n }) => n)).toEqual(expect.arrayContaining(NS))
    expect([band[0]!.n, band.at(-1)!.n]).toEqual([1, 128])
    for (const { low, x, high } of band) {
      expect(low).toBeLessThan(x)
      expect(high).toBeGreaterThan(x)
      expect(high / low).toBeLessThan(1.2)
    }
  })

  it('is the same for the same points and seed', () => {
    const points = measured({ lambda: 10, sigma: 0.05, kappa: 0.001 }, 0.05, seededRandom(1))
    expect(fitted(points, seededRandom(9), 20)).toEqual(fitted(points, seededRandom(9), 20))
  })

  it('refuses fewer than five different n, however many repeats there are', () => {
    const random = seededRandom(1)
    const truth = { lambda: 10, sigma: 0.05, kappa: 0.001 }
    expect(fitUsl(measured(truth, 0, random, 50, [1, 2, 4, 8]), { random })).toEqual({
      refused: 'too few points',
    })
    expect(fitUsl([], { random })).toEqual({ refused: 'too few points' })
  })

  it('refuses what no such curve explains', () => {
    const random = seededRandom(1)
    const options = { random, resamples: 10 }
    const points = (xs: readonly number[]) => xs.map((x, at) => ({ n: NS[at]!, x }))
    expect(fitUsl(points([10, 20, 0, 40, 50]), options)).toEqual({ refused: 'no fit' })
    expect(fitUsl(points([10, 20, NaN, 40, 50]), options)).toEqual({ refused: 'no fit' })
    expect(fitUsl(points([100, 1, 100, 1, 100, 1]), options)).toEqual({ refused: 'no fit' })
  })
})
