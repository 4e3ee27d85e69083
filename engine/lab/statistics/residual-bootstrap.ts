import type { Random } from './seeded-random.ts'
import { quantileOfSorted, sorted } from './quantiles.ts'
import {
  fitScaling,
  residualsOf,
  scalingAt,
  type Scaling,
  type ScalingLaw,
  type ScalingPoint,
} from './scaling-fit.ts'
import { NORMAL_975, student975 } from './student.ts'

export interface ResamplingOptions {
  readonly random: Random
  /** How many times; 400 unless told otherwise. */
  readonly resamples?: number
}

/** 95 %. */
export interface Interval {
  readonly low: number
  readonly high: number
}

const RESAMPLES = 400

/**
 * Bootstrap of residuals (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 9): points on the fitted
 * curve, each moved by the residual of any of them, are fitted anew. Residuals are a little too small, since the curve
 * was drawn close to its points; they are stretched by √(m / (m - p)), p parameters from m points. And since a few points
 * do not tell how large the noise is, percentiles of the fits would be too narrow, as the normal distribution is in the place
 * of Student's: they are stretched by the ratio of those two as well, 1.6 for three points more than parameters.
 *
 * @param fit Of the same points and law.
 * @returns The fits of all resamples that could be fitted.
 */
export function resampledFits(
  points: readonly ScalingPoint[],
  fit: Scaling,
  law: ScalingLaw,
  { random, resamples = RESAMPLES }: ResamplingOptions,
): Scaling[] {
  const parameters = law === 'usl' ? 3 : 2
  const freedom = points.length - parameters
  const stretch = Math.sqrt(points.length / freedom) * (student975(freedom) / NORMAL_975)
  const residuals = residualsOf(points, fit)
  const mean = residuals.reduce((sum, residual) => sum + residual, 0) / residuals.length
  const fits: Scaling[] = []
  for (let resample = 0; resample < resamples; resample += 1) {
    const moved = points.map(({ n }) => {
      const residual = residuals[Math.floor(random() * residuals.length)]! - mean
      return { n, x: scalingAt(fit, n) * Math.exp(residual * stretch) }
    })
    const again = fitScaling(moved, law, fit)
    if (again !== null) fits.push(again)
  }
  return fits
}

/** @returns From the 2.5th to the 97.5th percentile. */
export function middle95(values: readonly number[]): Interval {
  const ascending = sorted(values)
  return { low: quantileOfSorted(ascending, 0.025), high: quantileOfSorted(ascending, 0.975) }
}
