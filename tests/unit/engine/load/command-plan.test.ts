import { describe, expect, it } from 'vitest'

import { canVerify, checkFormat, planOf, refuseFields } from '../../../../engine/load/command-plan.ts'
import { LOAD_COMMANDS, type LoadCommand } from '../../../../shared/model/fields/load.ts'
import { makeLoadOptions, makeRecord, ScriptedFields } from '../../../support/engine/load-records.ts'

const REDIS = 'redis://127.0.0.1:6379/0'

const optionsOf = (command: LoadCommand, given: Parameters<typeof makeLoadOptions>[0] = {}) =>
  makeLoadOptions({ to: REDIS, command, score: command === 'zadd' ? '1' : null, ...given })

const config = (message: RegExp) =>
  expect.objectContaining({ code: 'E_CONFIG', message: expect.stringMatching(message) })

describe('planOf', () => {
  it('writes the index as key and the text as value unless told otherwise', () => {
    const plan = planOf(optionsOf('set'))
    expect({ key: plan.key.text, value: plan.value.text, needsFields: plan.needsFields }).toEqual({
      key: '{index}',
      value: '{line}',
      needsFields: false,
    })
  })

  it('knows which commands may be repeated, spread fields, or can be verified', () => {
    const those = (has: (command: LoadCommand) => boolean) => LOAD_COMMANDS.filter(has)
    expect(those(command => !planOf(optionsOf(command)).isIdempotent)).toEqual(['rpush', 'xadd', 'incrby'])
    expect(those(command => planOf(optionsOf(command)).spreadsFields)).toEqual(['hset', 'xadd'])
    expect(those(command => planOf(optionsOf(command)).needsFields)).toEqual(['hset', 'xadd'])
    expect(those(command => !canVerify(optionsOf(command)))).toEqual(['rpush', 'xadd', 'incrby'])
  })

  it('wants fields where a template names one, or where a file has room for them', () => {
    expect(planOf(optionsOf('set', { key: '{field:id}' })).needsFields).toBe(true)
    expect(planOf(optionsOf('zadd', { score: '{field:points}' })).needsFields).toBe(true)
    expect(planOf(makeLoadOptions({ to: 'sqlite:a.db' })).needsFields).toBe(true)
    expect(planOf(makeLoadOptions({ to: null })).needsFields).toBe(true)
    expect(planOf(makeLoadOptions({ to: 'sqlite:a.db', value: '{line}' })).needsFields).toBe(false)
    expect(planOf(makeLoadOptions({ to: 'null:' })).needsFields).toBe(false)
  })

  it('refuses options that contradict each other', () => {
    expect(() => planOf(optionsOf('zadd', { score: null }))).toThrow(config(/zadd needs --score/))
    expect(() => planOf(optionsOf('set', { score: '1' }))).toThrow(config(/only for --command zadd/))
    expect(() => planOf(optionsOf('rpush', { to: 'sqlite:a.db' }))).toThrow(config(/is for Redis/))
    expect(() => planOf(optionsOf('set', { key: '{nope}' }))).toThrow(config(/\{nope\} is unknown/))
    expect(() => planOf(optionsOf('set', { format: 'lines', key: '{field:a}' }))).toThrow(
      config(/records of lines have no fields/),
    )
    expect(() => planOf(optionsOf('hset', { format: 'csv', value: '{line}' }))).toThrow(
      config(/writes every field of a csv record/),
    )
  })

  it('takes --value with hset where records may have no fields', () => {
    expect(planOf(optionsOf('hset', { format: 'lines', value: '<{line}>' })).refusesFields).toBe(true)
    expect(planOf(optionsOf('hset', { value: '<{line}>' })).refusesFields).toBe(true)
    expect(planOf(optionsOf('hset')).refusesFields).toBe(false)
  })
})

describe('checkFormat', () => {
  it('refuses a header row without the fields that are asked for, and names those it has', () => {
    const plan = planOf(optionsOf('set', { key: '{field:id}:{field:nmae}' }))
    expect(() => checkFormat(plan, { format: 'csv', header: ['id', 'name'] })).toThrow(
      expect.objectContaining({
        code: 'E_SCHEMA',
        message: 'template "{field:id}:{field:nmae}": the header row has no "nmae", but "id", "name"',
      }),
    )
    checkFormat(plan, { format: 'csv', header: ['nmae', 'id'] })
    checkFormat(plan, { format: 'jsonl', header: null })
  })

  it('refuses --value where every field is written', () => {
    const plan = planOf(optionsOf('xadd', { value: '{line}' }))
    expect(() => checkFormat(plan, { format: 'jsonl', header: null })).toThrow(config(/leave it out/))
    checkFormat(plan, { format: 'lines', header: null })
  })
})

describe('refuseFields', () => {
  const some = makeRecord('', { line: 9, fields: new ScriptedFields({ a: null, b: '1' }) })
  const none = makeRecord('', { line: 9, fields: new ScriptedFields({ a: null }) })

  it('takes records with a field and records of lines', () => {
    const plan = planOf(optionsOf('hset'))
    expect(refuseFields(plan, some)).toBeNull()
    expect(refuseFields(plan, makeRecord('x'))).toBeNull()
  })

  it('refuses records whose fields are all null', () => {
    expect(refuseFields(planOf(optionsOf('hset')), none)).toEqual({
      code: 'E_SCHEMA',
      message: 'line 9: hset needs at least one field that is not null',
      isSkip: false,
    })
  })

  it('refuses records with fields where --value was given', () => {
    expect(refuseFields(planOf(optionsOf('hset', { value: '{line}' })), some)?.message).toMatch(
      /^line 9: --value is for records without fields/,
    )
  })
})
