import { describe, expect, it } from 'vitest'
import { lowSideOf } from '../../../../../engine/lab/statistics/low-side.ts'

/** @param perRow What settles in each fifth of a second. */
const rowsOf = (perRow: readonly number[]) => [
  { elapsedMs: 0, settled: 0 },
  ...perRow.map((settled, at) => ({ elapsedMs: (at + 1) * 200, settled })),
]

describe('lowSideOf', () => {
  it('is level for a level run', () => {
    const rows = rowsOf(new Array<number>(50).fill(20))
    expect(lowSideOf(rows)).toEqual({ p1: 100, p5: 100, p50: 100, windowMs: 1_000, windows: 10 })
  })

  it('shows a second in which nothing moved, which the mean of a long run hides', () => {
    const perRow = new Array<number>(500).fill(20)
    perRow.fill(0, 100, 105)
    const { p1, p5, p50, windows } = lowSideOf(rowsOf(perRow))
    expect({ p5, p50, windows }).toEqual({ p5: 100, p50: 100, windows: 100 })
    expect(p1).toBeCloseTo(99, 9)
    expect(lowSideOf(rowsOf(perRow.slice(95, 110))).p1).toBeCloseTo(2, 9)
  })

  it('spreads a row over the windows that it reaches into', () => {
    const rows = [
      { elapsedMs: 0, settled: 0 },
      { elapsedMs: 500, settled: 50 },
      { elapsedMs: 1_500, settled: 40 },
      { elapsedMs: 2_000, settled: 0 },
    ]
    const { p50, windows } = lowSideOf(rows)
    expect(windows).toBe(2)
    expect(p50).toBeCloseTo((70 + 20) / 2, 9)
  })

  it('begins with the first row and leaves out what the end cuts off', () => {
    const rows = [300, 800, 1_300, 1_800].map(elapsedMs => ({ elapsedMs, settled: 10 }))
    expect(lowSideOf(rows)).toEqual({ p1: 20, p5: 20, p50: 20, windowMs: 1_000, windows: 1 })
  })

  it('takes windows that are as long as the rows', () => {
    const rows = Array.from({ length: 21 }, (_, at) => ({
      elapsedMs: at * 5_000,
      settled: at === 0 ? 0 : 50,
    }))
    expect(lowSideOf(rows)).toMatchObject({ p50: 10, windowMs: 5_000, windows: 20 })
  })

  it('has no numbers without a whole window', () => {
    expect(lowSideOf([])).toEqual({ p1: NaN, p5: NaN, p50: NaN, windowMs: 1_000, windows: 0 })
    expect(lowSideOf(rowsOf([5, 5]))).toMatchObject({ p50: NaN, windows: 0 })
  })
})
