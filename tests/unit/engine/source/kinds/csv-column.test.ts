import { describe, expect, it } from 'vitest'
import { findColumn } from '../../../../../engine/source/kinds/csv-column.ts'

const URL_CELL = 'http://a/'

describe('findColumn', () => {
  it.each([
    ['a column by its name', 'site', ['id', 'Site'], null, 1, true],
    ['a column by its number', '2', ['id', 'where'], null, 1, true],
    ['a column by its number without a header row', '2', ['1', URL_CELL], null, 1, false],
    ['a name that is a number before the number', '1', ['2', '1'], null, 1, true],
    ['a column named url', null, ['id', 'URL'], ['1', URL_CELL], 1, true],
    ['a column named loc, blanks around it', null, [' loc ', 'x'], null, 0, true],
    ['the only column', null, ['nonsense'], ['more'], 0, false],
    ['the only column under a header', null, ['address'], [URL_CELL], 0, true],
    ['the first column whose first value is a URL', null, ['1', URL_CELL, URL_CELL], null, 1, false],
    ['the same under a header', null, ['id', 'where'], ['1', URL_CELL], 1, true],
  ])('finds %s', (_name, wanted, first, second, position, hasHeader) => {
    expect(findColumn(wanted, first, second)).toEqual({ position, hasHeader })
  })

  it.each([
    ['x', ['id', 'site'], 'there is no column "x"; the columns are "id", "site"'],
    ['3', ['id', URL_CELL], 'there is no column number 3; the columns are "id", 2'],
    [null, ['id', 'site'], 'no column holds URLs; name one with --column: "id", "site"'],
  ])('names the columns there are when %j is none of them', (wanted, first, message) => {
    expect(() => findColumn(wanted, first, ['1', '2'])).toThrow(message)
  })
})
