import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRedis, type RedisServer, type RedisTestClient } from '../../support/redis-server.ts'
import { startCuttingProxy, type CuttingProxy, type Fate } from './cutting-proxy.ts'
import { KEY, leaveMark, lines, range, TestWorker, type WriterGiven } from './writer-harness.ts'

let server: RedisServer
let client: RedisTestClient
const workers: TestWorker[] = []
const proxies: CuttingProxy[] = []
/** What a test does to the server while records are loaded. */
const deeds: Promise<unknown>[] = []
const meanwhile = (deed: Promise<unknown>): void => void deeds.push(deed)

const open = (given: Partial<WriterGiven> = {}): TestWorker => {
  const worker = new TestWorker({ to: server.url, ...given })
  workers.push(worker)
  return worker
}

/** A worker whose first connections meet their fates. */
async function openBehind(fates: readonly Fate[], given: Partial<WriterGiven> = {}): Promise<TestWorker> {
  const proxy = await startCuttingProxy(server.port, connection => fates[connection] ?? null)
  proxies.push(proxy)
  return open({ to: `redis://127.0.0.1:${proxy.port}`, ...given })
}

/** A list as long as the load, where every record must stand once. */
const listed = (): Promise<string[]> => client.lRange('list', 0, -1)

beforeEach(async () => {
  server = await startRedis()
  client = await server.client()
  await leaveMark(server)
})
afterEach(async () => {
  await Promise.all(deeds.splice(0))
  for (const worker of workers.splice(0)) await worker.close()
  for (const proxy of proxies.splice(0)) await proxy.stop()
  await server.stop()
})

const APPENDING = { command: 'rpush', key: 'list' } as const

describe.each([
  ['set', {}],
  ['rpush', APPENDING],
] as const)('%s', (command, options) => {
  const expectAll = async (count: number): Promise<void> => {
    if (command === 'rpush') expect(await listed()).toEqual(lines(count))
    else expect(await client.dbSize()).toBe(count + 1)
  }

  it('goes on when its connection is killed, again and again', async () => {
    const worker = open({ options })
    let kills = 0
    const loaded = await worker.load(lines(2_000), {
      onSettled: settled => {
        if (settled % 500 !== 0) return
        kills += 1
        meanwhile(client.clientKill({ filter: 'TYPE', type: 'NORMAL', skipMe: true } as never))
      },
    })
    expect(loaded).toEqual({ settled: range(2_000), failures: new Map(), cancelled: 0 })
    expect({ kills, errors: worker.errors, rewinds: worker.rewinds }).toEqual({
      kills: 4,
      errors: [],
      rewinds: [],
    })
    await expectAll(2_000)
  })

  it('waits while the server has no memory, and loses nothing', async () => {
    await server.cli('CONFIG', 'SET', 'maxmemory', '1')
    const worker = open({ options })
    worker.onStalled = () => meanwhile(client.configSet('maxmemory', '0'))
    const loaded = await worker.load(lines(1_000))
    expect(loaded).toEqual({ settled: range(1_000), failures: new Map(), cancelled: 0 })
    expect(worker.stalls[0]).toMatchObject({
      code: 'E_DEST_FULL',
      message: expect.stringMatching(/OOM/) as string,
    })
    await expectAll(1_000)
  })

  it('waits while the server runs out of memory in the middle', async () => {
    const worker = open({ options })
    let isFull = false
    worker.onStalled = () => meanwhile(client.configSet('maxmemory', '0'))
    const loaded = await worker.load(lines(2_000), {
      onSettled: settled => {
        if (settled < 500 || isFull) return
        isFull = true
        meanwhile(client.configSet('maxmemory', '1'))
      },
    })
    expect(loaded).toEqual({ settled: range(2_000), failures: new Map(), cancelled: 0 })
    expect(worker.stalls.map(({ code }) => code)).toContain('E_DEST_FULL')
    await expectAll(2_000)
  })

  it('says that it must go back when the server was started anew', async () => {
    const worker = open({ options })
    let settledBefore = 0
    const loading = worker.load(lines(100_000), {
      onSettled: settled => {
        if (settled === 500) meanwhile(server.restart({ keepData: false }))
        if (worker.rewinds.length === 0) settledBefore = settled
      },
    })
    const { settled } = await loading
    expect(worker.rewinds).toEqual([expect.stringMatching(/started anew/)])
    expect(worker.errors).toEqual([])
    expect(settled).toHaveLength(settledBefore)
  })

  it('says so too when it comes to a server that was never compared with the run', async () => {
    await client.hSet(KEY, 'mark', 'another')
    const worker = open({ options })
    await expect(worker.load(lines(1))).rejects.toThrow(/not the one/)
    expect(worker.rewinds).toHaveLength(1)
  })

  it('ends when everything is flushed meanwhile', async () => {
    const worker = open({ options })
    let isFlushed = false
    await worker.load(lines(100_000), {
      onSettled: settled => {
        if (settled < 500 || isFlushed) return
        isFlushed = true
        meanwhile(client.flushAll())
      },
    })
    expect(worker.errors).toMatchObject([
      { code: 'E_SRC_CHANGED', message: expect.stringMatching(/destination changed/) as string },
    ])
  })

  it('ends when its positions are deleted while it is not connected', async () => {
    const worker = open({ options })
    await worker.load(lines(100))
    await client.unlink(KEY)
    await client.clientKill({ filter: 'TYPE', type: 'NORMAL', skipMe: true } as never)
    await worker.ended.promise
    expect(worker.errors).toMatchObject([{ code: 'E_SRC_CHANGED' }])
  })

  it.each<[string, Fate]>([
    ['half a reply', { afterReplyBytes: 5_001 }],
    ['a reply nobody asked for', { extra: { afterReplyBytes: 5_000, bytes: Buffer.from('+OK\r\n') } }],
    [
      'a reply of the wrong kind',
      { insteadOfRest: { afterReplyBytes: 5_000, bytes: Buffer.from('$2\r\nhi\r\n') } },
    ],
    [
      'a reply of a gigabyte',
      { insteadOfRest: { afterReplyBytes: 5_000, bytes: Buffer.from('$1073741824\r\n') } },
    ],
    [
      'what is no reply',
      { insteadOfRest: { afterReplyBytes: 5_000, bytes: Buffer.from('HTTP/1.1 400\r\n') } },
    ],
  ])('discards a connection with %s, and loses nothing', async (_what, fate) => {
    const worker = await openBehind([fate], { options })
    const loaded = await worker.load(lines(20_000), { perBatch: 20 })
    expect(loaded.settled).toEqual(range(20_000))
    expect(loaded.failures.size).toBe(0)
    expect(worker.connections).toBe(2)
    await expectAll(20_000)
  })

  it('takes a connection for lost that owes a reply for a minute', async () => {
    const silent = Promise.withResolvers<void>()
    const fate = { silentAfterReplyBytes: 5_000, onSilent: silent.resolve }
    const worker = await openBehind([fate], { options })
    const loading = worker.load(lines(20_000), { perBatch: 20 })
    await silent.promise
    worker.aheadMs = 60_001
    expect((await loading).settled).toEqual(range(20_000))
    expect(worker.connections).toBe(2)
    await expectAll(20_000)
  })

  it('gives up at once when it is told to, also without a server', async () => {
    const worker = open({ options })
    await worker.load(lines(100))
    server.pause()
    const loading = worker.load(lines(1_000), { first: 100 })
    await Promise.resolve()
    setImmediate(() => void worker.abort())
    const { settled, cancelled } = await loading
    expect(settled.length + cancelled).toBeGreaterThan(0)
    expect(cancelled).toBeGreaterThan(0)
    server.resume()
  })
})
