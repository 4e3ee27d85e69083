import { describe, expect, it } from 'vitest'
import { outliersOf } from '../../../../../engine/lab/statistics/outliers.ts'
import { seededRandom } from '../../../../../engine/lab/statistics/seeded-random.ts'
import { normal } from './noise.ts'

describe('outliersOf', () => {
  it('marks what lies far out, at both ends, by position', () => {
    expect(outliersOf([100, 102, 99, 101, 30, 100, 98, 103, 250])).toEqual([4, 8])
    expect(outliersOf([100, 102, 99, 300, 101])).toEqual([3])
  })

  it('is not misled by outliers that make the standard deviation large', () => {
    expect(outliersOf([1_000, 10, 11, 12, 900, 9, 10, 11, 800, 10])).toEqual([0, 4, 8])
  })

  it('marks one that differs among many that do not', () => {
    expect(outliersOf([...new Array<number>(20).fill(7), 8])).toEqual([20])
    expect(outliersOf(new Array<number>(20).fill(7))).toEqual([])
  })

  it('says nothing of fewer than four', () => {
    expect(outliersOf([1, 1.01, 50])).toEqual([])
  })

  it.each([5, 7, 10, 20])('marks something in few of the series of %d without outliers', count => {
    const random = seededRandom(count)
    let marked = 0
    for (let round = 0; round < 2_000; round += 1)
      if (outliersOf(Array.from({ length: count }, () => normal(random))).length > 0) marked += 1
    expect(marked / 2_000).toBeLessThan(0.065)
  })
})
