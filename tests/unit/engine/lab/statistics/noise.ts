import type { Random } from '../../../../../engine/lab/statistics/seeded-random.ts'

/** Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Noise to multiply a measurement with; the median of each is near 1. */
export const NOISES = {
  normal: (random: Random) => 1 + 0.05 * normal(random),
  'log-normal': (random: Random) => Math.exp(0.3 * normal(random)),
  /** Every tenth measurement takes three times as long. */
  'normal with outliers': (random: Random) => (1 + 0.05 * normal(random)) * (random() < 0.1 ? 3 : 1),
  /** Student's t with two degrees of freedom: its variance is infinite. */
  'heavy-tailed': (random: Random) =>
    Math.exp((0.05 * normal(random)) / Math.sqrt((normal(random) ** 2 + normal(random) ** 2) / 2)),
} as const satisfies Record<string, (random: Random) => number>
export type NoiseName = keyof typeof NOISES
export const NOISE_NAMES = Object.keys(NOISES) as NoiseName[]
