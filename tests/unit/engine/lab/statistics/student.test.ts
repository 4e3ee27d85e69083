import { describe, expect, it } from 'vitest'
import { student975 } from '../../../../../engine/lab/statistics/student.ts'

describe('student975', () => {
  it.each([
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [5, 2.571],
    [7, 2.365],
    [10, 2.228],
    [30, 2.042],
    [1_000, 1.962],
  ])('of %d is what tables say', (freedom, expected) => {
    expect(Math.abs(student975(freedom) - expected)).toBeLessThan(0.004)
  })
})
