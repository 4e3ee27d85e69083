import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRecord, ScriptedFields } from '../../support/engine/load-records.ts'
import { seededRandom } from '../../support/engine/random.ts'
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
const listed = (): Promise<string[]> => client.lRange('list', 0, -1)

/** Cuts each connection at a byte that only depends on the seed, in either direction. */
function randomFates(seed: number): (connection: number) => Fate | null {
  const random = seededRandom(seed)
  return connection => {
    const bytes = 3_000 + Math.floor(random() * 60_000)
    if (connection >= 25) return null
    return random() < 0.5 ? { afterRequestBytes: bytes } : { afterReplyBytes: Math.floor(bytes / 10) }
  }
}

describe('commands that are executed once', () => {
  it.each(range(6))(
    'rpush keeps every record once and in order while connections are cut (seed %i)',
    async seed => {
      const proxy = await startCuttingProxy(server.port, randomFates(seed))
      proxies.push(proxy)
      const worker = open({ to: `redis://127.0.0.1:${proxy.port}`, options: APPENDING })
      const loaded = await worker.load(lines(8_000), { perBatch: 37 })
      expect(loaded).toEqual({ settled: range(8_000), failures: new Map(), cancelled: 0 })
      expect(await listed()).toEqual(lines(8_000))
      expect(worker.connections).toBeGreaterThan(1)
    },
  )

  it('incrby adds every record once while connections are cut, and names those that are no number', async () => {
    const proxy = await startCuttingProxy(server.port, randomFates(100))
    proxies.push(proxy)
    const options = { command: 'incrby', key: 'sum' } as const
    const worker = open({ to: `redis://127.0.0.1:${proxy.port}`, options })
    const records = range(6_000).map(at => (at % 500 === 7 ? `no number ${at}` : String(at)))
    const loaded = await worker.load(records, { perBatch: 50 })
    expect(loaded.settled).toEqual(range(6_000))
    const bad = range(6_000).filter(at => at % 500 === 7)
    expect([...loaded.failures].sort(([a], [b]) => a - b)).toEqual(
      bad.map(at => [at, 'E_DEST_DATA Redis refused key "sum": ERR value is not an integer or out of range']),
    )
    const sum = range(6_000).reduce((total, at) => total + (at % 500 === 7 ? 0 : at), 0)
    expect(await client.get('sum')).toBe(String(sum))
  })

  it('xadd adds every record once while connections are cut', async () => {
    const proxy = await startCuttingProxy(server.port, randomFates(200))
    proxies.push(proxy)
    const options = { command: 'xadd', key: 'stream' } as const
    const worker = open({ to: `redis://127.0.0.1:${proxy.port}`, options })
    const records = range(3_000).map(at =>
      makeRecord('', {
        taskIndex: at,
        fields: new ScriptedFields({ at: String(at), gone: null, text: `v ${at}` }),
      }),
    )
    const loaded = await worker.load(records)
    expect(loaded).toEqual({ settled: range(3_000), failures: new Map(), cancelled: 0 })
    const entries = await client.xRange('stream', '-', '+')
    expect(entries!.map(({ message }) => ({ ...message }))).toEqual(
      range(3_000).map(at => ({ at: String(at), text: `v ${at}` })),
    )
  })

  it('refuses a record with more fields than a script can hand on', async () => {
    const fields = Object.fromEntries(range(4_000).map(at => [`f${at}`, 'x']))
    const record = makeRecord('', { taskIndex: 0, fields: new ScriptedFields(fields) })
    const loaded = await open({ options: { command: 'xadd', key: 'stream' } }).load([record])
    expect([...loaded.failures.values()]).toEqual([expect.stringMatching(/^E_DEST_DATA .*8002 arguments/)])
    expect(await client.exists('stream')).toBe(0)
  })

  it('goes on when the server forgets the script', async () => {
    const worker = open({ options: APPENDING })
    const loaded = await worker.load(lines(2_000), {
      onSettled: settled => {
        if (settled % 500 === 0) meanwhile(client.scriptFlush())
      },
    })
    expect(loaded.settled).toEqual(range(2_000))
    expect(await listed()).toEqual(lines(2_000))
  })

  it('ends when someone moves its position', async () => {
    const worker = open({ options: APPENDING })
    let isMoved = false
    await worker.load(lines(100_000), {
      onSettled: settled => {
        if (settled < 500 || isMoved) return
        isMoved = true
        meanwhile(client.hSet(KEY, 'p:0/1', '7'))
      },
    })
    expect(worker.errors).toMatchObject([{ code: 'E_SRC_CHANGED' }])
  })

  it('ends before the first write when the user may not run scripts', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-evalsha', '~*')
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass', options: APPENDING })
    await expect(worker.load(lines(10))).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect(worker.errors[0]?.message).toMatch(/\+evalsha \+script\|load/)
    expect(await client.hExists(KEY, 'c:1')).toBe(0)
  })

  it('ends when the user may not run the command, with nothing applied', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-rpush', '~*')
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass', options: APPENDING })
    await worker.load(lines(10))
    expect(worker.errors).toMatchObject([
      { code: 'E_CONFIG', message: expect.stringMatching(/grant it in the ACL/) as string },
    ])
    expect(await client.hExists(KEY, 'p:0/1')).toBe(0)
  })
})

describe('a worker that takes over', () => {
  it('skips what the one before it applied, and knows what was refused', async () => {
    await client.set('9', 'a string')
    const before = open({ options: { command: 'rpush', key: '{index}' }, segment: 1 })
    const first = await before.load(lines(100), { permits: 1 })
    expect([...first.failures.keys()]).toEqual([9])

    const after = open({ options: { command: 'rpush', key: '{index}' }, segment: 2 })
    const second = await after.load(lines(300), { living: [] })
    expect(second.settled).toEqual(range(300))
    expect(second.failures).toEqual(first.failures)
    expect(await client.dbSize()).toBe(301)
    const others = range(300).filter(at => at !== 9)
    const lengths = await Promise.all(others.map(at => client.lLen(String(at))))
    expect(lengths).toEqual(others.map(() => 1))
    expect(await client.hGet(KEY, 'p:0/1')).toBe('300')
  })

  it('knows which records could not be written at all', async () => {
    const options = { command: 'rpush', key: '{field:id}' } as const
    const records = range(120).map(at =>
      makeRecord(`value ${at}`, {
        taskIndex: at,
        fields: new ScriptedFields({ id: at % 50 === 0 ? null : 'list' }),
      }),
    )
    const first = await open({ options, segment: 1 }).load(records.slice(0, 110))
    expect([...first.failures.keys()]).toEqual([0, 50, 100])
    const second = await open({ options, segment: 2 }).load(records, { living: [] })
    expect(second.failures).toEqual(first.failures)
    expect(await client.lLen('list')).toBe(117)
  })

  it('knows what was applied under leases of another shape', async () => {
    await client.hSet(KEY, { 'p:0/2': '41', 'p:7/1': '12', 'p:30/1': '33', 'p:x/1': '99', 'p:5/0': '99' })
    const worker = open({ options: APPENDING })
    await worker.load(lines(50), { living: [] })
    const isApplied = (at: number): boolean => (at % 2 === 0 && at < 41) || (at >= 7 && at < 12) || at === 31
    expect(await listed()).toEqual(
      range(50)
        .filter(at => !isApplied(at))
        .map(at => `value ${at}`),
    )
  })

  it('reads thousands of positions and failures', async () => {
    const fields = range(5_000).flatMap(at => [`p:${10 * at}/1`, String(10 * at + 5)])
    await client.hSet(KEY, fields)
    await client.hSet(
      KEY,
      range(3_000).flatMap(at => [`f:${10 * at}`, `E_DEST_DATA nothing fits ${at}`]),
    )
    const loaded = await open({ options: APPENDING }).load(lines(100), { living: [], first: 20_000 })
    expect([...loaded.failures]).toEqual(
      range(10).map(at => [20_000 + 10 * at, `E_DEST_DATA nothing fits ${2_000 + at}`]),
    )
    expect(await client.lLen('list')).toBe(50)
  })

  it.each([
    ['set', {}],
    ['rpush', APPENDING],
  ] as const)(
    'ends the connections of those that live no more, and only those (%s)',
    async (_command, options) => {
      const [dead, living] = [open({ options, segment: 1 }), open({ options, segment: 2 })]
      await dead.load(lines(10))
      await living.load(lines(10), { first: 10 })
      const registered = await client.hGetAll(KEY)
      const worker = open({ options, segment: 3 })
      await worker.load(lines(10), { first: 20, living: [2] })
      const kept = await client.hGetAll(KEY)
      expect({ 1: kept['c:1'], 2: kept['c:2'] }).toEqual({ 1: undefined, 2: registered['c:2'] })
      const clients = (await server.cli('CLIENT', 'LIST')).split('\n')
      const idOf = (segment: number): string => registered[`c:${segment}`]!.split(' ')[0]!
      expect(clients.some(line => line.startsWith(`id=${idOf(1)} `))).toBe(false)
      expect(clients.some(line => line.startsWith(`id=${idOf(2)} `))).toBe(true)
    },
  )

  it('leaves those alone that began to live after the lease was handed out', async () => {
    const options = APPENDING
    const late = open({ options, segment: 9 })
    await late.load(lines(10), { first: 10 })
    await open({ options, segment: 3 }).load(lines(10), { first: 20, living: [3, 4] })
    await late.load(lines(10), { first: 30 })
    expect(await client.lLen('list')).toBe(30)
  })

  it('does not need to end connections whose scripts check that they are registered', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-client', '~*')
    const to = server.url.replace('//', '//writer@')
    const before = open({ to, password: 'pass', options: APPENDING, segment: 1 })
    await before.load(lines(10))
    const after = open({ to, password: 'pass', options: APPENDING, segment: 2 })
    await after.load(lines(20), { living: [] })
    expect(await listed()).toEqual(lines(20))
    await before.load(lines(10), { first: 500 })
    expect(before.errors).toMatchObject([{ code: 'E_SRC_CHANGED' }])
    expect(await listed()).toEqual(lines(20))
  })

  it('ends when it cannot make sure that plain commands of another connection come no more', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-client', '~*')
    await client.hSet(KEY, 'c:7', '12345 127.0.0.1:1')
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass' })
    await expect(worker.load(lines(10), { living: [] })).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect(worker.errors[0]?.message).toMatch(/\+client\|kill/)
  })

  it('waits until the server itself has lost the connection when it may not end it', async () => {
    await server.cli('ACL', 'SETUSER', 'writer', 'on', '>pass', '+@all', '-client|kill', '~*')
    const other = await server.client()
    const id = await other.clientId()
    await client.hSet(KEY, 'c:7', `${id} 127.0.0.1:1`)
    const worker = open({ to: server.url.replace('//', '//writer@'), password: 'pass' })
    const loading = worker.load(lines(10), { living: [] })
    const looked = async (): Promise<boolean> =>
      /cmdstat_client\|list:/.test(await server.cli('INFO', 'commandstats'))
    while (!(await looked()));
    expect(await client.dbSize()).toBe(1)
    other.destroy()
    expect((await loading).settled).toEqual(range(10))
  })
})
