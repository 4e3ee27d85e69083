import { describe, expect, it } from 'vitest'

import { planOf } from '../../../../engine/load/command-plan.ts'
import { previewCommand } from '../../../../engine/load/preview-command.ts'
import type { LoadOptions } from '../../../../shared/model/fields/load.ts'
import { makeLoadOptions, makeRecord, ScriptedFields } from '../../../support/engine/load-records.ts'

const preview = (given: Partial<LoadOptions>, record = makeRecord('text', { index: 5 })): string[] =>
  previewCommand(planOf(makeLoadOptions({ to: 'redis://127.0.0.1', ...given })), record)

const row = makeRecord('', { index: 5, fields: new ScriptedFields({ id: '7', gone: null, name: 'Ada' }) })

describe('previewCommand', () => {
  it.each<readonly [Partial<LoadOptions>, string[]]>([
    [{}, ['SET', '5', 'text']],
    [{ command: 'rpush', key: 'list' }, ['RPUSH', 'list', 'text']],
    [{ command: 'incrby', key: 'sum', value: '3' }, ['INCRBY', 'sum', '3']],
    [{ command: 'json.set' }, ['JSON.SET', '5', '$', 'text']],
    [{ command: 'zadd', key: 'z', score: '1.5' }, ['ZADD', 'z', '1.5', 'text']],
    [{ command: 'hset' }, ['HSET', '5', 'value', 'text']],
    [{ command: 'hset', value: '<{line}>' }, ['HSET', '5', 'value', '<text>']],
    [{ command: 'xadd', key: 's' }, ['XADD', 's', '*', 'value', 'text']],
  ])('shows %j of a line', (given, expected) => {
    expect(preview(given)).toEqual(expected)
  })

  it('shows the fields of a row that are not null', () => {
    expect(preview({ command: 'hset', key: 'user:{field:id}' }, row)).toEqual([
      'HSET',
      'user:7',
      'id',
      '7',
      'name',
      'Ada',
    ])
    expect(preview({ command: 'xadd', key: 's' }, row)).toEqual(['XADD', 's', '*', 'id', '7', 'name', 'Ada'])
  })

  it('cuts long arguments and says how long they are', () => {
    const [, , value] = preview({}, makeRecord('😀'.repeat(100)))
    expect(value).toBe(`${'😀'.repeat(80)}… (400 bytes)`)
    expect(preview({}, makeRecord('a'.repeat(80)))[2]).toBe('a'.repeat(80))
  })

  it('leaves out arguments beyond the first ones', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`c${at}`, '']))
    const texts = preview({ command: 'hset' }, makeRecord('', { fields: new ScriptedFields(wide) }))
    expect(texts).toHaveLength(41)
    expect(texts.at(-1)).toBe('… 162 more')
  })

  it('escapes what could rewrite a terminal', () => {
    expect(preview({}, makeRecord('\u001b[2J\r\nFLUSHALL'))[2]).toBe('\\u001b[2J\\u000d\\u000aFLUSHALL')
  })

  it('shows why a record cannot be written', () => {
    expect(preview({ key: '{field:id}' })).toEqual([
      'refused',
      'line 1: no field "id": records of lines have none',
    ])
    const refusal = { code: 'E_ENCODING', message: 'line 1: not UTF-8', isSkip: false } as const
    expect(preview({}, makeRecord('', { refusal }))).toEqual(['refused', 'line 1: not UTF-8'])
    expect(preview({ command: 'hset', value: 'x' }, row)[0]).toBe('refused')
  })
})
