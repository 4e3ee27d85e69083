import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { redisDestination } from '../../../../../engine/destination/redis/redis.ts'
import type { LoadOptions } from '../../../../../shared/model/fields/load.ts'
import { formatOf, requestOf, TestLoad } from '../../../../support/load/test-load.ts'
import { startRedis, type RedisServer, type RedisTestClient } from '../../../../support/redis-server.ts'

const PASSWORD = 'se cret'
const LINES = Array.from({ length: 2_500 }, (_, at) => `value ${at}`)

describe('the comparison with Redis', () => {
  let server: RedisServer
  let client: RedisTestClient

  beforeAll(async () => {
    server = await startRedis({ password: PASSWORD, unixSocket: true })
    client = await server.client()
  })
  afterEach(async () => await client.flushAll())
  afterAll(async () => await server.stop())

  const open = (given: Partial<LoadOptions> = {}, hooks: Parameters<typeof TestLoad.open>[2] = {}) => {
    const secrets = { redisPassword: PASSWORD, headers: [] }
    return TestLoad.open(
      redisDestination,
      requestOf({ to: server.url, ...given }, { pass: 'verify', secrets }),
      hooks,
    )
  }
  const setAll = async (): Promise<void> => {
    await client.mSet(Object.fromEntries(LINES.map((line, at) => [String(at), line])))
  }

  it('finds nothing where everything is there, and writes nothing', async () => {
    await setAll()
    await using load = await open()
    await load.openLease()
    const { failed, refused, cancelled } = await load.load(LINES, 400)
    expect({ failed, refused, cancelled }).toEqual({ failed: new Map(), refused: new Map(), cancelled: 0 })
    expect(await client.dbSize()).toBe(LINES.length)
  })

  it('names every record that is missing or different', async () => {
    await setAll()
    await client.del('7')
    await client.set('1200', 'other')
    await client.del('2499')
    await client.rPush('2499', 'a list')
    await using load = await open()
    await load.openLease()
    expect((await load.load(LINES)).failed).toEqual(
      new Map([
        [7, 'E_DEST_DATA key "7" is missing'],
        [1_200, 'E_DEST_DATA key "1200" holds "other" (5 bytes) instead of "value 1200" (10 bytes)'],
        [2_499, expect.stringMatching(/^E_DEST_DATA key "2499" answers "WRONGTYPE/) as string],
      ]),
    )
  })

  it('compares byte for byte', async () => {
    const records = [Buffer.from('ü'), Buffer.from([0xff, 0x00, 0x0d]), Buffer.from([0xfe])]
    for (const [at, record] of records.entries()) await client.set(String(at), record)
    await client.set('2', Buffer.from([0xff]))
    await using load = await open({ invalidBytes: 'keep', trim: false })
    await load.openLease()
    expect([...(await load.load(records)).failed.keys()]).toEqual([2])
  })

  it('compares in the database that is named', async () => {
    await using load = await open({ to: `redis://127.0.0.1:${server.port}/5` })
    await load.openLease()
    expect((await load.load(['a'])).failed.size).toBe(1)
    await server.cli('-n', '5', 'SET', '1', 'b')
    expect((await load.load(['b'])).failed.size).toBe(1)
  })

  it('compares hashes, sets and sorted sets', async () => {
    const rows = ['1,Ada', '2,Bob']
    const format = formatOf({ format: 'csv', header: ['id', 'name'] })
    await client.hSet('h:1', { id: '1', name: 'Ada', more: 'x' })
    await client.hSet('h:2', { id: '2', name: 'Bop' })
    await client.sAdd('s', ['Ada'])
    await client.zAdd('z', [
      { score: 1, value: 'Ada' },
      { score: 3, value: 'Bob' },
    ])
    const failuresOf = async (given: Partial<LoadOptions>): Promise<string[]> => {
      await using load = await open(given)
      await load.openLease({ format })
      return [...(await load.load(rows)).failed.values()]
    }
    expect(await failuresOf({ command: 'hset', key: 'h:{field:id}' })).toEqual([
      'E_DEST_DATA key "h:2" field "name" holds "Bop" (3 bytes) instead of "Bob" (3 bytes)',
    ])
    expect(await failuresOf({ command: 'sadd', key: 's', value: '{field:name}' })).toEqual([
      'E_DEST_DATA key "s" does not hold "Bob" (3 bytes)',
    ])
    expect(
      await failuresOf({ command: 'zadd', key: 'z', value: '{field:name}', score: '{field:id}' }),
    ).toEqual(['E_DEST_DATA key "z" has "Bob" (3 bytes) with score "3" (1 bytes) instead of "2" (1 bytes)'])
  })

  it('refuses commands whose records leave no trace of their own', async () => {
    for (const command of ['rpush', 'xadd', 'incrby'] as const)
      await expect(open({ command })).rejects.toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
  })

  it('refuses wrong credentials at once', async () => {
    const request = requestOf({ to: server.url }, { pass: 'verify' })
    await expect(TestLoad.open(redisDestination, request)).rejects.toThrow(
      expect.objectContaining({ code: 'E_AUTH' }),
    )
  })

  it('waits for a server that is gone and asks again when it is back', async () => {
    await setAll()
    const stalled = Promise.withResolvers<void>()
    await using load = await open({}, { onStalled: () => stalled.resolve() })
    await load.openLease()
    await load.load(LINES.slice(0, 100))
    await server.restart({
      keepData: true,
      whileDown: async () => {
        load.sendBatch(LINES.slice(100, 200))
        load.sendBatch(LINES.slice(200, 300))
        await stalled.promise
      },
    })
    await load.settled()
    expect(load.fates).toMatchObject({ failed: new Map(), cancelled: 0 })
    expect(load.stalls[0]).toMatchObject({ code: 'E_DEST_DOWN', retryable: true })
    await expect.poll(() => client.isReady).toBe(true)
  })

  it('gives up what is under way when it is stopped', async () => {
    await using load = await open()
    await load.openLease()
    server.pause()
    try {
      load.sendBatch(LINES)
      load.writer.abort()
      await load.settled()
    } finally {
      server.resume()
    }
    expect(load.fates.cancelled).toBe(1)
  })
})
