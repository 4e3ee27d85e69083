import { describe, expect, it } from 'vitest'

import { msAt, rowAt, streamLayout, xOf, yOf } from '../../../../../renderer/charts/stream/layout.ts'

const size = { widthPx: 1_100, heightPx: 222, gutterPx: 100, hasMarkers: false, hasLoop: false, rows: 10 }
const view = { fromMs: 1_000, toMs: 2_000, firstRow: 0 }

describe('streamLayout', () => {
  it('gives every lane the same room, and the axis its own', () => {
    expect(streamLayout(size)).toMatchObject({ lanesTopPx: 2, lanesHeightPx: 200, rowPx: 20, rowsSeen: 10 })
  })

  it('keeps lanes high enough to be seen, and shows as many as there is room for', () => {
    expect(streamLayout({ ...size, rows: 1_000 })).toMatchObject({ rowPx: 5, rowsSeen: 40 })
  })

  it('finds times and lanes where it draws them', () => {
    const layout = streamLayout(size)
    const x = xOf(layout, view, 1_250)
    expect([x, msAt(layout, view, x)]).toEqual([350, 1_250])
    expect(rowAt(layout, view, x, yOf(layout, view, 3) + 1)).toBe(3)
    expect([rowAt(layout, view, 50, 50), rowAt(layout, view, x, 215)]).toEqual([-1, -1])
  })
})
