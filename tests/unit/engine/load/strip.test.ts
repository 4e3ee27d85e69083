import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strippedEnd, strippedStart } from '../../../../engine/load/strip.ts'

/** `[c for c in map(chr, range(0x110000)) if (c + 'x').strip() == 'x']` in Python 3.11. */
const WHITE_SPACE = [
  0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003,
  0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
].map(point => String.fromCodePoint(point))

function strip(text: string): string {
  // The bytes around are no part of the record and must not be looked at.
  const bytes = Buffer.from(` \u3000${text}\u3000 `)
  const end = bytes.length - 4
  const start = strippedStart(bytes, 4, end)
  return bytes.toString('utf8', start, strippedEnd(bytes, start, end))
}

describe('strip', () => {
  it('knows every character of Unicode as Python does', () => {
    const bytes = Buffer.alloc(16, 'x')
    const found: string[] = []
    const different: number[] = []
    for (let point = 0; point <= 0x10ffff; point += 1) {
      if (point >= 0xd800 && point < 0xe000) continue
      const character = String.fromCodePoint(point)
      const end = 5 + bytes.write(character, 5)
      const isLeading = strippedStart(bytes, 5, end + 1) !== 5
      bytes[end] = 0x78
      const isTrailing = strippedEnd(bytes, 4, end) !== end
      if (isLeading !== isTrailing) different.push(point)
      if (isLeading) found.push(character)
    }
    expect(different).toEqual([])
    expect(found).toEqual(WHITE_SPACE)
  })

  it('leaves nothing of white space alone', () => {
    expect(strip(WHITE_SPACE.join(''))).toBe('')
    expect(strip('')).toBe('')
  })

  it('strips both edges and nothing inside', () => {
    const space = fc.constantFrom(...WHITE_SPACE)
    const edge = fc.array(space, { maxLength: 6 }).map(parts => parts.join(''))
    const other = fc.constantFrom(
      'a',
      '~',
      '\0',
      '\u001b',
      '\u0086',
      'é',
      '\u200b',
      '\u3001',
      '\ufeff',
      '中',
      '😀',
    )
    const middle = fc
      .array(fc.oneof(space, other), { maxLength: 8 })
      .map(parts => parts.join(''))
      .filter(text => !WHITE_SPACE.some(one => text.startsWith(one) || text.endsWith(one)))
    fc.assert(
      fc.property(edge, middle, edge, (before, text, after) => {
        expect(strip(before + text + after)).toBe(text)
      }),
    )
  })

  it('never cuts bytes that are not valid', () => {
    const invalid = Buffer.of(0x80, 0xe3, 0x80, 0x41, 0xe2, 0x80)
    expect([strippedStart(invalid, 0, 6), strippedEnd(invalid, 0, 6)]).toEqual([0, 6])
  })
})
