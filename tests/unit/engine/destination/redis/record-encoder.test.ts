import { describe, expect, it } from 'vitest'
import { BatchBuffer, BufferPool } from '../../../../../engine/destination/redis/batch-buffer.ts'
import {
  CommandEncoder,
  msetHeader,
  PairEncoder,
  ScriptEncoder,
  type RecordEncoder,
} from '../../../../../engine/destination/redis/record-encoder.ts'
import { failuresOf } from '../../../../../engine/destination/redis/redis-batch.ts'
import { planOf } from '../../../../../engine/load/command-plan.ts'
import type { RecordView } from '../../../../../engine/load/record-view.ts'
import type { LoadOptions } from '../../../../../shared/model/fields/load.ts'
import { makeLoadOptions, makeRecord, ScriptedFields } from '../../../../support/engine/load-records.ts'

const planFor = (options: Partial<LoadOptions>) =>
  planOf(makeLoadOptions({ to: 'redis://localhost', ...options }))

const encode = (encoder: RecordEncoder, records: readonly RecordView[]): BatchBuffer => {
  const buffer = new BatchBuffer()
  for (const record of records) expect(encoder.add(record, buffer)).toBeNull()
  return buffer
}

const textOf = ({ bytes, start, end }: BatchBuffer): string =>
  bytes.toString('utf8', start, end).replaceAll('\r\n', '~')

const record = (text: string, taskIndex: number): RecordView => makeRecord(text, { taskIndex })

describe('PairEncoder', () => {
  it('writes key and value, each behind its length', () => {
    const buffer = encode(new PairEncoder(planFor({})), [
      record('a', 0),
      record('größe', 12),
      record('', 345),
    ])
    expect(textOf(buffer)).toBe('$1~0~$1~a~$2~12~$7~größe~$3~345~$0~~')
    expect(buffer.records).toBe(3)
  })

  it('becomes one MSET when the header is written in front', () => {
    const buffer = encode(new PairEncoder(planFor({})), [record('a', 0), record('b', 1)])
    expect(buffer.withHeader(msetHeader(buffer.records)).toString()).toBe(
      '*5\r\n$4\r\nMSET\r\n$1\r\n0\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n',
    )
  })

  it.each([0, 9, 10, 99, 100, 999, 1_000, 65_535, 4_294_967_296, 9_007_199_254_740_991])(
    'writes the index %i as its decimal digits',
    index => {
      const buffer = encode(new PairEncoder(planFor({})), [makeRecord('v', { index })])
      expect(textOf(buffer)).toBe(`$${String(index).length}~${index}~$1~v~`)
    },
  )

  it.each([0, 1, 9, 10, 24, 25, 99, 100, 101, 999, 1_000, 65_536, 1_234_567])(
    'copies a value of %i bytes',
    length => {
      const buffer = encode(new PairEncoder(planFor({})), [record('x'.repeat(length), 0)])
      expect(textOf(buffer)).toBe(`$1~0~$${length}~${'x'.repeat(length)}~`)
    },
  )

  it('leaves the batch as it was when a record cannot be written', () => {
    const encoder = new PairEncoder(planFor({ key: '{field:id}' }))
    const fields = (value: string | null) => makeRecord('v', { fields: new ScriptedFields({ id: value }) })
    const buffer = encode(encoder, [fields('a')])
    expect(encoder.add(fields(null), buffer)).toMatchObject({ code: 'E_SCHEMA' })
    expect(encoder.add(fields('b'), buffer)).toBeNull()
    expect(textOf(buffer)).toBe('$1~a~$1~v~$1~b~$1~v~')
  })
})

describe('CommandEncoder', () => {
  const fields = new ScriptedFields({ name: 'Ada', größe: '', gone: null })

  it.each<[Partial<LoadOptions>, string]>([
    [{ command: 'sadd', key: 's' }, '*3~$4~SADD~$1~s~$4~text~'],
    [{ command: 'json.set' }, '*4~$8~JSON.SET~$1~7~$1~$~$4~text~'],
    [{ command: 'zadd', key: 'z', score: '{index}.5' }, '*4~$4~ZADD~$1~z~$3~7.5~$4~text~'],
    [{ command: 'hset' }, '*4~$4~HSET~$1~7~$5~value~$4~text~'],
    [{ command: 'set', value: '<{line}>' }, '*3~$3~SET~$1~7~$6~<text>~'],
  ])('writes a line as %j', (options, text) => {
    expect(textOf(encode(new CommandEncoder(planFor(options)), [record('text', 7)]))).toBe(text)
  })

  it('writes each field that is not null', () => {
    const encoder = new CommandEncoder(planFor({ command: 'hset', key: '{field:name}' }))
    const buffer = encode(encoder, [makeRecord('', { fields }), makeRecord('', { fields })])
    const one = '*6~$4~HSET~$3~Ada~$4~name~$3~Ada~$7~größe~$0~~'
    expect(textOf(buffer)).toBe(one + one)
  })

  it('follows names that change from record to record', () => {
    const encoder = new CommandEncoder(planFor({ command: 'hset' }))
    const records = ['a', 'bb', 'a'].map(name =>
      makeRecord('', { fields: new ScriptedFields({ [name]: '1' }) }),
    )
    expect(textOf(encode(encoder, records))).toBe(
      ['a', 'bb', 'a'].map(name => `*4~$4~HSET~$1~0~$${name.length}~${name}~$1~1~`).join(''),
    )
  })

  it('refuses a record that has no field to write', () => {
    const record = makeRecord('', { fields: new ScriptedFields({ gone: null }) })
    const buffer = new BatchBuffer()
    expect(new CommandEncoder(planFor({ command: 'hset' })).add(record, buffer)).toMatchObject({
      code: 'E_SCHEMA',
    })
    expect(buffer.records).toBe(0)
  })

  it('finds the records that were refused again, by their place', () => {
    const encoder = new CommandEncoder(planFor({ command: 'hset' }))
    const buffer = encode(
      encoder,
      ['a', 'b', 'c'].map((text, at) => record(text, at)),
    )
    const errors = [
      [0, 'WRONGTYPE x'],
      [2, 'ERR y'],
    ] as const
    expect(failuresOf(errors, buffer, encoder)).toEqual([
      { at: 0, code: 'E_DEST_DATA', message: 'Redis refused key "0": WRONGTYPE x' },
      { at: 2, code: 'E_DEST_DATA', message: 'Redis refused key "2": ERR y' },
    ])
  })

  it('shows the beginning of a long key', () => {
    const encoder = new PairEncoder(planFor({ key: '{line}' }))
    const buffer = encode(encoder, [record('k'.repeat(100), 0)])
    expect(failuresOf([[0, 'NOPERM']], buffer, encoder)[0]?.message).toBe(
      `Redis refused key "${'k'.repeat(48)}…" of 100 bytes: NOPERM`,
    )
  })
})

describe('ScriptEncoder', () => {
  it('writes the task and the count of arguments before them', () => {
    const encoder = new ScriptEncoder(planFor({ command: 'rpush', key: 'list' }))
    const buffer = encode(encoder, [record('a', 5), record('b', 7)])
    expect(textOf(buffer)).toBe('$1~5~$1~2~$4~list~$1~a~$1~7~$1~2~$4~list~$1~b~')
    expect(buffer.arguments).toBe(8)
  })

  it('writes the star and the fields of a stream entry', () => {
    const encoder = new ScriptEncoder(planFor({ command: 'xadd', key: 's' }))
    const buffer = encode(encoder, [makeRecord('', { taskIndex: 3, fields: new ScriptedFields({ f: 'v' }) })])
    expect(textOf(buffer)).toBe('$1~3~$1~4~$1~s~$1~*~$1~f~$1~v~')
  })

  it('notes why a record cannot be written, with no argument', () => {
    const encoder = new ScriptEncoder(planFor({ command: 'rpush', key: '{field:id}' }))
    const fields = (id: string | null) => ({ fields: new ScriptedFields({ id }) })
    const buffer = new BatchBuffer()
    encoder.add(makeRecord('a', { taskIndex: 1, ...fields('x') }), buffer)
    const refusal = encoder.add(makeRecord('b', { taskIndex: 2, ...fields(null) }), buffer)
    encoder.add(makeRecord('c', { taskIndex: 3, ...fields('z') }), buffer)
    const reason = `${refusal?.code} ${refusal?.message}`
    expect(reason).toMatch(/^E_SCHEMA line 3: the field "id" is null/)
    expect(textOf(buffer)).toBe(
      `$1~1~$1~2~$1~x~$1~a~$1~2~$1~0~$${reason.length}~${reason}~$1~3~$1~2~$1~z~$1~c~`,
    )
    expect({ records: buffer.records, arguments: buffer.arguments }).toEqual({ records: 2, arguments: 11 })
    expect(encoder.skip(buffer, 3)).toBe(1)
    expect({ records: buffer.records, arguments: buffer.arguments }).toEqual({ records: 1, arguments: 4 })
  })

  it('takes the records that were applied out of the front', () => {
    const encoder = new ScriptEncoder(planFor({ command: 'rpush', key: 'list' }))
    const buffer = encode(
      encoder,
      [3, 5, 7, 9].map(task => record(`v${task}`, task)),
    )
    expect(encoder.skip(buffer, 7)).toBe(2)
    expect(textOf(buffer)).toBe('$1~7~$1~2~$4~list~$2~v7~$1~9~$1~2~$4~list~$2~v9~')
    expect({ records: buffer.records, arguments: buffer.arguments }).toEqual({ records: 2, arguments: 8 })
    expect(encoder.skip(buffer, 100)).toBe(2)
    expect(encoder.skip(buffer, 1_000)).toBe(0)
    expect({ ...buffer, bytes: null }).toMatchObject({ records: 0, arguments: 0, start: buffer.end })
  })
})

describe('BatchBuffer', () => {
  it('keeps what is in it when it grows', () => {
    const encoder = new PairEncoder(planFor({}))
    const records = Array.from({ length: 3_000 }, (_, at) => record('x'.repeat(at % 100), at))
    expect(textOf(encode(encoder, records))).toBe(
      records.map((_, at) => `$${String(at).length}~${at}~$${at % 100}~${'x'.repeat(at % 100)}~`).join(''),
    )
  })

  it('takes a header that is longer than its room', () => {
    const buffer = encode(new PairEncoder(planFor({})), [record('a', 0)])
    const header = Buffer.alloc(5_000, 'h')
    expect(buffer.withHeader(header).toString()).toBe(`${'h'.repeat(5_000)}$1\r\n0\r\n$1\r\na\r\n`)
  })
})

describe('BufferPool', () => {
  it('hands out what was given back, empty', () => {
    const pool = new BufferPool({ buffers: 1, bytes: 2 ** 20 })
    const buffer = encode(new PairEncoder(planFor({})), [record('a', 0)])
    pool.give(buffer)
    pool.give(new BatchBuffer())
    expect(pool.take()).toBe(buffer)
    expect({ records: buffer.records, bytes: buffer.end - buffer.start }).toEqual({ records: 0, bytes: 0 })
    expect(pool.take()).not.toBe(buffer)
  })

  it('keeps none that has grown too large', () => {
    const pool = new BufferPool({ buffers: 8, bytes: 2 ** 16 })
    const buffer = encode(new PairEncoder(planFor({})), [record('x'.repeat(2 ** 17), 0)])
    pool.give(buffer)
    expect(pool.take()).not.toBe(buffer)
  })
})
