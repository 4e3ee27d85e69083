import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { RecordView } from '../../../../engine/load/record-view.ts'
import {
  ARGUMENT_BYTES,
  compileTemplate,
  digitsOf,
  writeDigits,
  type Template,
} from '../../../../engine/load/template.ts'
import { makeRecord, ScriptedFields } from '../../../support/engine/load-records.ts'

/** @returns The bytes of the template, or why there are none. */
function filled(template: Template, record: RecordView): string {
  const length = template.measure(record)
  if (length < 0) return `${template.problem?.code} ${template.problem?.message}`
  const into = Buffer.alloc(length + 8, '.')
  expect(template.write(record, into, 4)).toBe(4 + length)
  expect(into.subarray(0, 4).toString() + into.subarray(4 + length).toString()).toBe('........')
  const text = into.subarray(4, 4 + length).toString()
  expect(template.textOf(record)).toBe(text)
  return text
}

const fill = (text: string, record: RecordView): string => filled(compileTemplate(text), record)

describe('compileTemplate', () => {
  const record = makeRecord('a ü 😀', {
    index: 41,
    line: 7,
    fields: new ScriptedFields({ id: 'x{1}', n: '' }),
  })

  it.each([
    ['', ''],
    ['key', 'key'],
    ['{index}', '41'],
    ['{line}', 'a ü 😀'],
    ['{field:id}', 'x{1}'],
    ['{field:n}', ''],
    ['user:{index}:{line}!', 'user:41:a ü 😀!'],
    ['{{"id":"{field:id}"}}', '{"id":"x{1}"}'],
    ['{{{index}}}', '{41}'],
    ['{{index}}', '{index}'],
    ['{{}}{{', '{}{'],
    ['ü{index}ü', 'ü41ü'],
  ])('fills %s', (text, expected) => {
    expect(fill(text, record)).toBe(expected)
  })

  it.each([
    ['{Index}', '{Index} is unknown'],
    ['{}', '{} is unknown'],
    ['{field}', '{field} is unknown'],
    ['{field:}', '{field:} lacks the name'],
    ['{line', 'the placeholder {line has no end'],
    ['line}', 'a "}" stands alone'],
    ['{{index}', 'a "}" stands alone'],
    ['{ index }', '{ index } is unknown'],
  ])('refuses %s and names what is known', (text, problem) => {
    expect(() => compileTemplate(text)).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG',
        message: expect.stringMatching(/known are \{index\}, \{line\}, \{field:NAME\} and \{hash\}/),
      }),
    )
    expect(() => compileTemplate(text)).toThrow(problem)
  })

  it('says which of the usual templates it is, and which fields it needs', () => {
    const facts = (text: string) => {
      const { isIndexOnly, isTextOnly, needsFields, fieldNames } = compileTemplate(text)
      return { isIndexOnly, isTextOnly, needsFields, fieldNames }
    }
    const none = { isIndexOnly: false, isTextOnly: false, needsFields: false, fieldNames: [] }
    expect(facts('{index}')).toEqual({ ...none, isIndexOnly: true })
    expect(facts('{line}')).toEqual({ ...none, isTextOnly: true })
    expect(facts('{index}{line}')).toEqual(none)
    expect(facts('{field:a}-{field:b c}')).toEqual({ ...none, needsFields: true, fieldNames: ['a', 'b c'] })
  })

  it('takes the text of a field as it is, never as a template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        const hostile = makeRecord(value, { fields: new ScriptedFields({ f: value }) })
        expect(fill('<{field:f}|{line}>', hostile)).toBe(`<${value}|${value}>`)
      }),
    )
  })

  it('gives back any text whose braces are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', 'ü', '{index}') }), text => {
        expect(fill(text.replaceAll('{', '{{').replaceAll('}', '}}'), record)).toBe(text)
      }),
    )
  })

  it('fills any mix of parts like the parts one by one', () => {
    const part = fc.constantFrom('{index}', '{line}', '{field:id}', '{hash}', 'x', '{{', '}}')
    fc.assert(
      fc.property(fc.array(part), parts => {
        expect(fill(parts.join(''), record)).toBe(parts.map(each => fill(each, record)).join(''))
      }),
    )
  })

  it('writes bytes that are no UTF-8 as they are', () => {
    const raw = Buffer.from([0xff, 0x00, 0x80])
    const odd = makeRecord('', { text: raw, textEnd: 3 })
    const template = compileTemplate('a{line}b')
    const into = Buffer.alloc(template.measure(odd))
    template.write(odd, into, 0)
    expect(into).toEqual(Buffer.from([0x61, 0xff, 0x00, 0x80, 0x62]))
  })

  it('hashes the bytes of the source, whatever was trimmed or decoded', () => {
    const raw = Buffer.from('  padded\t')
    const trimmed = makeRecord('', { raw, rawEnd: raw.length, text: Buffer.from('padded'), textEnd: 6 })
    expect(fill('{hash}', trimmed)).toBe(createHash('sha256').update(raw).digest('hex'))
    expect(fill('{hash}', makeRecord(''))).toBe(createHash('sha256').digest('hex'))
  })

  it('refuses the hash of a record whose bytes are not kept', () => {
    const long = makeRecord('text', { rawEnd: 0, byteLength: 2_000_000, line: 3 })
    expect(fill('{hash}', long)).toBe(
      'E_LINE_TOO_LONG line 3: a record of 2000000 bytes is too long for {hash}',
    )
  })

  it('names a field that is missing, with those there are', () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`c${at}`, '']))
    expect(fill('{field:x}', record)).toBe('E_SCHEMA line 7: no field "x"; the record has "id", "n"')
    expect(fill('a{field:x}', makeRecord('', { fields: new ScriptedFields(many) }))).toBe(
      'E_SCHEMA line 1: no field "x"; the record has "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7" and 2 more',
    )
    expect(fill('{field:x}', makeRecord('', { fields: new ScriptedFields({}) }))).toMatch(/none at all/)
    expect(fill('{field:x}', makeRecord(''))).toBe(
      'E_SCHEMA line 1: no field "x": records of lines have none',
    )
  })

  it('takes JSON null for no value', () => {
    expect(fill('{field:a}', makeRecord('', { fields: new ScriptedFields({ a: null }) }))).toBe(
      'E_SCHEMA line 1: the field "a" is null',
    )
  })

  it('refuses an argument that grows beyond its bound instead of holding it', () => {
    const text = Buffer.alloc(2 ** 24)
    const large = makeRecord('', { text, textEnd: text.length })
    expect(compileTemplate('{line}'.repeat(4)).measure(large)).toBe(ARGUMENT_BYTES)
    expect(fill('{line}'.repeat(5), large)).toMatch(/^E_DEST_DATA line 1: .* more than 67108864 bytes$/)
  })
})

describe('writeDigits', () => {
  it('writes every whole number as String does', () => {
    const edges = [0, 9, 10, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 10 ** 15, Number.MAX_SAFE_INTEGER]
    const check = (value: number): void => {
      const into = Buffer.alloc(20)
      const end = writeDigits(value, digitsOf(value), into, 2)
      expect(into.subarray(2, end).toString()).toBe(String(value))
    }
    edges.forEach(check)
    fc.assert(fc.property(fc.maxSafeNat(), check))
    fc.assert(fc.property(fc.nat(), check))
  })
})
