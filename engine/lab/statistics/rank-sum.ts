import { NORMAL_975 } from './student.ts'

/** Of more values together the orders are too many to be counted in whole numbers; the normal distribution is close there. */
const MOST_COUNTED = 50

/**
 * How deep in the sorted differences between the values of two groups the interval of their shift ends: at 1 it reaches
 * from the least difference to the greatest. By the distribution of Mann and Whitney's U for values without ties.
 *
 * @param m Values of the one group, `n` of the other; both at least 3.
 * @returns A whole number, that with which the confidence is next to the one asked for.
 */
export function rankSumDepth(m: number, n: number, confidence: number): number {
  if (m + n > MOST_COUNTED) {
    const deviation = Math.sqrt((m * n * (m + n + 1)) / 12)
    return Math.max(1, Math.round((m * n) / 2 - NORMAL_975 * deviation + 0.5))
  }
  const orders = ordersByU(m, n)
  const all = orders.reduce((sum, count) => sum + count, 0)
  let outside = 0
  let best = { depth: 1, distance: Number.POSITIVE_INFINITY }
  for (let depth = 1; depth <= (m * n) / 2; depth += 1) {
    outside += 2 * orders[depth - 1]!
    const distance = Math.abs(1 - outside / all - confidence)
    if (distance < best.distance) best = { depth, distance }
  }
  return best.depth
}

/**
 * @returns In how many orders of `m` values among `n` others U is 0, 1, 2 …: the coefficients of Gauss's binomial
 *   coefficient, the product of `(1 - q^(n + i)) / (1 - q^i)` for i from 1 to m.
 */
function ordersByU(m: number, n: number): Float64Array {
  const orders = new Float64Array(m * n + 1)
  orders[0] = 1
  for (let i = 1; i <= m; i += 1) {
    for (let u = orders.length - 1; u >= n + i; u -= 1) orders[u]! -= orders[u - n - i]!
    for (let u = i; u < orders.length; u += 1) orders[u]! += orders[u - i]!
  }
  return orders
}
