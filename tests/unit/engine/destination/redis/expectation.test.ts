import { describe, expect, it } from 'vitest'

import { expectationOf } from '../../../../../engine/destination/redis/expectation.ts'
import { planOf } from '../../../../../engine/load/command-plan.ts'
import type { LoadOptions } from '../../../../../shared/model/fields/load.ts'
import { makeLoadOptions, makeRecord, ScriptedFields } from '../../../../support/engine/load-records.ts'

const expectedOf = (given: Partial<LoadOptions>, record = makeRecord('text', { index: 5 })) => {
  const made = expectationOf(planOf(makeLoadOptions({ to: 'redis://127.0.0.1', ...given })), record)
  if ('refusal' in made) throw new Error(made.refusal.message)
  return made.expected
}

const question = (...given: Parameters<typeof expectedOf>): string[] =>
  expectedOf(...given).question.map(String)

const row = makeRecord('', { fields: new ScriptedFields({ id: '7', gone: null, name: 'Ada' }) })

describe('expectationOf', () => {
  it('asks for what each command leaves', () => {
    expect(question({})).toEqual(['GET', '5'])
    expect(question({ command: 'sadd', key: 's' })).toEqual(['SISMEMBER', 's', 'text'])
    expect(question({ command: 'zadd', key: 'z', score: '1' })).toEqual(['ZSCORE', 'z', 'text'])
    expect(question({ command: 'hset' })).toEqual(['HMGET', '5', 'value'])
    expect(question({ command: 'hset', key: 'h' }, row)).toEqual(['HMGET', 'h', 'id', 'name'])
    expect(question({ command: 'json.set' })).toEqual(['JSON.GET', '5', '$'])
  })

  it('keeps what it expects when the record goes on', () => {
    const record = { ...makeRecord('text') }
    const expected = expectedOf({}, record)
    record.text.fill('x')
    expect(expected.differenceOf(Buffer.from('text'))).toBeNull()
  })

  it('passes on why a record cannot be written', () => {
    const plan = planOf(makeLoadOptions({ to: 'redis://127.0.0.1', key: '{field:id}' }))
    expect(expectationOf(plan, makeRecord('text', { line: 3 }))).toEqual({
      refusal: {
        code: 'E_SCHEMA',
        message: 'line 3: no field "id": records of lines have none',
        isSkip: false,
      },
    })
  })

  it('compares byte for byte and shows length and beginning of what is there', () => {
    const { differenceOf } = expectedOf({})
    expect(differenceOf(Buffer.from('text'))).toBeNull()
    expect(differenceOf(null)).toBe('is missing')
    expect(differenceOf(Buffer.from('text '))).toBe('holds "text " (5 bytes) instead of "text" (4 bytes)')
    expect(differenceOf(Buffer.alloc(1_000, 'ü'))).toBe(
      `holds "${'ü'.repeat(32)}…" (1000 bytes) instead of "text" (4 bytes)`,
    )
  })

  it('names the field that differs', () => {
    const { differenceOf } = expectedOf({ command: 'hset' }, row)
    expect(differenceOf([Buffer.from('7'), Buffer.from('Ada')])).toBeNull()
    expect(differenceOf([Buffer.from('7'), null])).toBe('field "name" is missing')
    expect(differenceOf([Buffer.from('8'), Buffer.from('Ada')])).toMatch(/^field "id" holds "8"/)
  })

  it('compares scores as numbers, however they are written', () => {
    const fits = (score: string, found: string) =>
      expectedOf({ command: 'zadd', key: 'z', score }).differenceOf(Buffer.from(found)) === null
    expect(fits('1.50', '1.5')).toBe(true)
    expect(fits('1e3', '1000')).toBe(true)
    expect(fits('+inf', 'inf')).toBe(true)
    expect(fits('-Infinity', '-inf')).toBe(true)
    expect(fits('1', '2')).toBe(false)
    expect(fits('', '0')).toBe(false)
    expect(expectedOf({ command: 'zadd', key: 'z', score: '1' }).differenceOf(null)).toMatch(/^does not hold/)
  })

  it('compares documents as what they say', () => {
    const { differenceOf } = expectedOf({ command: 'json.set' }, makeRecord('{"a": 1.0, "b": [2]}'))
    expect(differenceOf(Buffer.from('[{"b":[2],"a":1}]'))).toBeNull()
    expect(differenceOf(Buffer.from('[{"a":1}]'))).toMatch(/^holds /)
    expect(differenceOf(null)).toBe('is missing')
  })
})
