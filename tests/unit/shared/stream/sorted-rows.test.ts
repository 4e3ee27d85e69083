import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedRows } from '../../../../shared/stream/sorted-rows.ts'

describe('SortedRows', () => {
  it('has every row in the order of time, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 })), fc.nat(), (times, pause) => {
        const rows = new SortedRows(row => times[row]!)
        times.forEach((_, row) => {
          rows.add(row)
          if (row === pause) rows.all()
        })
        const expected = times.map((_, row) => row).sort((one, other) => times[one]! - times[other]!)
        expect([...rows.all()]).toEqual(expected)
      }),
    )
  })
})
