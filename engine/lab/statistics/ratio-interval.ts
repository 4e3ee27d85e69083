import { rankSumDepth } from './rank-sum.ts'
import { student975 } from './student.ts'
import { quantileOfSorted, sorted } from './quantiles.ts'

export interface RatioInterval {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

const CONFIDENCE = 0.95
const NOTHING: RatioInterval = { ratio: Number.NaN, low: Number.NaN, high: Number.NaN }

/**
 * The ratio of `a` to `b` with an interval of 95 % confidence.
 *
 * **Paired** (`a[i]` and `b[i]` are of the same block): the ratio is the median of the blocks' ratios, and the interval
 * is for the median that endless blocks would have. What slows a whole block down cancels. Nothing is supposed of how
 * the ratios are distributed: each lies above the true median with a chance of one half, so the number that do is
 * binomial, and that says between which of the sorted ratios the median lies. Between two of them the interval is
 * interpolated (Hettmansperger and Sheather, "Confidence intervals based on interpolated order statistics", 1986).
 * Five blocks reach from the least to the greatest ratio, which is 93.75 %, the most that five can say.
 *
 * **Not paired**: the ratio is the median of all `a[i] / b[j]`, and the interval is that of Hodges and Lehmann ("Estimates
 * of location based on rank tests", 1963): all factors that a rank-sum test would not refuse. It is for the
 * factor between the two under the supposition that they are distributed alike but for that factor. Of the confidences
 * that ranks can have it takes the one next to 95 %. A drift makes it wider than it would have to be.
 *
 * Three and four blocks, or three against three, are too few for ranks: there it is Student's interval of the logarithms,
 * which supposes that they are distributed normally, and is wide.
 *
 * Both are what resampling would come to with endless draws from a distribution that is known here (signs of the
 * blocks; ranks), so nothing is drawn. Bootstraps that draw from the values themselves do not hold 95 % with so few
 * of them: in simulations with 7 blocks, percentiles of the median cover the truth in 87 %; with 10 blocks of which
 * some are outliers, studentised means cover it in 91 %.
 *
 * @param a Positive, as is `b`; of the same length where they are paired.
 * @returns NaN throughout when a value is not positive or none is there; NaN as `low` and `high` with fewer than three.
 */
export function ratioInterval(
  a: readonly number[],
  b: readonly number[],
  options: { readonly isPaired: boolean },
): RatioInterval {
  const isUsable = (value: number): boolean => value > 0 && Number.isFinite(value)
  if (a.length === 0 || b.length === 0 || !a.every(isUsable) || !b.every(isUsable)) return NOTHING
  const logA = a.map(Math.log)
  const logB = b.map(Math.log)
  const { ratio, low, high } = options.isPaired ? ofPairs(logA, logB) : ofGroups(logA, logB)
  return { ratio: Math.exp(ratio), low: Math.exp(low), high: Math.exp(high) }
}

function ofPairs(a: readonly number[], b: readonly number[]): RatioInterval {
  const count = a.length
  if (b.length !== count) throw new RangeError(`${count} values cannot be paired with ${b.length}`)
  const differences = sorted(a.map((value, block) => value - b[block]!))
  const ratio = quantileOfSorted(differences, 0.5)
  if (count < 3) return { ...NOTHING, ratio }
  if (count < 5) {
    const mean = meanOf(differences)
    const half = student975(count - 1) * Math.sqrt(squaresOf(differences) / (count - 1) / count)
    return { ratio, low: mean - half, high: mean + half }
  }
  const depth = medianDepth(count)
  return { ratio, low: valueAt(differences, depth), high: valueAt(differences, count + 1 - depth) }
}

/**
 * How deep in the sorted values the interval of their median ends: at 1 it reaches from the least to the greatest.
 *
 * @param count At least 5.
 */
function medianDepth(count: number): number {
  // Terms of the binomial distribution are kept as logarithms: 2 ** -count is 0 from 1,075 on.
  let logTerm = -count * Math.LN2
  let outside = 0
  let wider = 1
  for (let depth = 1; ; depth += 1) {
    outside += 2 * Math.exp(logTerm)
    logTerm += Math.log((count - depth + 1) / depth)
    const confidence = 1 - outside
    if (confidence < CONFIDENCE) {
      if (depth === 1) return 1
      const share = (wider - CONFIDENCE) / (wider - confidence)
      const inner = depth - 1
      return inner + ((count - inner) * share) / (inner + (count - 2 * inner) * share)
    }
    wider = confidence
  }
}

function ofGroups(a: readonly number[], b: readonly number[]): RatioInterval {
  const differences = differencesOf(a, b)
  const ratio = quantileOfSorted(differences, 0.5)
  if (a.length < 3 || b.length < 3) return { ...NOTHING, ratio }
  if (a.length === 3 && b.length === 3) {
    const mean = meanOf(a) - meanOf(b)
    const half = student975(4) * Math.sqrt(((squaresOf(a) + squaresOf(b)) / 4) * (2 / 3))
    return { ratio, low: mean - half, high: mean + half }
  }
  const depth = rankSumDepth(a.length, b.length, CONFIDENCE)
  return {
    ratio,
    low: valueAt(differences, depth),
    high: valueAt(differences, differences.length + 1 - depth),
  }
}

/** @returns Each of `a` less each of `b`, in ascending order. */
function differencesOf(a: readonly number[], b: readonly number[]): Float64Array {
  const differences = new Float64Array(a.length * b.length)
  let at = 0
  for (const x of a) for (const y of b) differences[at++] = x - y
  return differences.sort()
}

/** @param depth From 1, possibly between two. */
const valueAt = (ascending: Float64Array, depth: number): number =>
  quantileOfSorted(ascending, (depth - 1) / (ascending.length - 1))

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

function squaresOf(values: ArrayLike<number>): number {
  const mean = meanOf(values)
  return Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0)
}
