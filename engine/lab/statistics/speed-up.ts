import { ratioInterval } from './ratio-interval.ts'
import { middle95, resampledFits, type Interval, type ResamplingOptions } from './residual-bootstrap.ts'
import { fitScaling, type ScalingPoint } from './scaling-fit.ts'

/** Throughput with `n` against throughput with one. */
export interface SpeedUp extends Interval {
  readonly n: number
  /** The ratio of both, with `low` and `high`; those are NaN below three repeats. */
  readonly speedUp: number
  /** Speed-up for each of the `n`: 1 is perfect. */
  readonly efficiency: number
}

/** Amdahl's law, S(N) = 1 / (s + (1 - s) / N) ("Validity of the Single Processor Approach", 1967). */
export interface AmdahlFit {
  /** 0..1: the share of the work that cannot be divided. */
  readonly serial: number
  readonly interval: Interval
  /** The most that any number of CPUs can reach; Infinity when nothing is serial. */
  readonly mostSpeedUp: number
}

/** @returns One for each `n` in ascending order; none when `n` = 1 was not measured. */
export function speedUpsOf(points: readonly ScalingPoint[]): SpeedUp[] {
  const byN = Map.groupBy(points, ({ n }) => n)
  const single = byN.get(1)?.map(({ x }) => x)
  if (single === undefined) return []
  return [...byN]
    .toSorted(([a], [b]) => a - b)
    .map(([n, own]) => {
      const { ratio, low, high } = ratioInterval(
        own.map(({ x }) => x),
        single,
        { isPaired: false },
      )
      return n === 1
        ? { n, speedUp: 1, low: 1, high: 1, efficiency: 1 }
        : { n, speedUp: ratio, low, high, efficiency: ratio / n }
    })
}

/**
 * Least squares with the residuals' bootstrap, as for the Universal Scalability Law, of which this is the case κ = 0: the
 * throughput of one is fitted too, so that noise in it does not bend every other speed-up.
 *
 * @param points Throughput, positive; `n` at least 1.
 * @returns `null` below three different `n`, and when they cannot be fitted.
 */
export function fitAmdahl(points: readonly ScalingPoint[], options: ResamplingOptions): AmdahlFit | null {
  if (new Set(points.map(({ n }) => n)).size < 3) return null
  if (!points.every(({ n, x }) => n >= 1 && x > 0 && Number.isFinite(n * x))) return null
  const fit = fitScaling(points, 'amdahl')
  if (fit === null) return null
  const fits = resampledFits(points, fit, 'amdahl', options)
  return {
    serial: fit.sigma,
    interval: middle95(fits.map(({ sigma }) => sigma)),
    mostSpeedUp: 1 / fit.sigma,
  }
}
