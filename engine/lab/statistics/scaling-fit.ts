import { solve3, type Matrix3, type Vector3 } from './solve3.ts'

/** Throughput `x`, positive, with `n` lanes, at least 1; several may be of the same `n`: the repeats. */
export interface ScalingPoint {
  readonly n: number
  readonly x: number
}

/** X(N) = λN / (1 + σ(N-1) + κN(N-1)) */
export interface Scaling {
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
}

/** Which laws are looked among: with κ held at 0 it is Amdahl's. */
export type ScalingLaw = 'usl' | 'amdahl'

const ROUNDS = 60
const DAMPING = { first: 1e-3, least: 1e-12, most: 1e12 } as const
/** The sum of squares of logarithms that is as good as none, and the improvement that is. */
const EXACT = 1e-24
const SETTLED = 1e-12

export const scalingAt = ({ lambda, sigma, kappa }: Scaling, n: number): number =>
  (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))

/**
 * Least squares of the logarithms, since the noise of throughput is a share of it, with 0 ≤ σ ≤ 1 and κ ≥ 0: Levenberg's and
 * Marquardt's steps, each cut off at the bounds, from the solution of the linear problem `n / x = 1/λ + σ/λ (n-1) + κ/λ n(n-1)`.
 *
 * @param points At least three different `n`.
 * @param start Where to begin, when something close is known.
 * @returns `null` when no steps lead to a solution.
 */
export function fitScaling(
  points: readonly ScalingPoint[],
  law: ScalingLaw,
  start: Scaling = linearised(points, law),
): Scaling | null {
  let at: Vector3 = [Math.log(start.lambda), start.sigma, start.kappa]
  let error = errorOf(points, at)
  let damping: number = DAMPING.first
  for (let round = 0; round < ROUNDS && error > EXACT;) {
    const { normal, gradient } = normalEquations(points, at, law)
    let isBetter = false
    while (!isBetter && damping < DAMPING.most && round < ROUNDS) {
      round += 1
      const step = solve3(damped(normal, damping), gradient)
      const next: Vector3 = [at[0] + step[0], clamp(at[1] + step[1], 0, 1), Math.max(0, at[2] + step[2])]
      const nextError = errorOf(points, next)
      isBetter = nextError < error
      damping *= isBetter ? 0.1 : 10
      if (!isBetter) continue
      const gain = error - nextError
      at = next
      error = nextError
      if (gain < SETTLED * error) round = ROUNDS
    }
    damping = Math.max(damping, DAMPING.least)
    // Not even the shortest steps make it better: this is the bottom.
    if (!isBetter) break
  }
  const [logLambda, sigma, kappa] = at
  const fit = { lambda: Math.exp(logLambda), sigma, kappa }
  return Object.values(fit).every(Number.isFinite) && fit.lambda > 0 ? fit : null
}

/** Logarithms of how far the points lie above the curve. */
export const residualsOf = (points: readonly ScalingPoint[], fit: Scaling): number[] =>
  points.map(({ n, x }) => Math.log(x / scalingAt(fit, n)))

function linearised(points: readonly ScalingPoint[], law: ScalingLaw): Scaling {
  const normal: Matrix3 = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  const right: Vector3 = [0, 0, 0]
  for (const { n, x } of points) {
    // The noise of n / x is a share of it as well, so each is weighed by its inverse.
    const weight = x / n
    const row: Vector3 = [weight, weight * (n - 1), law === 'usl' ? weight * n * (n - 1) : 0]
    addRow(normal, right, row, 1)
  }
  if (law === 'amdahl') normal[8] = 1
  const [inverse, contention, coherency] = solve3(normal, right)
  if (!(inverse > 0)) return { lambda: Math.max(...points.map(({ n, x }) => x / n)), sigma: 0.1, kappa: 0 }
  return {
    lambda: 1 / inverse,
    sigma: clamp(contention / inverse, 0, 1),
    kappa: Math.max(0, coherency / inverse),
  }
}

/** A parameter that the next step would push beyond its bound is held where it is. */
function normalEquations(
  points: readonly ScalingPoint[],
  at: Vector3,
  law: ScalingLaw,
): { readonly normal: Matrix3; readonly gradient: Vector3 } {
  const normal: Matrix3 = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  const gradient: Vector3 = [0, 0, 0]
  for (const { n, x } of points) {
    const below = 1 + at[1] * (n - 1) + at[2] * n * (n - 1)
    const row: Vector3 = [1, -(n - 1) / below, (-n * (n - 1)) / below]
    addRow(normal, gradient, row, Math.log((x * below) / n) - at[0])
  }
  if ((at[1] <= 0 && gradient[1] < 0) || (at[1] >= 1 && gradient[1] > 0)) hold(normal, gradient, 1)
  if (law === 'amdahl' || (at[2] <= 0 && gradient[2] < 0)) hold(normal, gradient, 2)
  return { normal, gradient }
}

function addRow(normal: Matrix3, right: Vector3, [a, b, c]: Vector3, value: number): void {
  normal[0] += a * a
  normal[1] += a * b
  normal[2] += a * c
  normal[4] += b * b
  normal[5] += b * c
  normal[8] += c * c
  normal[3] = normal[1]
  normal[6] = normal[2]
  normal[7] = normal[5]
  right[0] += a * value
  right[1] += b * value
  right[2] += c * value
}

function hold(normal: Matrix3, gradient: Vector3, parameter: number): void {
  for (let other = 0; other < 3; other += 1) {
    normal[parameter * 3 + other] = 0
    normal[other * 3 + parameter] = 0
  }
  normal[parameter * 4] = 1
  gradient[parameter] = 0
}

function damped(normal: Matrix3, damping: number): Matrix3 {
  const more: Matrix3 = [...normal]
  for (let diagonal = 0; diagonal < 9; diagonal += 4) more[diagonal]! *= 1 + damping
  return more
}

function errorOf(points: readonly ScalingPoint[], [logLambda, sigma, kappa]: Vector3): number {
  let sum = 0
  for (const { n, x } of points) {
    const residual = Math.log((x * (1 + sigma * (n - 1) + kappa * n * (n - 1))) / n) - logLambda
    sum += residual * residual
  }
  return sum
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))
