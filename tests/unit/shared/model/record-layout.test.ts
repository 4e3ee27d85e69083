import { describe, expect, it } from 'vitest'
import {
  COMMON_COLUMN,
  CPU_LAYOUT,
  CRAWL_LAYOUT,
  ERROR_MESSAGE_STRING,
  LOAD_LAYOUT,
  LAYOUTS,
  positionsOf,
} from '../../../../shared/model/record-layout.ts'

describe('record layouts', () => {
  it.each(LAYOUTS)('begin with the columns that every kind shares ($kind)', layout => {
    const { numbers, strings } = positionsOf(layout)
    expect(numbers).toMatchObject(COMMON_COLUMN)
    expect(strings.errorMessage).toBe(ERROR_MESSAGE_STRING)
  })

  it.each(LAYOUTS)('name each column once ($kind)', layout => {
    const names = [...layout.numbers.map(column => column.name), ...layout.strings]
    expect(new Set(names).size).toBe(names.length)
  })

  it('have numbers of their own, which stand in files', () => {
    expect(LAYOUTS.map(({ number, kind }) => [number, kind])).toEqual([
      [1, 'crawl'],
      [2, 'cpu'],
      [3, 'load'],
    ])
  })

  it('are frozen: another order would be another number', () => {
    expect(positionsOf(CRAWL_LAYOUT).numbers).toMatchObject({ status: 10, waitMs: 13, wireBytes: 18 })
    expect(positionsOf(CPU_LAYOUT).numbers).toMatchObject({
      cpuMs: 10,
      waitMs: 11,
      digestLow: 12,
      digestHigh: 13,
    })
    expect(positionsOf(LOAD_LAYOUT)).toMatchObject({
      numbers: { recordIndex: 10, line: 11, byteOffset: 12, byteLength: 13 },
      strings: { errorMessage: 0, raw: 1, source: 2, output: 3 },
    })
  })
})
