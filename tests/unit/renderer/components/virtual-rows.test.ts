import { describe, expect, it } from 'vitest'

import {
  drawnAtPx,
  drawnRows,
  MOST_SCROLL_PX,
  mostTop,
  scrollPx,
  scrollTopOf,
  seenRows,
  topOf,
  topShowing,
} from '../../../../renderer/components/virtual-rows.ts'

const small = { rowCount: 1_000, rowHeight: 28, viewPx: 280 }
const huge = { rowCount: 1_000_000, rowHeight: 28, viewPx: 280 }

describe('the rows of a table', () => {
  it('are seen from the first that is partly in view to the last', () => {
    expect(seenRows(0, small)).toEqual({ first: 0, last: 9 })
    expect(seenRows(14, small)).toEqual({ first: 0, last: 10 })
    expect(seenRows(mostTop(small), small)).toEqual({ first: 990, last: 999 })
  })

  it('are drawn a few beyond what is seen, but none that there are not', () => {
    expect(drawnRows(0, small)).toEqual({ first: 0, last: 15 })
    expect(drawnRows(280, small)).toEqual({ first: 4, last: 25 })
    expect(drawnRows(mostTop(small), small)).toEqual({ first: 984, last: 999 })
  })

  it('are none when there are none', () => {
    const { first, last } = drawnRows(0, { ...small, rowCount: 0 })
    expect(last).toBeLessThan(first)
  })

  it('scroll pixel by pixel while they fit', () => {
    expect(scrollPx(small)).toBe(28_000)
    expect(topOf(123, small)).toBe(123)
    expect(drawnAtPx(4, 280, small)).toBe(4 * 28)
  })
})

describe('a million rows', () => {
  it('scroll in an element that every browser can make', () => {
    expect(scrollPx(huge)).toBe(MOST_SCROLL_PX)
  })

  it('begin and end where the scroll bar does', () => {
    expect(topOf(0, huge)).toBe(0)
    expect(topOf(MOST_SCROLL_PX - huge.viewPx, huge)).toBe(mostTop(huge))
    expect(seenRows(mostTop(huge), huge).last).toBe(999_999)
  })

  it('are drawn where they are seen, wherever the bar stands', () => {
    for (const top of [0, 1_234_567, 14_000_003, mostTop(huge)]) {
      const { first } = drawnRows(top, huge)
      expect(drawnAtPx(first, top, huge) - scrollTopOf(top, huge)).toBeCloseTo(first * 28 - top, 3)
      expect(topOf(scrollTopOf(top, huge), huge)).toBeCloseTo(top, 3)
    }
  })
})

describe('showing a row', () => {
  it('moves no further than it must', () => {
    expect(topShowing(5, 0, small)).toBe(0)
    expect(topShowing(10, 0, small)).toBe(28)
    expect(topShowing(3, 280, small)).toBe(84)
    expect(topShowing(999_999, 0, huge)).toBe(mostTop(huge))
  })
})
