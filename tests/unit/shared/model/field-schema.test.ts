import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { defineFields } from '../../../../shared/model/field.ts'
import {
  changeSchema,
  defaultsOf,
  optionsSchema,
  parseFieldText,
  permissionKeysOf,
} from '../../../../shared/model/field-schema.ts'
import { describeIssue } from '../../../../shared/model/schema-issue.ts'

const base = { level: 1, group: 'work' } as const
const fields = defineFields({
  retries: { ...base, type: 'integer', flag: 'retries', min: 0, max: 20, default: 2 },
  rate: { ...base, type: 'number', flag: 'rate', min: 0.5, max: 10, default: null },
  timeoutMs: { ...base, type: 'duration', flag: 'timeout', min: 1, max: 60_000, default: 10_000 },
  bodyBytes: { ...base, type: 'size', flag: 'max-body', min: 0, max: 2 ** 20, default: 65_536 },
  unique: { ...base, type: 'boolean', flag: 'unique', default: false },
  robots: { ...base, type: 'tristate', flag: 'robots', default: null },
  method: { ...base, type: 'choice', flag: 'method', choices: ['GET', 'HEAD'], default: 'GET' },
  extract: { ...base, type: 'choices', flag: 'extract', choices: ['title', 'links'], default: [] },
  agent: { ...base, type: 'text', flag: 'user-agent', maxLength: 5, default: null },
  headers: { ...base, type: 'texts', flag: 'header', maxLength: 20, default: [], permission: true },
})

const defaults = {
  retries: 2,
  rate: null,
  timeoutMs: 10_000,
  bodyBytes: 65_536,
  unique: false,
  robots: null,
  method: 'GET',
  extract: [],
  agent: null,
  headers: [],
}

function refusalOf(value: unknown): string {
  const parsed = optionsSchema(fields).safeParse(value)
  return parsed.success ? 'accepted' : describeIssue(parsed.error, value, permissionKeysOf(fields))
}

describe('optionsSchema', () => {
  it('fills what is left out with the defaults', () => {
    expect(defaultsOf(fields)).toEqual(defaults)
    expect(optionsSchema(fields).parse({})).toEqual(defaults)
    expect(optionsSchema(fields).parse({ rate: 2.5, robots: false })).toEqual({
      ...defaults,
      rate: 2.5,
      robots: false,
    })
  })

  it.each([
    [{ retries: 21 }, '$.retries: expected a whole number from 0 to 20, found 21'],
    [{ retries: 1.5 }, '$.retries: expected a whole number from 0 to 20, found 1.5'],
    [{ retries: null }, '$.retries: expected a whole number from 0 to 20, found null'],
    [{ rate: NaN }, '$.rate: expected a number from 0.5 to 10 or null, found NaN'],
    [{ rate: Infinity }, '$.rate: expected a number from 0.5 to 10 or null, found Infinity'],
    [{ bodyBytes: 1e308 }, '$.bodyBytes: expected whole bytes from 0 to 1048576, found 1e+308'],
    [{ timeoutMs: '10s' }, '$.timeoutMs: expected milliseconds from 1 to 60000, found "10s"'],
    [{ unique: 1 }, '$.unique: expected true or false, found 1'],
    [{ method: 'PUT' }, '$.method: expected one of GET, HEAD, found "PUT"'],
    [{ extract: ['title', 'x'] }, '$.extract[1]: expected a list of some of title, links, found "x"'],
    [
      { agent: 'a\r\nb' },
      '$.agent: expected text of at most 5 characters without control characters or null, found "a\\r\\nb"',
    ],
    [{ retry: 1 }, '$: unknown key "retry"; leave it out'],
    [[], '$: expected an object, found a list of 0'],
  ])('refuses %j with its path, what was expected and what was found', (value, message) => {
    expect(refusalOf(value)).toBe(message)
  })

  it('does not show what a permission field holds', () => {
    expect(refusalOf({ headers: ['Authorization: secret-and-too-long'] })).not.toContain('secret')
  })
})

describe('changeSchema', () => {
  it('keeps what was given and adds nothing', () => {
    expect(changeSchema(fields).parse({ retries: 3 })).toEqual({ retries: 3 })
    expect(changeSchema(fields).safeParse({ retries: 99 }).success).toBe(false)
    expect(changeSchema(fields).safeParse({ other: 1 }).success).toBe(false)
  })
})

describe('parseFieldText', () => {
  it('reads every type of field', () => {
    expect({
      retries: parseFieldText(fields.retries, '7'),
      rate: parseFieldText(fields.rate, '2.5'),
      timeoutMs: parseFieldText(fields.timeoutMs, '5s'),
      bodyBytes: parseFieldText(fields.bodyBytes, '64KiB'),
      unique: parseFieldText(fields.unique, 'true'),
      robots: parseFieldText(fields.robots, 'false'),
      method: parseFieldText(fields.method, 'HEAD'),
      extract: parseFieldText(fields.extract, 'links,title,links'),
      agent: parseFieldText(fields.agent, 'bot/1'),
      headers: parseFieldText(fields.headers, 'A: b'),
    }).toEqual({
      retries: 7,
      rate: 2.5,
      timeoutMs: 5_000,
      bodyBytes: 65_536,
      unique: true,
      robots: false,
      method: 'HEAD',
      extract: ['links', 'title'],
      agent: 'bot/1',
      headers: ['A: b'],
    })
  })

  it.each([
    [fields.retries, '21', '--retries: expected a whole number from 0 to 20, got "21"'],
    [fields.retries, '1.5', '--retries: expected a whole number from 0 to 20, got "1.5"'],
    [fields.retries, '0x3', '--retries: expected a whole number from 0 to 20, got "0x3"'],
    [fields.retries, '', '--retries: expected a whole number from 0 to 20, got ""'],
    [fields.rate, '0', '--rate: expected a number from 0.5 to 10, got "0"'],
    [fields.timeoutMs, '2m', '--timeout: expected a duration from 1ms to 1m, got "2m"'],
    [fields.bodyBytes, '2MiB', '--max-body: expected a size from 0B to 1MiB, got "2MiB"'],
    [fields.unique, 'yes', '--unique: expected true or false, got "yes"'],
    [fields.method, 'get', '--method: expected one of GET, HEAD, got "get"'],
    [fields.extract, 'title,x', '--extract: expected some of title,links, separated by commas, got "x"'],
    [fields.headers, 'A: b\nC: secret', '--header: expected at most 20 characters and no control characters'],
  ])('refuses %#: flag, value and what it takes', (field, text, message) => {
    expect(() => parseFieldText(field, text)).toThrow(expect.objectContaining({ code: 'E_CONFIG', message }))
  })

  it('gives only values that the schema accepts', () => {
    const key = fc.constantFrom(...(Object.keys(fields) as (keyof typeof fields)[]))
    fc.assert(
      fc.property(
        key,
        fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)),
        (name, text) => {
          let value: unknown
          try {
            value = parseFieldText(fields[name], text)
          } catch (error) {
            expect(error).toMatchObject({ code: 'E_CONFIG' })
            return
          }
          expect(refusalOf({ [name]: value })).toBe('accepted')
        },
      ),
    )
  })
})
