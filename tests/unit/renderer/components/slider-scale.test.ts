import { describe, expect, it } from 'vitest'

import {
  positionOf,
  SLIDER_POSITIONS,
  steppedFrom,
  valueAt,
} from '../../../../renderer/components/slider-scale.ts'

const linear = { min: 1, max: 16, isLog: false }
const log = { min: 1, max: 4_096, isLog: true }

describe('a slider', () => {
  it.each([linear, log, { ...log, min: 0 }])('begins and ends at its bounds: %o', scale => {
    expect([valueAt(0, scale), valueAt(SLIDER_POSITIONS, scale)]).toEqual([scale.min, scale.max])
    expect([positionOf(scale.min, scale), positionOf(scale.max, scale)]).toEqual([0, SLIDER_POSITIONS])
    expect(positionOf(scale.max * 2, scale)).toBe(SLIDER_POSITIONS)
  })

  it('reaches every small value on a logarithmic scale, and round ones above', () => {
    const values = new Set(Array.from({ length: SLIDER_POSITIONS + 1 }, (_, at) => valueAt(at, log)))
    for (let value = 1; value <= 64; value += 1) expect(values).toContain(value)
    expect([...values].filter(value => value > 100 && value < 4_096 && value % 10 !== 0)).toEqual([])
  })

  it('is stepped by one where that is seen, and further above', () => {
    expect([1, 19, 20, 64, 100, 990].map(value => steppedFrom(value, 1, log))).toEqual([
      2, 20, 25, 65, 110, 1_000,
    ])
    expect([2, 20, 25, 110, 1_000].map(value => steppedFrom(value, -1, log))).toEqual([1, 19, 20, 100, 950])
  })

  it('is never stepped out of its bounds', () => {
    expect(steppedFrom(1, -10, log)).toBe(1)
    expect(steppedFrom(4_000, 10, log)).toBe(4_096)
    expect(steppedFrom(12, 10, linear)).toBe(16)
  })

  it('has one place for a single value', () => {
    expect(positionOf(3, { min: 3, max: 3, isLog: true })).toBe(0)
  })
})
