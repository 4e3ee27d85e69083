import { describe, expect, it } from 'vitest'
import { median, quantile } from '../../../../../engine/lab/statistics/quantiles.ts'

describe('quantile', () => {
  it.each([
    [0, 1],
    [0.1, 1.9],
    [0.25, 3.25],
    [0.5, 5.5],
    [0.99, 9.91],
    [1, 10],
  ])('of 1 to 10 at %d is what R gives with its type 7', (q, expected) => {
    expect(quantile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], q)).toBeCloseTo(expected, 12)
  })

  it('is not a number without values', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })

  it('sorts by size, and can be infinite', () => {
    expect(median([100, 20, 3])).toBe(20)
    expect(median([1, Infinity, Infinity])).toBe(Infinity)
  })
})
