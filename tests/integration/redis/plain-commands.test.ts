import { RESP_TYPES } from '@redis/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MARK_FIELD } from '../../../engine/destination/redis/run-hash.ts'
import { makeRecord, ScriptedFields } from '../../support/engine/load-records.ts'
import { startRedis, type RedisServer, type RedisTestClient } from '../../support/redis-server.ts'
import { KEY, leaveMark, lines, range, TestWorker, type WriterGiven } from './writer-harness.ts'

let server: RedisServer
let client: RedisTestClient
const workers: TestWorker[] = []

const open = (given: Partial<WriterGiven> = {}): TestWorker => {
  const worker = new TestWorker({ to: server.url, ...given })
  workers.push(worker)
  return worker
}

const start = async (options: Parameters<typeof startRedis>[0] = {}): Promise<void> => {
  server = await startRedis(options)
  client = await server.client()
  await leaveMark(server)
}

/** Every string of the database, by key. */
async function strings(): Promise<Map<string, string>> {
  const keys = (await client.keys('*')).filter(key => key !== KEY)
  if (keys.length === 0) return new Map()
  const values = await client.mGet(keys)
  return new Map(keys.map((key, at) => [key, values[at] ?? '(none)']))
}

beforeEach(() => start())
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close()
  await server.stop()
})

describe('set', () => {
  it('writes each record under its index, and the position behind all of them', async () => {
    const worker = open()
    const loaded = await worker.load(lines(1_234))
    expect(loaded).toEqual({ settled: range(1_234), failures: new Map(), cancelled: 0 })
    expect(await strings()).toEqual(new Map(range(1_234).map(at => [String(at), `value ${at}`])))
    const kept = await client.hGetAll(KEY)
    expect(kept).toEqual({
      [MARK_FIELD]: kept[MARK_FIELD],
      'p:0/1': '1234',
      'c:1': expect.stringMatching(/^\d+ 127\.0\.0\.1:\d+$/) as string,
    })
  })

  it('takes every byte as data', async () => {
    const texts = [
      '',
      '\r\nFLUSHALL\r\n',
      '*1\r\n$8\r\nFLUSHALL\r\n',
      '\0',
      'a\0b',
      '{value}',
      '🌊',
      'x'.repeat(300_000),
    ]
    await open({ options: { key: 'k:{line}' } }).load(texts)
    expect(await strings()).toEqual(new Map(texts.map(text => [`k:${text}`, text])))
  })

  it('writes bytes that are no text as they are', async () => {
    const bytes = Buffer.from(range(256))
    const record = makeRecord('', { text: bytes, textEnd: 256 })
    await open().load([record])
    const asBytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    expect(await asBytes.get('0')).toEqual(bytes)
  })

  it('goes through a socket file, a password and another database', async () => {
    await server.stop()
    await start({ unixSocket: true, password: 'se cret' })
    await client.select(3)
    await client.hSet(KEY, MARK_FIELD, /run_id:(\w+)/.exec(await client.info())![1]!)
    const worker = open({ to: server.url.replace('db=0', 'db=3'), password: 'se cret' })
    await worker.load(lines(100))
    expect(await strings()).toEqual(new Map(range(100).map(at => [String(at), `value ${at}`])))
  })

  it('waits with a wrong password, and says what the server says', async () => {
    await server.stop()
    await start({ password: 'right' })
    const worker = open({ password: 'wrong' })
    const stalled = Promise.withResolvers<void>()
    worker.onStalled = () => stalled.resolve()
    const loading = worker.load(lines(1))
    const refused = expect(loading).rejects.toThrow(/stopped/)
    await stalled.promise
    expect(worker.stalls[0]).toMatchObject({
      code: 'E_DEST_DOWN',
      message: expect.stringMatching(/WRONGPASS/) as string,
    })
    await worker.abort()
    await refused
  })

  it('ends with what is to be done when the database does not exist', async () => {
    const worker = open({ to: server.url.replace(/0$/, '99') })
    await expect(worker.load(lines(1))).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect(worker.errors).toMatchObject([
      { code: 'E_CONFIG', message: expect.stringMatching(/database 99/) as string },
    ])
  })

  it('names the records that are refused when the server refuses the batch', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '~[1-9]*', `~${KEY}`)
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass' })
    const loaded = await worker.load(lines(120))
    expect(loaded.settled).toEqual(range(120))
    expect([...loaded.failures]).toEqual([
      [0, expect.stringMatching(/^E_DEST_DATA Redis refused key "0": NOPERM/)],
    ])
    expect((await strings()).size).toBe(119)
  })

  it('ends when the user may not run the command at all', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-set', '-mset', '~*')
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass' })
    await worker.load(lines(10))
    expect(worker.errors).toMatchObject([
      { code: 'E_CONFIG', message: expect.stringMatching(/NOPERM.*ACL/) as string },
    ])
  })

  it('settles a batch of which no record was added, with its position', async () => {
    const worker = open({ options: { key: '{field:id}' } })
    const loaded = await worker.load(lines(70))
    expect(loaded.settled).toEqual(range(70))
    expect(loaded.failures.size).toBe(70)
    expect(await client.hGet(KEY, 'p:0/1')).toBe('70')
  })

  it('never lets a position go back', async () => {
    await client.hSet(KEY, 'p:0/1', '1000')
    const worker = open()
    await worker.load(lines(70), { living: [] })
    expect(await client.hGet(KEY, 'p:0/1')).toBe('1000')
  })
})

describe('other commands that may be written twice', () => {
  const people = [
    makeRecord('', { taskIndex: 0, fields: new ScriptedFields({ name: 'Ada', born: '1815', died: null }) }),
    makeRecord('', { taskIndex: 1, fields: new ScriptedFields({ name: 'größe', born: '' }) }),
    makeRecord('', { taskIndex: 2, fields: new ScriptedFields({ died: null }) }),
  ]

  it('hset writes every field that is not null', async () => {
    const loaded = await open({ options: { command: 'hset' } }).load(people)
    expect([...loaded.failures]).toEqual([[2, expect.stringMatching(/^E_SCHEMA .*at least one field/)]])
    expect({ ...(await client.hGetAll('0')) }).toEqual({ name: 'Ada', born: '1815' })
    expect({ ...(await client.hGetAll('1')) }).toEqual({ name: 'größe', born: '' })
  })

  it('hset writes lines as the field value', async () => {
    await open({ options: { command: 'hset' } }).load(['one', 'two'])
    expect({ ...(await client.hGetAll('1')) }).toEqual({ value: 'two' })
  })

  it('names each record whose key has another type, and writes all others', async () => {
    for (const at of [0, 49, 50, 777]) await client.set(String(at), 'a string')
    const loaded = await open({ options: { command: 'hset' } }).load(lines(1_000))
    expect(loaded.settled).toEqual(range(1_000))
    expect([...loaded.failures].sort()).toEqual(
      [0, 49, 50, 777]
        .map(at => [
          at,
          `E_DEST_DATA Redis refused key "${at}": WRONGTYPE Operation against a key holding the wrong kind of value`,
        ])
        .sort(),
    )
    expect(await client.dbSize()).toBe(1_001)
  })

  it('sadd and zadd take key, score and value', async () => {
    await open({ options: { command: 'sadd', key: 'set' } }).load(['a', 'b', 'a'])
    expect((await client.sMembers('set')).sort()).toEqual(['a', 'b'])
    const options = { command: 'zadd', key: 'ranks', score: '{index}' } as const
    await open({ options, segment: 2 }).load(['a', 'b'], { first: 10 })
    expect(await client.zRangeWithScores('ranks', 0, -1)).toEqual([
      { value: 'a', score: 10 },
      { value: 'b', score: 11 },
    ])
  })

  it('ends when the server does not know the command', async () => {
    const worker = open({ options: { command: 'json.set' } })
    await worker.load(['{}'])
    expect(worker.errors).toMatchObject([
      { code: 'E_CONFIG', message: expect.stringMatching(/JSON\.SET/) as string },
    ])
  })
})
