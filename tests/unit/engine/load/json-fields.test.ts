import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesOf, outcome, parse, parserOf, textOf, valuesOf } from './records.ts'

const jsonl = parserOf({ format: 'jsonl' })

const hasHalf = (text: string): boolean => {
  let found = false
  JSON.parse(text, (name, value: unknown) => {
    if (!name.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) found = true
    return value
  })
  return found
}

/** Names of the outermost object, duplicates included. */
function namesIn(text: string): string[] {
  const names: string[] = []
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:|"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (depth === 1 && token.endsWith(':')) names.push(JSON.parse(token.slice(0, -1)) as string)
  }
  return names
}

/** The rules once more, by means of `JSON.parse`. */
function isTaken(text: string): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return false
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || hasHalf(text)) return false
  const names = namesIn(text)
  return new Set(names).size === names.length
}

describe('objects', () => {
  it('gives members by name, strings decoded and all else as it is written', () => {
    const values: [string, string, string][] = [
      ['text', '"a\\n\\"\\u00e9\\ud83d\\ude00\\/ü"', 'a\n"é😀/ü'],
      ['plain', '"中 b"', '中 b'],
      ['empty', '""', ''],
      ['beyond 2^53', '9007199254740993', '9007199254740993'],
      ['infinite', '1e999', '1e999'],
      ['negative zero', '-0', '-0'],
      ['float', '1.0', '1.0'],
      ['yes', 'true', 'true'],
      ['object', '{ "x" : [1, "\\n"] }', '{ "x" : [1, "\\n"] }'],
      ['array', '[]', '[]'],
      ['q\\"\\u0041', '"z"', 'z'],
    ]
    parse(jsonl, ` {${values.map(([name, written]) => ` "${name}" : ${written}`).join(',')} }\t`)
    expect(namesOf(jsonl.fields)).toEqual(values.map(([name]) => JSON.parse(`"${name}"`) as string))
    expect(valuesOf(jsonl.fields)).toEqual(values.map(([, , value]) => value))
    expect([jsonl.fields?.find('float'), jsonl.fields?.find('q"A'), jsonl.fields?.find('none')]).toEqual([
      6, 10, -1,
    ])
  })

  it('marks null, which is neither empty nor text', () => {
    parse(jsonl, '{"a":null,"b":"null","c":""}')
    expect([0, 1, 2].map(at => jsonl.fields?.isNull(at))).toEqual([true, false, false])
  })

  it('keeps the text of the object as it is written', () => {
    expect(outcome(jsonl, ' {"b": 1.50 ,"a":"\\u0061"} ')).toBe('{"b": 1.50 ,"a":"\\u0061"}')
    const unasked = parserOf({ format: 'jsonl' }, { needsFields: false })
    expect(outcome(unasked, '{"a":1}')).toBe('{"a":1}')
    expect(unasked.fields).toBeNull()
    expect(outcome(unasked, '{"a":1,}')).toMatch(/^E_PARSE/)
  })

  it('tells records of different shapes apart', () => {
    const records = [{ a: '1', b: '2' }, { b: '3', a: '4' }, { a: '5' }, {}, { ab: '6' }, { a: '7', b: '8' }]
    for (let round = 0; round < 3; round += 1)
      for (const record of records) {
        parse(jsonl, JSON.stringify(record))
        expect(namesOf(jsonl.fields)).toEqual(Object.keys(record))
        expect(Object.keys(record).map(name => jsonl.fields?.find(name))).toEqual(
          Object.keys(record).map((_, at) => at),
        )
      }
    for (let shape = 0; shape < 1_000; shape += 1) {
      parse(jsonl, `{"x${shape}":${shape}}`)
      expect([jsonl.fields?.find(`x${shape}`), jsonl.fields?.find(`x${shape - 1}`)]).toEqual([0, -1])
    }
  })

  it('says what is wrong and where', () => {
    const refused: [string, string][] = [
      ['{"a":1,}', 'E_PARSE line 7 is not a JSON object: expected a name in quotes at byte 8, in "{"a":1,}"'],
      ['{"a":NaN}', 'E_PARSE line 7 is not a JSON object: expected a value at byte 6, in "{"a":NaN}"'],
      [
        '{"a":1}{"b":2}',
        'E_PARSE line 7 is not a JSON object: expected the end of the record at byte 8, in "{"a":1}{"b":2}"',
      ],
      [
        '{"a":1} // c',
        'E_PARSE line 7 is not a JSON object: expected the end of the record at byte 9, in "{"a":1} // c"',
      ],
      ['{"a":"b', 'E_PARSE line 7 is not a JSON object: expected a closing quote at its end, in "{"a":"b"'],
      ['[{"a":1}]', 'E_PARSE line 7 is not a JSON object: it is an array'],
      ['"a"', 'E_PARSE line 7 is not a JSON object: it is a string'],
      ['-1.5e+3', 'E_PARSE line 7 is not a JSON object: it is a number'],
      ['null', 'E_PARSE line 7 is not a JSON object: it is null'],
      ['nul', 'E_PARSE line 7 is not a JSON object: expected a value at byte 1, in "nul"'],
      ['{"a":1,"b":2,"a":3}', 'E_PARSE line 7 names member 1 and member 3 alike: "a"'],
      ['{"a":1,"\\u0061":3}', 'E_PARSE line 7 names member 1 and member 2 alike: "a"'],
      ['{"a":"x\\ud800"}', 'E_ENCODING line 7 has half a character: byte 8 is \\ud800'],
      ['{"a":["\\udc00\\ud800"]}', 'E_ENCODING line 7 has half a character: byte 8 is \\udc00'],
      ['{"\\ud800":1}', 'E_ENCODING line 7 has a name that is not text: member 1'],
    ]
    expect(refused.map(([text]) => outcome(jsonl, text))).toEqual(refused.map(([, message]) => message))
  })

  it('takes half a character as three bytes where the job keeps what is not valid', () => {
    const keeping = parserOf({ format: 'jsonl' }, { invalidBytes: 'keep' })
    parse(keeping, '{"a":"x\\ud800"}')
    const fields = keeping.fields
    expect(fields?.bytesOf(0).toString('hex', fields.startOf(0), fields.endOf(0))).toBe('78eda080')
  })

  it('bounds how deep values lie in each other, and how many members there are', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(outcome(jsonl, nested(200))).toBe(nested(200))
    expect(outcome(jsonl, nested(201))).toMatch(
      /^E_PARSE .* expected no more than 200 values in each other at byte 205/,
    )
    expect(outcome(jsonl, '['.repeat(1_000_000))).toMatch(/^E_PARSE/)
    const wide = (members: number): string =>
      `{${Array.from({ length: members }, (_, at) => `"${at}":${at}`).join(',')}}`
    parse(jsonl, wide(65_536))
    expect([jsonl.refusal, jsonl.fields?.textOf(65_535)]).toEqual([null, '65535'])
    expect(outcome(jsonl, wide(65_537))).toBe('E_SCHEMA line 7 has 65537 members, at most 65536 are allowed')
  })

  it('takes exactly what JSON.parse takes, but for duplicate names and half characters', () => {
    const text = fc.oneof(
      fc.json({ stringUnit: 'binary' }),
      fc
        .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
        .map(value => JSON.stringify(value)),
    )
    const noise = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '0',
        '-',
        '.',
        'e',
        '+',
        '1',
        ' ',
        '\t',
        '\n',
        '\u00a0',
        '\ufeff',
        '\0',
      ],
      ...[
        'null',
        'true',
        'fals',
        '"a":',
        '"a":1',
        '\\ud800',
        '\\udc00',
        '\\u00',
        '\\n',
        '\\x',
        'NaN',
        '01',
        '1e5',
        'é',
      ],
    )
    const damaged = fc
      .tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat(2), noise), { maxLength: 3 }))
      .map(([whole, edits]) =>
        edits.reduce((now, [at, cut, piece]) => {
          const place = at % (now.length + 1)
          return now.slice(0, place) + piece + now.slice(place + cut)
        }, whole),
      )
    const assembled = fc.array(noise, { maxLength: 12 }).map(pieces => `{"k":${pieces.join('')}}`)
    fc.assert(
      fc.property(fc.oneof(text, damaged, assembled), written => {
        fc.pre(written.isWellFormed())
        parse(jsonl, written)
        expect(jsonl.refusal === null).toBe(isTaken(written))
        if (jsonl.refusal !== null) return
        const parsed = JSON.parse(written) as Record<string, unknown>
        expect(new Set(namesOf(jsonl.fields))).toEqual(new Set(Object.keys(parsed)))
        namesOf(jsonl.fields).forEach((name, at) => {
          const value = Object.getOwnPropertyDescriptor(parsed, name)?.value as unknown
          const found = jsonl.fields?.textOf(at) ?? ''
          if (typeof value === 'string') expect(found).toBe(value)
          else expect(JSON.parse(found)).toEqual(value)
        })
      }),
      { seed: 20_260_712, numRuns: 2_000 },
    )
  }, 30_000)

  it('reads objects in every encoding', () => {
    const parser = parserOf({ format: 'jsonl', encoding: 'utf-16le' })
    parse(parser, Buffer.from('{"名":"\\u00e9中"}', 'utf16le'))
    expect([namesOf(parser.fields), valuesOf(parser.fields), textOf(parser)]).toEqual([
      ['名'],
      ['é中'],
      '{"名":"\\u00e9中"}',
    ])
  })
})
