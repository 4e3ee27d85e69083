import { describe, expect, it } from 'vitest'
import { detectEncoding } from '../../../../engine/load/detect-encoding.ts'

const RUSSIAN = 'Съешь ещё этих мягких французских булок, да выпей чаю.\n'
/** "The quick brown fox …", as Chinese has it, in GB 2312. */
const CHINESE = 'ccecb5d8d0febbc6a3acd3eed6e6babbc4a1a1a30ac8d5d4c2d3afeac3a3acb3bdcbdec1d0d5c5a1a30a'

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const found = (head: Buffer, isWhole = true): string => detectEncoding(head, isWhole).encoding

describe('detectEncoding', () => {
  it('believes byte order marks', () => {
    expect(detectEncoding(Buffer.from('\ufeffa'), true)).toEqual({
      encoding: 'utf-8',
      evidence: 'begins with the byte order mark of UTF-8',
      markBytes: 3,
    })
    expect(detectEncoding(Buffer.from('\ufeff中', 'utf16le'), true)).toMatchObject({
      encoding: 'utf-16le',
      markBytes: 2,
    })
    expect(detectEncoding(swapped('\ufeff中'), true)).toMatchObject({ encoding: 'utf-16be', markBytes: 2 })
    expect(detectEncoding(Buffer.of(0x84, 0x31, 0x95, 0x33), true)).toMatchObject({
      encoding: 'gb18030',
      markBytes: 4,
    })
  })

  it('refuses the marks of UTF-32', () => {
    const problem = expect.objectContaining({ code: 'E_ENCODING' }) as Error
    expect(() => detectEncoding(Buffer.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), true)).toThrow(problem)
    expect(() => detectEncoding(Buffer.of(0, 0, 0xfe, 0xff), true)).toThrow(problem)
  })

  it('sees UTF-8, also where the head cuts a character', () => {
    expect(detectEncoding(Buffer.from('plain'), true).evidence).toBe('all of the 5 bytes looked at are ASCII')
    for (const text of ['é', '中', '😀'])
      for (let kept = 1; kept < Buffer.byteLength(text); kept += 1) {
        const head = Buffer.from(`ein ${text}`).subarray(0, 4 + kept)
        expect(detectEncoding(head, false).evidence).toMatch(
          /^all of the \d bytes looked at are valid UTF-8$/,
        )
        expect(detectEncoding(head, true).evidence).toMatch(/^byte 5 .* is not valid UTF-8/)
      }
    // No character begins with these.
    expect(detectEncoding(Buffer.of(0x61, 0xed, 0xa0), false).evidence).toMatch(
      /^byte 2 \(0xed\) is not valid/,
    )
    expect(detectEncoding(Buffer.of(0x61, 0xc0), false).evidence).toMatch(/^byte 2 \(0xc0\) is not valid/)
    expect(found(Buffer.alloc(0))).toBe('utf-8')
  })

  it('sees UTF-16 without a mark by its zero bytes', () => {
    expect(detectEncoding(Buffer.from('id,name\n1,x\n', 'utf16le'), true)).toEqual({
      encoding: 'utf-16le',
      evidence:
        '0.0 % of the bytes in even places and 100.0 % of those in odd places are zero, as in UTF-16LE',
      markBytes: 0,
    })
    expect(found(swapped('id,name\n1,x\n'))).toBe('utf-16be')
    for (const text of [RUSSIAN, '天地玄黄，宇宙洪荒。\n一二三一\u3000一 x\n', 'naïve café\n']) {
      expect(found(Buffer.from(text.repeat(20), 'utf16le').subarray(0, 201), false)).toBe('utf-16le')
      expect(found(swapped(text.repeat(20)).subarray(0, 201), false)).toBe('utf-16be')
    }
  })

  it('takes zero bytes in UTF-8 for what they are', () => {
    expect(found(Buffer.from('a value\0and another\0\nand a line of text\n'))).toBe('utf-8')
  })

  it('sees GB18030 by its common characters', () => {
    const head = Buffer.from(CHINESE, 'hex')
    expect(detectEncoding(head, true).evidence).toBe(
      'not valid UTF-8, but valid GB18030, and 100.0 % of its 20 characters beyond ASCII are common Chinese ones',
    )
    // Cut inside of a character.
    expect(found(head.subarray(0, 15), false)).toBe('gb18030')
    expect(found(head.subarray(0, 15), true)).toBe('utf-8')
    // With a character of four bytes.
    expect(found(Buffer.concat([head, Buffer.of(0x95, 0x32, 0x82, 0x36)]))).toBe('gb18030')
  })

  it('takes UTF-8 with a few bad bytes for UTF-8', () => {
    const head = Buffer.from('天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。'.repeat(3))
    for (let at = 0; at < head.length; at += 1) {
      const broken = Buffer.from(head)
      broken[at] = 0xff
      expect(found(broken)).toBe('utf-8')
      expect(found(head.subarray(0, at + 1))).toBe('utf-8')
    }
  })

  it('never guesses an encoding in which everything is valid', () => {
    for (const text of [
      'café olé',
      'Größe',
      'l\u0027été à Nîmes, où',
      'Größe',
      'ação\ncanções\n',
      'São João, ação',
      '\xe9t\xe9',
    ])
      expect(detectEncoding(Buffer.from(text, 'latin1'), true)).toMatchObject({ encoding: 'utf-8' })
    // Each in its own legacy encoding: Shift JIS, EUC-JP, EUC-KR, Big5, windows-1251.
    const legacy = [
      '93fa967b8cea82cc8365834c835883678182ed',
      'c6fccbdcb8eca4cea5c6a5ada5b9a5c8a4c7a4b9',
      'c7d1b1b9beeeb7ce20b5c820b1dbc0d4b4cfb4d92eb4d9b6f7c1e320c7e5b9d9c4fbbfa120c5b8b0edc6c4',
      'a4a4a4e5aabaa4e5a6daa448a4a4a4e5',
      'd1fae5f8fc20e5f9b820fdf2e8f520ecffe3eae8f5',
    ]
    for (const bytes of legacy)
      expect(detectEncoding(Buffer.from(bytes, 'hex'), true).evidence).toMatch(
        /not valid UTF-8, but nothing speaks/,
      )
  })
})
