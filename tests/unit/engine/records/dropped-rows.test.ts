import { describe, expect, it } from 'vitest'
import { DroppedRowSet } from '../../../../engine/records/dropped-rows.ts'

const set = new DroppedRowSet([
  {
    segments: [
      [1, 500],
      [2, 96],
    ],
    spans: [
      [3, 5],
      [9, 10],
    ],
  },
  { segments: [[3, 300]], spans: [[0, 1]] },
])

describe('DroppedRowSet', () => {
  it('holds rows of the named tasks below the lengths of that time', () => {
    expect([3, 4, 9].map(index => set.has(1, 499, index))).toEqual([true, true, true])
    expect([2, 5, 8, 10].map(index => set.has(1, 96, index))).toEqual([false, false, false, false])
    expect([set.has(3, 96, 0), set.has(3, 96, 3)]).toEqual([true, false])
  })

  it('leaves rows that were written since', () => {
    expect([set.has(1, 500, 3), set.has(2, 96, 3), set.has(4, 96, 3), set.has(3, 300, 0)]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})
