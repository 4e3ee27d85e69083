import { describe, expect, it } from 'vitest'

import { judge } from '../../../../engine/lab/judge.ts'
import {
  fittedAt,
  hasScaling,
  peakOf,
  scalingPlot,
  scalingSeries,
} from '../../../../renderer/charts/scaling-plot.ts'
import { placeOn, valueScale } from '../../../../renderer/charts/value-scale.ts'
import { measuredPoint } from '../../../support/lab/compared-runs.ts'

describe('an axis of values', () => {
  it('begins at 0, but for values that lie close together', () => {
    expect(valueScale([12, 97])).toEqual({ from: 0, to: 100, marks: [0, 50, 100] })
    const narrow = valueScale([1_000, 1_010])
    expect({ from: narrow.from, to: narrow.to }).toEqual({ from: 995, to: 1_010 })
  })

  it('has a place for everything, even without values', () => {
    expect(valueScale([])).toEqual({ from: 0, to: 1, marks: [0, 1] })
    expect([-5, 50, 500].map(value => placeOn({ from: 0, to: 100, marks: [] }, value))).toEqual([0, 0.5, 1])
  })
})

describe('throughput over tasks in flight', () => {
  const law = (n: number): number => (100 * n) / (1 + 0.05 * (n - 1) + 0.002 * n * (n - 1))
  const points = [1, 2, 4, 8, 16, 32, 64].map(lanes =>
    measuredPoint(`loop:1x1x${lanes}`, [law(lanes), law(lanes) * 1.01, law(lanes) * 0.99], { lanes }),
  )
  const { cells, scalability } = judge({ seed: 1, repeats: 3 }, points, 0)
  const [series] = scalingSeries(cells, scalability)

  it('has a curve with its peak where the law was fitted', () => {
    const peak = peakOf(series!)
    expect(peak!.n).toBeGreaterThan(18)
    expect(peak!.n).toBeLessThan(26)
    expect(fittedAt(series!.fit!, 4) / law(4)).toBeCloseTo(1, 1)
  })

  it('marks no peak beyond what was measured', () => {
    expect(peakOf({ ...series!, medians: series!.medians.slice(0, 3) })).toBeNull()
  })

  it('stands numbers that lie far apart by their ratios', () => {
    const { xOf } = scalingPlot([series!], { left: 0, right: 600, top: 0, bottom: 100 })
    expect([1, 8, 64].map(n => Math.round(xOf(n)))).toEqual([0, 300, 600])
  })

  it('is shown only where tasks in flight differ', () => {
    expect(hasScaling([series!])).toBe(true)
    expect(hasScaling(scalingSeries(cells.slice(0, 1), []))).toBe(false)
  })
})
