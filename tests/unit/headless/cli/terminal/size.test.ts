import { describe, expect, it } from 'vitest'

import { sizeOf } from '../../../../../headless/cli/terminal/size.ts'

describe('the size of a terminal', () => {
  it('is what the terminal says', () => {
    expect(sizeOf({ isTTY: true, columns: 120, rows: 30 }, {})).toEqual({ columns: 120, rows: 30 })
  })

  it('is that of a plain terminal where it says 0, as a bare pty does', () => {
    expect(sizeOf({ isTTY: true, columns: 0, rows: 0 }, {})).toEqual({ columns: 80, rows: 24 })
  })

  it('is what the environment says where the terminal says nothing', () => {
    const env = { COLUMNS: '132', LINES: '50' }
    expect(sizeOf({ isTTY: true, columns: 0, rows: 0 }, env)).toEqual({ columns: 132, rows: 50 })
    expect(sizeOf({ isTTY: false }, env)).toEqual({ columns: 132, rows: 50 })
  })

  it.each(['0', '-5', '7.5', 'wide', ''])('is not %j, which no terminal is', text => {
    expect(sizeOf({ isTTY: false }, { COLUMNS: text, LINES: text })).toEqual({ columns: 100, rows: 40 })
  })
})
