import { describe, expect, it } from 'vitest'

import { optionForKey, optionForText, placeList } from '../../../../renderer/components/select-list.ts'

const view = { width: 1_280, height: 800 }
const control = { top: 100, bottom: 132, left: 40, width: 200 }

describe('the list of a select', () => {
  it('hangs below its control while there is room', () => {
    expect(placeList(control, view, 300)).toEqual({
      left: 40,
      minWidth: 200,
      maxHeight: 360,
      top: 136,
      bottom: null,
    })
  })

  it('stands above a control at the lower edge, as high as there is room', () => {
    const low = { ...control, top: 300, bottom: 332 }
    expect(placeList(low, { width: 1_280, height: 360 }, 300)).toMatchObject({
      top: null,
      bottom: 64,
      maxHeight: 288,
    })
  })

  it('stays below when a short list fits there', () => {
    expect(placeList({ ...control, top: 660, bottom: 692 }, view, 90)).toMatchObject({ top: 696 })
  })
})

describe('the keys of a select', () => {
  it('lead to an option that there is', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'x']
    expect(keys.map(key => optionForKey(key, 1, 3))).toEqual([2, 0, 0, 2, 2, undefined])
    expect(optionForKey('End', 0, 0)).toBeUndefined()
  })

  it('find what begins as was typed, from the one after the active on', () => {
    const labels = ['auto', 'CSV', 'custom', 'lines']
    expect(optionForText('c', 0, labels)).toBe(1)
    expect(optionForText('c', 1, labels)).toBe(2)
    expect(optionForText('cc', 2, labels)).toBe(1)
    expect(optionForText('cu', 1, labels)).toBe(2)
    expect(optionForText('x', 0, labels)).toBeUndefined()
  })
})
