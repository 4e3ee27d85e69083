import { shuffled, type Random } from './statistics/seeded-random.ts'

/** One run to be made. */
export interface PlannedRun {
  /** Position of its point in the plan. */
  readonly point: number
  /** Negative for warm-ups. */
  readonly block: number
}

/**
 * Randomised complete blocks: every point once a block, in an order of the block's own, so that whatever drifts during
 * the comparison drifts for all of them alike (Fisher, The Design of Experiments, 1935).
 */
export function runOrder(
  points: number,
  { warmUps, repeats }: { readonly warmUps: number; readonly repeats: number },
  random: Random,
): PlannedRun[] {
  const order: PlannedRun[] = []
  const all = Array.from({ length: points }, (_, point) => point)
  for (let block = -warmUps; block < repeats; block += 1)
    for (const point of shuffled(all, random)) order.push({ point, block })
  return order
}
