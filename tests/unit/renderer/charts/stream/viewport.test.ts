import { describe, expect, it } from 'vitest'

import {
  clampView,
  followEnd,
  panBy,
  reveal,
  wholeRun,
  zoomAt,
} from '../../../../../renderer/charts/stream/viewport.ts'

const extent = { endMs: 10_000, rows: 40, rowsSeen: 10 }

describe('viewport', () => {
  it('keeps the time under the pointer where it is', () => {
    const view = zoomAt({ fromMs: 0, toMs: 1_000, firstRow: 0 }, 0.5, 250)
    expect(view).toEqual({ fromMs: 125, toMs: 625, firstRow: 0 })
  })

  it('stays within the run and its lanes', () => {
    expect(clampView(panBy({ fromMs: 9_000, toMs: 11_000, firstRow: 0 }, 5_000, 99), extent)).toEqual({
      fromMs: 8_000,
      toMs: 10_000,
      firstRow: 30,
    })
    expect(clampView({ fromMs: -50, toMs: 99_999, firstRow: -3 }, extent)).toEqual(wholeRun(extent))
  })

  it('never looks closer than half a millisecond', () => {
    const { fromMs, toMs } = clampView({ fromMs: 100, toMs: 100.001, firstRow: 0 }, extent)
    expect(toMs - fromMs).toBeCloseTo(0.5)
  })

  it('follows the end with as much of the time', () => {
    expect(followEnd({ fromMs: 0, toMs: 2_000, firstRow: 3 }, 9_000)).toEqual({
      fromMs: 7_000,
      toMs: 9_000,
      firstRow: 3,
    })
  })

  it('moves no further than a span needs to be seen', () => {
    const view = { fromMs: 0, toMs: 1_000, firstRow: 5 }
    expect(reveal(view, { startMs: 100, endMs: 200, row: 6 }, 10)).toEqual(view)
    expect(reveal(view, { startMs: 2_000, endMs: 2_200, row: 20 }, 10)).toEqual({
      fromMs: 1_600,
      toMs: 2_600,
      firstRow: 11,
    })
  })
})
