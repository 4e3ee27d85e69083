import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { openRedisControl } from '../../../../../engine/destination/redis/redis-control.ts'
import { parseTarget, type RedisTarget } from '../../../../../shared/model/load-target.ts'
import type { LoadOptions } from '../../../../../shared/model/fields/load.ts'
import { requestOf } from '../../../../support/load/test-load.ts'
import { startRedis, type RedisServer, type RedisTestClient } from '../../../../support/redis-server.ts'

const KEY = 'interleave:a-run'

const targetOf = (to: string): RedisTarget => {
  const { target } = parseTarget(to)
  if (target.kind !== 'redis') throw new Error(`${to} is no Redis`)
  return target
}

const controlOf = (to: string, given: Partial<LoadOptions> = {}, redisPassword: string | null = null) =>
  openRedisControl(requestOf({ to, ...given }, { secrets: { redisPassword, headers: [] } }), targetOf(to))

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

describe('a Redis of its own', () => {
  let server: RedisServer
  let client: RedisTestClient

  beforeAll(async () => {
    server = await startRedis({ unixSocket: true })
    client = await server.client()
  })
  afterEach(async () => await client.flushAll())
  afterAll(async () => await server.stop())

  const hash = async (): Promise<Record<string, string>> => ({ ...(await client.hGetAll(KEY)) })
  const serverId = async (): Promise<string> => /run_id:(\w+)/.exec(await client.info('server'))![1]!
  /** A connection as a worker has one. */
  const worker = async (segment: number): Promise<RedisTestClient> => {
    const connection = await server.client()
    const [id, info] = [await connection.clientId(), await connection.clientInfo()]
    await client.hSet(KEY, `c:${segment}`, `${id} ${info.addr}`)
    return connection
  }
  const isConnected = async (id: number): Promise<boolean> =>
    (await client.clientList()).some(each => each.id === id)

  it('leaves its mark at the beginning and nothing at the end', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    expect(identity).toBe(await serverId())
    expect(await hash()).toEqual({ mark: identity })

    await control.end()
    await control.end()
    expect(await client.dbSize()).toBe(0)
  })

  it('uses the database that was named, by TCP too', async () => {
    const control = await controlOf(`redis://127.0.0.1:${server.port}/9`)
    await control.begin()
    expect(await client.dbSize()).toBe(0)
    expect(await server.cli('-n', '9', 'DBSIZE')).toBe('1')
  })

  it('leaves no connection behind', async () => {
    const before = (await client.clientList()).length
    const control = await controlOf(server.url)
    await control.begin()
    await control.reconcile(null)
    // The server notices the end of a connection in its own time.
    await expect.poll(async () => (await client.clientList()).length).toBe(before)
  })

  it('finds the positions of the run and joins those that touch', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    const others = {
      'p:0/1': '100',
      'p:100/1': '250',
      'p:300/1': '400',
      'p:0/4': '9',
      'f:7': 'E_DEST_DATA no',
    }
    await client.hSet(KEY, others)

    expect(await control.reconcile(identity)).toEqual({
      identity,
      mayHaveForgotten: false,
      spans: [
        { first: 0, step: 1, next: 250 },
        { first: 300, step: 1, next: 400 },
        { first: 0, step: 4, next: 9 },
      ],
    })
    expect(await hash()).toEqual({
      mark: identity,
      'p:0/1': '250',
      'p:300/1': '400',
      'p:0/4': '9',
      'f:7': 'E_DEST_DATA no',
    })
  })

  it('reads any number of positions', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    const many = Array.from({ length: 5_000 }, (_, at) => [`p:${at * 10}/1`, String(at * 10 + 5)] as const)
    for (let at = 0; at < many.length; at += 1_000)
      await client.hSet(KEY, Object.fromEntries(many.slice(at, at + 1_000)))
    const { spans } = await control.reconcile(identity)
    expect(spans).toEqual(many.map((_, at) => ({ first: at * 10, step: 1, next: at * 10 + 5 })))
  })

  it.each([['set'], ['rpush']] as const)(
    'ends the connections of workers before it reads (%s)',
    async command => {
      const control = await controlOf(server.url, { command })
      const identity = await control.begin()
      const [first, second] = [await worker(1), await worker(2)]
      const ids = [await first.clientId(), await second.clientId()]

      await control.reconcile(identity)
      expect(await Promise.all(ids.map(isConnected))).toEqual([false, false])
      expect(await hash()).toEqual({ mark: identity })
    },
  )

  it('ends nobody who only has the number of an old connection', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    const bystander = await server.client()
    const id = await bystander.clientId()
    await client.hSet(KEY, 'c:1', `${id} 127.0.0.1:1`)

    await control.reconcile(identity)
    expect(await isConnected(id)).toBe(true)
    expect(await hash()).toEqual({ mark: identity })
  })

  it('lets no command through that a worker had begun to send', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    const socket = connect(server.port, '127.0.0.1')
    const ended = new Promise(resolve => socket.on('error', resolve).on('close', resolve))
    socket.write('*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n')
    const [reply] = (await once(socket, 'data')) as [Buffer]
    await client.hSet(KEY, 'c:1', `${reply.toString().slice(1).trim()} 127.0.0.1:${socket.localPort}`)
    socket.write('*3\r\n$3\r\nSET\r\n$4\r\nlate\r\n')

    await control.reconcile(identity)
    socket.write('$1\r\n1\r\n')
    await ended
    expect(await client.get('late')).toBeNull()
  })

  it('notices that its positions were deleted, and touches nothing then', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    await client.flushAll()
    await expect(control.reconcile(identity)).rejects.toThrow(refused('E_SRC_CHANGED', /destination changed/))
    expect(await client.dbSize()).toBe(0)
  })

  it('says after a restart that something may be forgotten, until the journal has the new identity', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    await client.hSet(KEY, { 'p:0/1': '100', 'c:1': '3 127.0.0.1:9' })
    await server.restart({ keepData: true })
    await expect.poll(() => client.isReady).toBe(true)

    const spans = [{ first: 0, step: 1, next: 100 }]
    const now = await serverId()
    expect(now).not.toBe(identity)
    expect(await control.reconcile(identity)).toEqual({ identity: now, spans, mayHaveForgotten: true })
    expect(await hash()).toEqual({ mark: now, 'p:0/1': '100' })
    // Interrupted before the journal kept the answer, it asks again.
    expect(await control.reconcile(identity)).toEqual({ identity: now, spans, mayHaveForgotten: true })
    expect(await control.reconcile(now)).toEqual({ identity: now, spans, mayHaveForgotten: false })
  })

  it('begins from nothing when the server was started anew without its data', async () => {
    const control = await controlOf(server.url)
    const identity = await control.begin()
    await client.hSet(KEY, 'p:0/1', '100')
    await server.restart({ keepData: false })
    await expect.poll(() => client.isReady).toBe(true)

    const now = await serverId()
    expect(await control.reconcile(identity)).toEqual({ identity: now, spans: [], mayHaveForgotten: true })
    expect(await hash()).toEqual({ mark: now })
  })

  it('names a command that the server lacks, before anything is written', async () => {
    const control = await controlOf(server.url, { command: 'json.set' })
    await expect(control.begin()).rejects.toThrow(refused('E_CONFIG', /no command JSON\.SET; it comes with/))
    expect(await client.dbSize()).toBe(0)
  })

  it('names a database that the server lacks', async () => {
    const control = await controlOf(`redis://127.0.0.1:${server.port}/999`)
    await expect(control.begin()).rejects.toThrow(refused('E_CONFIG', /no such database/))
  })

  it('refuses a server that would evict, and a replica', async () => {
    const control = await controlOf(server.url)
    await client.configSet({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' })
    await expect(control.begin()).rejects.toThrow(refused('E_CONFIG', /evict/))
    await client.configSet({ maxmemory: '0', 'maxmemory-policy': 'noeviction' })

    await server.cli('REPLICAOF', '127.0.0.1', '1')
    await expect(control.begin()).rejects.toThrow(refused('E_CONFIG', /replica.*primary 127\.0\.0\.1:1/))
    await server.cli('REPLICAOF', 'NO', 'ONE')
    expect(await client.dbSize()).toBe(0)
  })

  it('says that the server is full', async () => {
    const control = await controlOf(server.url)
    await client.configSet('maxmemory', '1')
    await expect(control.begin()).rejects.toThrow(refused('E_DEST_FULL', /OOM/))
    await expect(control.reconcile(null)).rejects.toThrow(refused('E_DEST_FULL', /OOM/))
    await client.configSet('maxmemory', '0')
  })

  it('says that a paused server does not answer', async () => {
    const control = await controlOf(`redis://127.0.0.1:${server.port}/1`)
    server.pause()
    try {
      await expect(control.begin()).rejects.toThrow(refused('E_DEST_DOWN', /does not answer within 5 s/))
    } finally {
      server.resume()
    }
  })

  it('works for a user with few rights, and names what is missing', async () => {
    const keys = ['~*', '+@all', '-@admin', '-@dangerous', '+info']
    await client.aclSetUser('loader', ['on', '>pw', ...keys])
    await client.aclSetUser('reader', ['on', '>pw', '~*', '+@read', '+info', '+command', '+select'])
    onTestFinished(async () => void (await client.aclDelUser(['loader', 'reader'])))

    const loader = await controlOf(`redis://loader@127.0.0.1:${server.port}`, {}, 'pw')
    const identity = await loader.begin()
    expect(await loader.reconcile(identity)).toMatchObject({ spans: [] })
    await worker(1)
    await expect(loader.reconcile(identity)).rejects.toThrow(refused('E_CONFIG', /\+client\|kill in the ACL/))

    const reader = await controlOf(`redis://reader@127.0.0.1:${server.port}`, {}, 'pw')
    await expect(reader.begin()).rejects.toThrow(refused('E_CONFIG', /NOPERM.*hset.*ACL/))
  })
})

describe('a Redis with a password', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis({ password: 'se cret', unixSocket: true })
  })
  afterAll(async () => await server.stop())

  it.each([['tcp'], ['unix']])('takes the right one by %s, in another database too', async kind => {
    const to = kind === 'tcp' ? `redis://127.0.0.1:${server.port}/3` : server.url.replace('db=0', 'db=4')
    await (await controlOf(to, {}, 'se cret')).begin()
    expect(await server.cli('-n', kind === 'tcp' ? '3' : '4', 'EXISTS', KEY)).toBe('1')
  })

  it.each([[null], ['wrong']])(
    'says what to set when it was given %j, without the password',
    async password => {
      const control = await controlOf(server.url, {}, password)
      const error: unknown = await control.begin().catch((reason: unknown) => reason)
      expect(error).toEqual(refused('E_AUTH', /INTERLEAVE_REDIS_PASSWORD.*--password-file/))
      expect(String(error)).not.toContain('wrong')
    },
  )
})

describe('no Redis', () => {
  const listeners: Server[] = []
  beforeEach(() => {
    listeners.length = 0
  })
  afterEach(() => {
    for (const listener of listeners) listener.close()
  })

  const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const listener = createServer(socket => {
      socket.on('error', () => undefined)
      onConnection(socket)
    })
    listeners.push(listener)
    await new Promise<void>(resolve => void listener.listen(0, '127.0.0.1', resolve))
    return (listener.address() as AddressInfo).port
  }

  it('is told when nobody listens, by TCP and by socket file', async () => {
    const port = await listen(() => undefined)
    await new Promise(resolve => listeners[0]!.close(resolve))
    await expect((await controlOf(`redis://127.0.0.1:${port}`)).begin()).rejects.toThrow(
      refused('E_DEST_DOWN', /Redis at 127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED/),
    )
    await expect((await controlOf('redis+unix:///nowhere/redis.sock')).begin()).rejects.toThrow(
      refused('E_DEST_DOWN', /\/nowhere\/redis\.sock cannot be reached: ENOENT/),
    )
  })

  it('is told when something else answers, or hangs up', async () => {
    const http = await listen(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const silent = await listen(socket => void socket.destroy())
    for (const port of [http, silent])
      await expect((await controlOf(`redis://127.0.0.1:${port}`)).begin()).rejects.toThrow(
        refused('E_DEST_DOWN', /cannot be reached/),
      )
  })

  it('is told when a cluster answers', async () => {
    const cluster = await startRedis({ config: ['--cluster-enabled', 'yes'] })
    onTestFinished(async () => await cluster.stop())
    await expect((await controlOf(cluster.url)).begin()).rejects.toThrow(refused('E_CONFIG', /cluster/))
  })
})
