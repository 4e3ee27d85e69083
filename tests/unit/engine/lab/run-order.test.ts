import { describe, expect, it } from 'vitest'

import { runOrder } from '../../../../engine/lab/run-order.ts'
import { seededRandom } from '../../../../engine/lab/statistics/seeded-random.ts'

const orderOf = (seed: number) => runOrder(6, { warmUps: 1, repeats: 4 }, seededRandom(seed))

describe('the order of runs', () => {
  it('has every point once in each block, warm-ups first', () => {
    const order = orderOf(1)
    expect(order.map(({ block }) => block)).toEqual(
      [-1, 0, 1, 2, 3].flatMap(block => Array<number>(6).fill(block)),
    )
    for (let block = -1; block < 4; block += 1) {
      const points = order.filter(run => run.block === block).map(({ point }) => point)
      expect(points.toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    }
  })

  it('is drawn anew for each block, and is the same for the same seed', () => {
    const order = orderOf(1)
    expect(orderOf(1)).toEqual(order)
    expect(orderOf(2)).not.toEqual(order)
    const blocks = new Set(
      [0, 1, 2, 3].map(block => String(order.filter(run => run.block === block).map(run => run.point))),
    )
    expect(blocks.size).toBeGreaterThan(1)
  })
})
