import { describe, expect, it } from 'vitest'

import { lineWidth } from '../../../../../headless/cli/terminal/line.ts'
import { table, type Column } from '../../../../../headless/cli/terminal/table.ts'

interface Row {
  readonly name: string
  readonly count: number
  readonly note: string
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'name', align: 'left', priority: 0, cell: ({ name }) => name },
  { title: 'n', align: 'right', priority: 1, minWidth: 4, cell: ({ count }) => String(count) },
  { title: 'note', align: 'left', priority: 2, minWidth: 6, isFlexible: true, cell: ({ note }) => note },
]

const ROWS: readonly Row[] = [
  { name: '协程', count: 7, note: 'a note that is quite long' },
  { name: 'loop', count: 1_000, note: 'short' },
]

const textAt = (columns: number) =>
  table(COLUMNS, ROWS, columns).map(line => line.map(({ text }) => text).join(''))

describe('table', () => {
  it('aligns by columns of the terminal, not by characters', () => {
    expect(textAt(60)).toEqual([
      'name     n  note',
      '协程     7  a note that is quite long',
      'loop  1000  short',
    ])
  })

  it('cuts the flexible column first, then leaves columns out', () => {
    expect(textAt(20)).toEqual(['name     n  note', '协程     7  a note …', 'loop  1000  short'])
    expect(textAt(12)).toEqual(['name     n', '协程     7', 'loop  1000'])
    expect(textAt(4)).toEqual(['name', '协程', 'loop'])
  })

  it('stays within any width', () => {
    for (let columns = 1; columns < 50; columns += 1) {
      for (const line of table(COLUMNS, ROWS, columns)) expect(lineWidth(line)).toBeLessThanOrEqual(columns)
    }
  })
})
