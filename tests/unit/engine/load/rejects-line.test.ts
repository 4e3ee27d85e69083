import { describe, expect, it } from 'vitest'
import { namesOf, outcome, parse, parserOf, textOf, valuesOf } from './records.ts'

const rejects = parserOf({ format: 'rejects' })
const where = { index: 41, line: 42, byteOffset: 1_000, byteLength: 5 }
const CSV = { format: 'csv', encoding: 'utf-8', delimiter: ',', header: ['a', 'b'] }

const rejected = (raw: Buffer | string, more: object = {}): string =>
  JSON.stringify({
    ...where,
    code: 'E_ENCODING',
    message: 'line 42 …',
    rawBase64: Buffer.from(raw as string).toString('base64'),
    ...more,
  })

describe('lines of a rejects file', () => {
  it('give the record under its old index, refused as before when nothing was corrected', () => {
    parse(rejects, rejected(Buffer.of(0x61, 0xff)))
    expect(rejects.origin).toEqual({ ...where, raw: Buffer.of(0x61, 0xff), source: null })
    expect(rejects.refusal).toEqual({
      code: 'E_ENCODING',
      message: 'line 42 is not valid UTF-8: byte 2 is 0xff, in "a\\xff"',
      isSkip: false,
    })
  })

  it('give the corrected record, from its bytes or from text', () => {
    expect(outcome(rejects, rejected(' new '))).toBe('new')
    expect(rejects.origin).toMatchObject({ index: 41, raw: Buffer.from(' new ') })
    expect(outcome(rejects, rejected('old', { text: ' n\u00e9w\n' }))).toBe('n\u00e9w')
    expect(outcome(rejects, JSON.stringify({ ...where, rawBase64: null, text: 'x' }))).toBe('x')
    expect(rejects.origin).toEqual({ ...where, raw: Buffer.from('x'), source: null })
  })

  it('are read as their source says', () => {
    parse(rejects, rejected('1,"x ""y"""\n', { source: CSV }))
    expect([namesOf(rejects.fields), valuesOf(rejects.fields)]).toEqual([
      ['a', 'b'],
      ['1', 'x "y"'],
    ])
    expect(rejects.origin?.source).toBe(JSON.stringify(CSV))
    expect(outcome(rejects, rejected('1', { source: CSV }))).toBe(
      'E_SCHEMA line 42 has 1 cell, the header row has 2',
    )
    parse(rejects, rejected('{"n":1}', { source: { format: 'jsonl', encoding: 'utf-8' } }))
    expect(namesOf(rejects.fields)).toEqual(['n'])
    const utf16 = { format: 'lines', encoding: 'utf-16be' }
    expect(outcome(rejects, rejected(Buffer.of(0x4e, 0x2d), { source: utf16 }))).toBe('中')
    expect(rejects.origin?.source).toBe('{"format":"lines","encoding":"utf-16be"}')
    // Text is text, whatever the source was encoded in.
    expect(outcome(rejects, rejected('', { source: utf16, text: '中' }))).toBe('中')
    expect(rejects.origin?.source).toBeNull()
    expect(outcome(rejects, rejected('\t', { source: null }))).toBe('')
  })

  it('keep which of several inputs they are from', () => {
    const source = { format: 'lines', encoding: 'utf-8', input: '/data/b.txt' }
    expect(outcome(rejects, rejected('new', { source }))).toBe('new')
    expect(rejects.origin?.source).toBe(JSON.stringify(source))
  })

  it('say nothing of origins where they cannot be read', () => {
    const refused: [string, string][] = [
      ['{"index":1', 'is not a JSON object: expected a comma or } at its end, in "{"index":1"'],
      ['{"text":"a"}', 'has no "index"'],
      ['{"index":null,"text":"a"}', 'has no "index"'],
      ['{"index":-1,"text":"a"}', 'has no whole number in "index": it is -1'],
      ['{"index":"1","text":"a"}', 'has no whole number in "index": it is 1'],
      ['{"index":9007199254740993,"text":"a"}', 'has no whole number in "index": it is 9007199254740993'],
      ['{"index":1,"line":1.5,"text":"a"}', 'has no whole number in "line": it is 1.5'],
      ['{"index":1,"text":1}', 'has no text in "text"'],
      ['{"index":1,"rawBase64":"QQ="}', 'has no valid Base64 in "rawBase64": character 4 is wrong'],
      ['{"index":1,"rawBase64":"QQ Q"}', 'has no valid Base64 in "rawBase64": character 3 is wrong'],
      ['{"index":1,"rawBase64":"=QQQ"}', 'has no valid Base64 in "rawBase64": character 1 is wrong'],
      ['{"index":1,"text":"a","source":"csv"}', 'has no object in "source"'],
      ['{"index":1,"text":"a","source":{}}', 'has no format in "source": nothing'],
      [
        '{"index":1,"text":"a","source":{"format":"lines","encoding":"latin1"}}',
        'has no encoding in "source": "latin1"',
      ],
      [
        '{"index":1,"text":"a","source":{"format":"csv","encoding":"utf-8","delimiter":""}}',
        'has no delimiter in "source": ""',
      ],
      [
        '{"index":1,"text":"a","source":{"format":"csv","encoding":"utf-8","header":["a","a"]}}',
        'has no different names in the header of "source": ["a","a"]',
      ],
    ]
    for (const [line, problem] of refused) {
      expect(outcome(rejects, line)).toBe(`E_PARSE line 7 ${problem}`)
      expect(rejects.origin).toBeNull()
    }
    expect(outcome(rejects, '{"index":1,"rawBase64":null}')).toMatch(
      /^E_PARSE line 7 has no "rawBase64" \(.*"text"$/,
    )
    expect(outcome(rejects, Buffer.of(0x7b, 0xff))).toMatch(/^E_ENCODING line 7/)
    expect(rejects.source).toBe('{"format":"rejects","encoding":"utf-8"}')
  })

  it('may hold a line of a rejects file that was itself refused', () => {
    const source = { format: 'rejects', encoding: 'utf-8' }
    expect(outcome(rejects, rejected('{"index":', { source }))).toMatch(
      /^E_PARSE line 42 is not a JSON object/,
    )
    expect(rejects.origin).toMatchObject({ index: 41, source: JSON.stringify(source) })
    const corrected = JSON.stringify({ index: 5, line: 6, byteOffset: 0, byteLength: 1, text: 'x' })
    expect(outcome(rejects, rejected(corrected, { source }))).toBe('x')
    expect(rejects.origin).toMatchObject({ index: 5, line: 6, source: null })
    const deeper = rejected(rejected(corrected, { source }), { source })
    expect(outcome(rejects, deeper)).toBe(
      'E_PARSE line 42 holds a line of a rejects file in a line of a rejects file',
    )
  })

  it('keep white space where the job wants it', () => {
    const keeping = parserOf({ format: 'rejects' }, { trim: false })
    parse(keeping, rejected(' a\n'))
    expect(textOf(keeping)).toBe(' a\n')
  })
})
