import { describe, expect, it } from 'vitest'

import { columnLayout, nextSort, rowForKey } from '../../../../renderer/components/table-columns.ts'

describe('the columns of a table', () => {
  it('keep their widths, and share what is left', () => {
    const columns = [
      { key: 'index', label: '#', width: 80 },
      { key: 'url', label: 'URL', width: 'grow' },
      { key: 'time', label: 'Time' },
    ] as const
    expect(columnLayout(columns)).toEqual({ template: '80px minmax(160px, 1fr) 112px', leastPx: 352 })
  })

  it('sort by the largest, then the smallest, then not at all', () => {
    const first = nextSort(null, 'time')
    expect(first).toEqual({ by: 'time', isDescending: true })
    expect(nextSort(first, 'time')).toEqual({ by: 'time', isDescending: false })
    expect(nextSort({ by: 'time', isDescending: false }, 'time')).toBeNull()
    expect(nextSort({ by: 'time', isDescending: false }, 'status')).toEqual({
      by: 'status',
      isDescending: true,
    })
  })
})

describe('the keys of a table', () => {
  const view = { rowCount: 100, rowsPerView: 10 }

  it('lead to a row that there is', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End']
    expect(keys.map(key => rowForKey(key, 5, view))).toEqual([6, 4, 15, 0, 0, 99])
    expect(rowForKey('PageDown', 95, view)).toBe(99)
  })

  it('lead nowhere in an empty table, and when they mean something else', () => {
    expect(rowForKey('End', 0, { rowCount: 0, rowsPerView: 10 })).toBeUndefined()
    expect(rowForKey('a', 0, view)).toBeUndefined()
  })
})
