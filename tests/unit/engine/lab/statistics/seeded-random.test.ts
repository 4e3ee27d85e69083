import { describe, expect, it } from 'vitest'
import { seededRandom, shuffled } from '../../../../../engine/lab/statistics/seeded-random.ts'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const numbers = (seed: number) => {
      const random = seededRandom(seed)
      return Array.from({ length: 5 }, () => random())
    }
    expect(numbers(1)).toEqual(numbers(1))
    // Kept as they are: a seed that a comparison recorded must give its order again.
    expect(numbers(1).map(number => number * 2 ** 32)).toMatchInlineSnapshot(`
      [
        2308299391,
        1950625580,
        354034397,
        661219729,
        2802375379,
      ]
    `)
    expect(new Set([1, 2, 1 + 2 ** 32, -1].map(seed => numbers(seed)[0])).size).toBe(4)
  })

  it('spreads evenly over 0 to 1, and neighbours are independent', () => {
    const random = seededRandom(7)
    const cells = new Array<number>(100).fill(0)
    for (let pair = 0; pair < 100_000; pair += 1)
      cells[Math.floor(random() * 10) * 10 + Math.floor(random() * 10)]! += 1
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    // 99 degrees of freedom: 99.8 % of even distributions lie between.
    expect(chiSquare).toBeGreaterThan(60)
    expect(chiSquare).toBeLessThan(149)
  })
})

describe('shuffled', () => {
  it('keeps every item and gives each order as often as any other', () => {
    const random = seededRandom(3)
    const counts = new Map<string, number>()
    for (let round = 0; round < 6_000; round += 1) {
      const order = shuffled(['a', 'b', 'c'], random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect([...counts.keys()].toSorted()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120)
  })

  it('leaves what it was given as it was', () => {
    const items = [1, 2, 3]
    shuffled(items, seededRandom(1))
    expect(items).toEqual([1, 2, 3])
  })
})
