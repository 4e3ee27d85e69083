import { describe, expect, it } from 'vitest'
import { dryRunOf } from '../../../../engine/destination/dry-run.ts'
import type { RecordView } from '../../../../engine/load/record-view.ts'
import type { LoadOptions } from '../../../../shared/model/fields/load.ts'
import { parseTarget } from '../../../../shared/model/load-target.ts'
import { makeRecord, ScriptedFields } from '../../../support/engine/load-records.ts'
import { makeDestinationRequest, makeWriterContext } from '../../../support/engine/writer-context.ts'

const REDIS = 'redis://127.0.0.1:1/0'

/** @returns Why the record could not be written; `ok` when it could. */
async function verdict(record: RecordView, options: Partial<LoadOptions>): Promise<string> {
  const request = makeDestinationRequest({ to: REDIS, ...options })
  const kind = dryRunOf(parseTarget(request.options.to!).target)
  const writer = await kind.openWriter(request, makeWriterContext())
  const refusal = writer.add(record)
  await writer.close()
  return refusal === null ? 'ok' : refusal.code
}

const verdicts = async (texts: readonly string[], options: Partial<LoadOptions>): Promise<string[]> =>
  await Promise.all(texts.map(text => verdict(makeRecord(text), options)))

describe('a dry run', () => {
  it('has no control, whatever the destination: nothing is connected', () => {
    for (const to of [REDIS, 'sqlite:/tmp/a.db', 'jsonl:/tmp/a.jsonl', 'null:'])
      expect(dryRunOf(parseTarget(to).target).openControl).toBeNull()
  })

  it('fills the templates of each record', async () => {
    const record = makeRecord('x', { fields: new ScriptedFields({ id: '1', none: null }) })
    expect(await verdict(record, { key: '{field:id}' })).toBe('ok')
    expect(await verdict(record, { key: '{field:none}' })).toBe('E_SCHEMA')
    expect(await verdict(record, { value: '{field:other}' })).toBe('E_SCHEMA')
    expect(await verdict(record, { command: 'hset' })).toBe('ok')
    expect(
      await verdict(makeRecord('', { fields: new ScriptedFields({ none: null }) }), { command: 'hset' }),
    ).toBe('E_SCHEMA')
  })

  it('says which values the server would refuse', async () => {
    const bad = 'E_DEST_DATA'
    expect(
      await verdicts(['0', '-12', '9223372036854775807', '9223372036854775808', '01', '1.5', ''], {
        command: 'incrby',
      }),
    ).toEqual(['ok', 'ok', 'ok', bad, bad, bad, bad])
    expect(
      await verdicts(['1', '-1.5e3', '.5', '+inf', 'nan', 'x', ''], { command: 'zadd', score: '{line}' }),
    ).toEqual(['ok', 'ok', 'ok', 'ok', bad, bad, bad])
    expect(await verdicts(['{"a":1}', '1', '{a:1}'], { command: 'json.set' })).toEqual(['ok', 'ok', bad])
  })

  it('makes the lines of a jsonl destination, and drops them', async () => {
    const request = makeDestinationRequest({ to: 'jsonl:/tmp/a.jsonl', key: '{field:id}' })
    const kind = dryRunOf(parseTarget(request.options.to!).target)
    const writer = await kind.openWriter(request, makeWriterContext())
    expect(writer.add(makeRecord('a'))?.code).toBe('E_SCHEMA')
    expect(writer.add(makeRecord('a', { fields: new ScriptedFields({ id: '1' }) }))).toBeNull()
    expect(writer.takeOutput).toBeUndefined()
    await writer.close()
  })
})
