import { middle95, resampledFits, type Interval, type ResamplingOptions } from './residual-bootstrap.ts'
import { fitScaling, scalingAt, type Scaling, type ScalingPoint } from './scaling-fit.ts'

/**
 * Gunther's Universal Scalability Law ("Guerrilla Capacity Planning", 2007): X(N) = λN / (1 + σ(N-1) + κN(N-1)). Intervals and
 * band are of 95 % and for the curve, not for single measurements; they suppose that the law holds.
 */
export interface UslFit extends Scaling {
  /** Share of the variance of throughput that the curve explains; 1 at best, 0 when a level line does as well. */
  readonly r2: number
  /** Lanes with the highest throughput, not rounded; `null` when κ is 0, where throughput only flattens. */
  readonly peakN: number | null
  /** Throughput there; `null` without a peak. */
  readonly peakX: number | null
  /** Whether the peak lies among the measured `n`: beyond them it is a guess from the bend of the curve. */
  readonly isPeakMeasured: boolean
  /** The curve and its band over the measured `n` and some between them, in ascending order. */
  readonly band: readonly {
    readonly n: number
    readonly x: number
    readonly low: number
    readonly high: number
  }[]
  readonly intervals: {
    readonly lambda: Interval
    readonly sigma: Interval
    readonly kappa: Interval
    /** Infinity where resamples have no peak. */
    readonly peakN: Interval
  }
}

export interface UslRefusal {
  readonly refused: 'too few points' | 'no fit'
}

/** Below, three parameters can be drawn through nearly anything. */
const FEWEST_N = 5
const BAND_POINTS = 40

/**
 * Fits σ in 0..1 and κ ≥ 0. A throughput that grows faster than `n` has σ = 0, for which the law has no better answer.
 *
 * @param points In any order; `n` at least 1, five different ones or more. `no fit` is the answer for throughput that is
 *   not positive and for points that a level line explains as well as the law does.
 */
export function fitUsl(points: readonly ScalingPoint[], options: ResamplingOptions): UslFit | UslRefusal {
  const ns = [...new Set(points.map(({ n }) => n))].toSorted((a, b) => a - b)
  if (ns.length < FEWEST_N) return { refused: 'too few points' }
  if (!points.every(({ n, x }) => n >= 1 && x > 0 && Number.isFinite(n * x))) return { refused: 'no fit' }
  const fit = fitScaling(points, 'usl')
  const r2 = fit === null ? 0 : determination(points, fit)
  if (fit === null || r2 <= 0) return { refused: 'no fit' }

  const fits = resampledFits(points, fit, 'usl', options)
  const peakN = peakOf(fit)
  return {
    ...fit,
    r2,
    peakN: Number.isFinite(peakN) ? peakN : null,
    peakX: Number.isFinite(peakN) ? scalingAt(fit, peakN) : null,
    isPeakMeasured: peakN <= ns.at(-1)!,
    band: gridOf(ns).map(n => ({
      n,
      x: scalingAt(fit, n),
      ...middle95(fits.map(each => scalingAt(each, n))),
    })),
    intervals: {
      lambda: middle95(fits.map(({ lambda }) => lambda)),
      sigma: middle95(fits.map(({ sigma }) => sigma)),
      kappa: middle95(fits.map(({ kappa }) => kappa)),
      peakN: middle95(fits.map(peakOf)),
    },
  }
}

/** There is no less than one lane. */
const peakOf = ({ sigma, kappa }: Scaling): number =>
  kappa > 0 ? Math.max(1, Math.sqrt((1 - sigma) / kappa)) : Number.POSITIVE_INFINITY

function determination(points: readonly ScalingPoint[], fit: Scaling): number {
  const mean = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const unexplained = points.reduce((sum, { n, x }) => sum + (x - scalingAt(fit, n)) ** 2, 0)
  const all = points.reduce((sum, { x }) => sum + (x - mean) ** 2, 0)
  return all > 0 ? 1 - unexplained / all : 0
}

/** @returns What was measured, and whole numbers at even ratios between, so that a curve through them looks smooth. */
function gridOf(ns: readonly number[]): number[] {
  const first = ns[0]!
  const ratio = ns.at(-1)! / first
  const between = Array.from({ length: BAND_POINTS }, (_, at) =>
    Math.round(first * ratio ** (at / (BAND_POINTS - 1))),
  ).filter(n => n >= first && n <= ns.at(-1)!)
  return [...new Set([...ns, ...between])].toSorted((a, b) => a - b)
}
