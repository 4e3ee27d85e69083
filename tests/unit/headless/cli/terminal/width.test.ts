import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { cut, cutStart, padEnd, padStart, widthOf, wrap } from '../../../../../headless/cli/terminal/width.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('吞吐量', '延迟 p95', '▁▂▃', 'é'),
)
const columns = fc.integer({ min: 0, max: 40 })

describe('cutting', () => {
  it('never gives more columns than there are', () => {
    fc.assert(
      fc.property(text, columns, (value, limit) => {
        expect(widthOf(cut(value, limit))).toBeLessThanOrEqual(limit)
        expect(widthOf(cutStart(value, limit))).toBeLessThanOrEqual(limit)
      }),
    )
  })

  it('keeps whole characters and says where it cut', () => {
    expect([cut('吞吐量', 5), cut('吞吐量', 6), cut('throughput', 6), cutStart('/a/long/path', 6)]).toEqual([
      '吞吐…',
      '吞吐量',
      'throu…',
      '…/path',
    ])
  })
})

describe('padding', () => {
  it('counts two columns for a CJK character', () => {
    expect([padEnd('延迟', 6), padStart('延迟', 6)]).toEqual(['延迟  ', '  延迟'])
  })
})

describe('wrapping', () => {
  it('breaks between words, and anywhere between CJK characters but before punctuation', () => {
    expect(wrap('go on with the newest run', 12)).toEqual(['go on with', 'the newest', 'run'])
    expect(wrap('接着跑最近的一次，并调高并发。', 10)).toEqual(['接着跑最近', '的一次，并', '调高并发。'])
    expect(wrap('并发模型（loop，默认）', 10)).toEqual(['并发模型', '（loop，默', '认）'])
  })

  it('keeps every character that is not a space', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), (value, limit) => {
        expect(wrap(value, limit).join('').replace(/\s/g, '')).toBe(value.replace(/\s/g, ''))
      }),
      {
        examples: [
          ['〈', 4],
          ['【《', 4],
        ],
      },
    )
  })
})
