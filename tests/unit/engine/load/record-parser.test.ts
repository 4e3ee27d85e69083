import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EncodingName, LoadFormat } from '../../../../shared/model/fields/load.ts'
import { parserOf, outcome, parse, textBytes, textOf, valuesOf } from './records.ts'

const ENCODERS: Readonly<Record<Exclude<EncodingName, 'gb18030'>, (text: string) => Buffer>> = {
  'utf-8': text => Buffer.from(text),
  'utf-16le': text => Buffer.from(text, 'utf16le'),
  'utf-16be': text => Buffer.from(text, 'utf16le').swap16(),
}
const NAMES = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030'] as const

/** GB18030 the other way round: every pair of bytes, and a few characters of four. */
const gbCharacters = new Map<string, Buffer>()
for (let byte = 0; byte < 0x80; byte += 1) gbCharacters.set(String.fromCharCode(byte), Buffer.of(byte))
for (let lead = 0x81; lead <= 0xfe; lead += 1)
  for (let second = 0x40; second <= 0xfe; second += 1) {
    const bytes = Buffer.of(lead, second)
    if (second !== 0x7f) gbCharacters.set(new TextDecoder('gb18030').decode(bytes), bytes)
  }
gbCharacters.set('\ufeff', Buffer.of(0x84, 0x31, 0x95, 0x33))
gbCharacters.set('😀', Buffer.of(0x94, 0x39, 0xfc, 0x36))
gbCharacters.set('\ufffd', Buffer.of(0x84, 0x31, 0xa4, 0x37))

const anyText = fc.string({ unit: 'binary' }).filter(text => text.isWellFormed())
const gbText = fc
  .array(fc.constantFrom(...gbCharacters.keys()), { maxLength: 40 })
  .map(characters => characters.join(''))

describe('makeRecordParser', () => {
  it('takes lines of UTF-8 as they lie in the block, without surrounding white space', () => {
    const parser = parserOf({})
    const block = Buffer.from('a\n  b ü\u3000\n')
    parser.parse(block, 2, 11, { line: 2 })
    expect(parser.text).toBe(block)
    expect([
      parser.textStart,
      parser.textEnd,
      parser.fields,
      parser.refusal,
      parser.source,
      parser.origin,
    ]).toEqual([4, 8, null, null, null, null])
  })

  it('keeps white space where the job wants it', () => {
    expect(outcome(parserOf({}, { trim: false }), ' a \u0085')).toBe(' a \u0085')
    expect(outcome(parserOf({ encoding: 'utf-16be' }, { trim: false }), ENCODERS['utf-16be'](' a '))).toBe(
      ' a ',
    )
    expect(outcome(parserOf({}), ' \u001c\t')).toBe('')
  })

  it('keeps a byte order mark inside of the data', () => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const)
      expect(outcome(parserOf({ encoding }), ENCODERS[encoding]('\ufeffa'))).toBe('\ufeffa')
    expect(outcome(parserOf({ encoding: 'gb18030' }), Buffer.of(0x84, 0x31, 0x95, 0x33, 0x61))).toBe(
      '\ufeffa',
    )
  })

  it('reads any text in every encoding', () => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      const parser = parserOf({ encoding }, { trim: false })
      fc.assert(
        fc.property(anyText, text => {
          expect(outcome(parser, ENCODERS[encoding](text))).toBe(text)
        }),
      )
    }
    const parser = parserOf({ encoding: 'gb18030' }, { trim: false })
    fc.assert(
      fc.property(gbText, text => {
        const bytes = Buffer.concat(Array.from(text, character => gbCharacters.get(character) as Buffer))
        expect(outcome(parser, bytes)).toBe(text)
      }),
    )
  })

  it('names the line, the place and the value of bytes that are not valid', () => {
    expect(outcome(parserOf({}), Buffer.from('caf\xe9 bien', 'latin1'))).toBe(
      'E_ENCODING line 7 is not valid UTF-8: byte 4 is 0xe9, in "caf\\xe9 bien"',
    )
    expect(outcome(parserOf({}), Buffer.of(0x61, 0xed, 0xa0, 0x80))).toMatch(/byte 2 is 0xed/)
    expect(outcome(parserOf({}), Buffer.of(0xc0, 0xaf))).toMatch(/byte 1 is 0xc0/)
    const long = Buffer.from(`${'中'.repeat(10_000)}x${'中'.repeat(10_000)}`)
    long[30_000] = 0xff
    expect(outcome(parserOf({}), long)).toMatch(/byte 30001 is 0xff, in ".{1,200}"$/)

    const utf16 = parserOf({ encoding: 'utf-16le' })
    expect(outcome(utf16, Buffer.from('a\ud83db', 'utf16le'))).toMatch(
      /UTF-16LE: bytes 3 and 4 are 0x3d 0xd8, in /,
    )
    expect(outcome(utf16, Buffer.from('a\ude00', 'utf16le'))).toMatch(/bytes 3 and 4 are 0x00 0xde/)
    expect(outcome(utf16, Buffer.from('a\ud83d', 'utf16le'))).toMatch(/bytes 3 and 4 are 0x3d 0xd8/)
    expect(outcome(utf16, Buffer.of(0x61, 0, 0x62))).toMatch(/byte 3 is 0x62/)

    const gb18030 = parserOf({ encoding: 'gb18030' })
    expect(outcome(gb18030, Buffer.of(0xd6, 0xd0, 0x20, 0xff, 0x41))).toBe(
      'E_ENCODING line 7 is not valid GB18030: byte 4 is 0xff, in "\\xd6\\xd0 \\xffA"',
    )
    expect(outcome(gb18030, Buffer.of(0xd6, 0xd0, 0xd6))).toMatch(/byte 3 is 0xd6/)
    const longGb = Buffer.from('d6d0'.repeat(10_000), 'hex')
    longGb.set([0xff, 0xff], 9_000)
    expect(outcome(gb18030, longGb)).toMatch(/byte 9001 is 0xff/)
  })

  it('takes lines that are not valid byte for byte where the job keeps them', () => {
    const keeps = { invalidBytes: 'keep' } as const
    parse(parserOf({}, keeps), '')
    const cases: [EncodingName, Buffer][] = [
      ['utf-8', Buffer.of(0x61, 0xff, 0xe9)],
      ['utf-16le', Buffer.of(0x20, 0x00, 0x3d, 0xd8, 0x20)],
      ['gb18030', Buffer.of(0x20, 0xff, 0xff, 0x20)],
    ]
    for (const [encoding, bytes] of cases) {
      const parser = parserOf({ encoding }, keeps)
      parse(parser, bytes)
      expect([parser.refusal, textBytes(parser)]).toEqual([null, bytes])
    }
    const valid = parserOf({ encoding: 'utf-16le' }, keeps)
    expect(outcome(valid, Buffer.from(' ü ', 'utf16le'))).toBe('ü')
  })

  it('finds the fields of rows and objects with bytes that are not valid, in UTF-8 only', () => {
    const csv = { format: 'csv', delimiter: ',', header: ['a', 'b'] } as const
    const row = parserOf(csv, { invalidBytes: 'keep' })
    parse(row, Buffer.of(0xff, 0x2c, 0x61))
    expect(row.fields?.bytesOf(0)[row.fields.startOf(0)]).toBe(0xff)
    const object = parserOf({ format: 'jsonl' }, { invalidBytes: 'keep' })
    parse(object, Buffer.from('{"a":"\xff"}', 'latin1'))
    expect(object.fields?.bytesOf(0)[object.fields.startOf(0)]).toBe(0xff)
    expect(outcome(object, Buffer.from('{"\xff":1}', 'latin1'))).toBe(
      'E_ENCODING line 7 has a name that is not text: member 1',
    )
    const wide = parserOf({ ...csv, encoding: 'gb18030' }, { invalidBytes: 'keep' })
    expect(outcome(wide, Buffer.of(0xff, 0x2c, 0x61))).toMatch(/^E_ENCODING line 7 is not valid GB18030/)
  })

  it('believes what is known of a block', () => {
    const parser = parserOf({})
    parser.blockIs('utf8')
    expect(outcome(parser, 'ü')).toBe('ü')
    parser.blockIs('unknown')
    expect(outcome(parser, Buffer.of(0xff))).toMatch(/^E_ENCODING/)
    const gb18030 = parserOf({ encoding: 'gb18030' })
    const block = Buffer.from('plain')
    gb18030.blockIs('ascii')
    gb18030.parse(block, 0, 5, { line: 1 })
    expect(gb18030.text).toBe(block)
    gb18030.blockIs('utf8')
    expect(outcome(gb18030, Buffer.of(0xd6, 0xd0))).toBe('中')
  })

  it('says how records are to be read unless they are lines of UTF-8', () => {
    expect(parserOf({ encoding: 'gb18030' }).source).toBe('{"format":"lines","encoding":"gb18030"}')
    expect(parserOf({ format: 'tsv', delimiter: '\t', header: ['a'] }).source).toBe(
      '{"format":"tsv","encoding":"utf-8","delimiter":"\\t","header":["a"]}',
    )
  })

  it('refuses to read rows without header', () => {
    expect(() => parserOf({ format: 'csv', delimiter: ',' })).toThrow(
      expect.objectContaining({ code: 'E_SCHEMA' }),
    )
  })

  it('survives any bytes and never invents a character', () => {
    const formats: LoadFormat[] = ['lines', 'csv', 'tsv', 'jsonl', 'rejects']
    const header = ['a', 'b']
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 6 }).map(bytes => Buffer.from(bytes)),
      fc
        .constantFrom(
          ',',
          '\t',
          '"',
          '\\',
          '{"a":',
          '}',
          '\\ud800',
          '\\u00e9',
          'null',
          '1e5',
          '{"index":1,"text":"',
        )
        .map(text => Buffer.from(text)),
      fc.constantFrom(',', '"', '{"a":"', '"}', '中').map(text => Buffer.from(text, 'utf16le')),
    )
    for (const format of formats)
      for (const encoding of NAMES)
        for (const invalidBytes of ['reject', 'keep'] as const) {
          const parser = parserOf({ format, encoding, header, delimiter: ',' }, { invalidBytes, trim: false })
          fc.assert(
            fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
              const bytes = Buffer.concat(pieces)
              parse(parser, bytes)
              if (parser.refusal !== null) {
                expect(parser.refusal.message.length).toBeLessThanOrEqual(300)
                expect(parser.refusal.message).toMatch(/^(line 7|line 0|this record) /)
                return
              }
              if (invalidBytes === 'keep') return
              expect(isUtf8(textBytes(parser))).toBe(true)
              const seen = [textOf(parser), ...valuesOf(parser.fields)].join('')
              const hadOne =
                encoding === 'gb18030' || bytes.includes('fffd', 'hex') || bytes.includes('\ufffd')
              if (!hadOne && encoding === 'utf-8') expect(seen).not.toContain('\ufffd')
            }),
            { numRuns: 60 },
          )
        }
  })
})
