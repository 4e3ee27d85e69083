import { describe, expect, it } from 'vitest'

import { correctPlace, FIRST_PLACE } from '../../../../electron/main/window-place.ts'

const screen = { x: 0, y: 0, width: 1_920, height: 1_080 }

describe('correctPlace', () => {
  it('keeps a place that can be seen', () => {
    const place = { x: 100, y: 50, width: 1_400, height: 900, isMaximized: true, zoomLevel: 1 }
    expect(correctPlace(place, [screen])).toEqual(place)
  })

  it('gives up a place on a screen that is gone, and keeps its size', () => {
    const place = { x: 2_500, y: 50, width: 1_400, height: 900 }
    expect(correctPlace(place, [screen])).toMatchObject({ x: null, y: null, width: 1_400, height: 900 })
    expect(correctPlace(place, [screen, { ...screen, x: 1_920 }])).toMatchObject({ x: 2_500, y: 50 })
    expect(correctPlace({ ...place, x: 10, y: -300 }, [screen])).toMatchObject({ x: null, y: null })
  })

  it('makes something of whatever stands in the file', () => {
    for (const kept of [null, 'x', [], { width: 'a', x: Infinity, zoomLevel: {} }])
      expect(correctPlace(kept, [screen])).toEqual(FIRST_PLACE)
    expect(correctPlace({ width: 1e9, height: -5, zoomLevel: 99 }, [screen])).toMatchObject({
      width: 1_920,
      height: 600,
      zoomLevel: 5,
    })
  })
})
