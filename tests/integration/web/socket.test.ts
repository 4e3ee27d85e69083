import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'

import { encodeMessage } from '../../../shared/contract/codec.ts'
import { cutIntoFrames } from '../../../shared/contract/chunks.ts'
import { packFrames, unpackFrames } from '../../../shared/contract/frame-pack.ts'
import type { StreamPort, RunPush } from '../../../shared/contract/contract.ts'
import { helloMessage, KIND } from '../../../shared/contract/message.ts'
import { Assembler } from '../../../shared/contract/chunks.ts'
import { decodeMessage } from '../../../shared/contract/codec.ts'
import { pushAt } from '../../support/contract/handlers.ts'
import { closing, makeSocket, opened, startTestHost, type TestHost } from '../../support/web/test-host.ts'

/** A message of the contract as a page sends it. */
const pack = (message: unknown): Uint8Array => packFrames(cutIntoFrames(encodeMessage(message)))

/** One frame of the WebSocket protocol as a client sends it, whatever its header claims. */
function socketFrame(
  first: number,
  payload: Uint8Array,
  { isMasked = true, length = payload.byteLength } = {},
): Buffer {
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = first
  header[1] = (isMasked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (header.length === 4) header.writeUInt16BE(length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

/** The connection below a WebSocket, to write on it what no library would. */
const rawOf = (socket: WebSocket): { write(bytes: Uint8Array): void } =>
  (socket as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket

describe('the web host over a WebSocket', () => {
  let test: TestHost
  const start = async (...options: Parameters<typeof startTestHost>): Promise<void> => {
    test = await startTestHost(...options)
  }
  afterEach(() => test[Symbol.asyncDispose]())

  it('carries the contract to whoever has shown a ticket', async () => {
    await start({ handlers: { 'runs.list': async () => [] } })
    const { client } = await test.openClient()
    expect(await client.call('runs.list', {})).toEqual([])
  })

  it('opens one WebSocket for a ticket, and compresses nothing', async () => {
    await start()
    const ticket = await test.getTicket()
    const socket = await test.openSocket(ticket)
    const again = makeSocket(test.port, ticket)
    await expect(opened(again)).rejects.toThrow('401')
    const compressing = makeSocket(test.port, await test.getTicket(), { perMessageDeflate: true })
    await opened(compressing)
    expect([socket.protocol, socket.extensions, compressing.extensions]).toEqual(['interleave.v1', '', ''])
    compressing.terminate()
  })

  it.each<[string, number, (socket: WebSocket) => void]>([
    [
      'a message of 100 MB',
      1009,
      socket => rawOf(socket).write(socketFrame(0x82, new Uint8Array(0), { length: 100e6 })),
    ],
    [
      'a message beyond 256 KiB in fragments',
      1009,
      socket => {
        for (let at = 0; at < 9; at += 1)
          rawOf(socket).write(socketFrame(at === 0 ? 0x02 : 0x00, new Uint8Array(32_768)))
      },
    ],
    [
      'a flood of empty fragments',
      1008,
      socket => {
        const empty = socketFrame(0x00, new Uint8Array(0))
        rawOf(socket).write(
          Buffer.concat([socketFrame(0x02, new Uint8Array(1)), ...Array<Buffer>(20_000).fill(empty)]),
        )
      },
    ],
    [
      'a fragment of another message within one',
      1002,
      socket => {
        rawOf(socket).write(
          Buffer.concat([socketFrame(0x02, new Uint8Array(1)), socketFrame(0x82, new Uint8Array(1))]),
        )
      },
    ],
    ['a compressed frame', 1002, socket => rawOf(socket).write(socketFrame(0xc2, randomBytes(64)))],
    [
      'a frame without mask',
      1002,
      socket => rawOf(socket).write(socketFrame(0x82, new Uint8Array(3), { isMasked: false })),
    ],
    ['a frame of an unknown kind', 1002, socket => rawOf(socket).write(socketFrame(0x83, new Uint8Array(3)))],
    ['text', 1003, socket => socket.send('{"jsonrpc":"2.0"}')],
    [
      'text that is no UTF-8',
      1007,
      socket => rawOf(socket).write(socketFrame(0x81, Buffer.from([0xff, 0xfe]))),
    ],
    ['a long ping', 1002, socket => rawOf(socket).write(socketFrame(0x89, new Uint8Array(200)))],
    [
      'a flood of pings',
      1008,
      socket => {
        for (let at = 0; at < 1_000; at += 1) socket.ping()
      },
    ],
    ['bytes that are no pack of frames', 1008, socket => socket.send(randomBytes(100))],
  ])('closes at %s', async (_name, code, attack) => {
    await start()
    const socket = await test.openSocket()
    const closed = closing(socket)
    attack(socket)
    expect(await closed).toBe(code)
    await expect.poll(() => test.host.viewCount, { timeout: 10_000 }).toBe(0)
    const { client } = await test.openClient()
    expect((await client.call('sessions.list', {})).length).toBeGreaterThan(0)
  })

  it('closes at a message of the contract that is longer than any', async () => {
    await start()
    const socket = await test.openSocket()
    const closed = closing(socket)
    const long = cutIntoFrames(encodeMessage([KIND.request, 1, 'upload.write', new Uint8Array(3 * 2 ** 20)]))
    socket.send(pack(helloMessage))
    for (const frame of long) socket.send(packFrames([frame]))
    expect(await closed).toBe(1000)
  })

  it.each<[string, unknown]>([
    ['a command that there is not', [KIND.request, 1, 'process.exit', {}]],
    ['a name of the language', [KIND.request, 1, '__proto__', {}]],
    ['an id that is no number', [KIND.request, 'x', 'runs.list', {}]],
    ['a run id that is a path', [KIND.request, 1, 'runs.show', { runId: '../x' }]],
    ['a cursor below zero', [KIND.subscribe, 1, 'run.events', { runId: 'a', cursor: -1 }]],
    [
      'an order by a column that there is not',
      [
        KIND.request,
        1,
        'tasks.page',
        { runId: 'a', filter: {}, sort: { by: 'password', isDescending: false }, offset: 0, limit: 1 },
      ],
    ],
    ['a member that nobody asked for', [KIND.request, 1, 'runs.list', { constructor: 1 }]],
    ['a message of another kind', [99, 1]],
    ['no message', 'hello'],
  ])('answers %s with E_IPC_SCHEMA five times, then closes', async (_name, message) => {
    await start()
    const socket = await test.openSocket()
    const answers = failuresOf(socket)
    const closed = closing(socket)
    socket.send(pack(helloMessage))
    for (let at = 0; at < 5; at += 1) socket.send(pack(message))
    socket.send(pack([KIND.request, 7, 'sessions.list', {}]))
    await answers.until(codes => codes.length >= 6)
    expect(answers.codes).toEqual([...Array<string>(5).fill('E_IPC_SCHEMA'), 'answer'])
    socket.send(pack(message))
    expect(await closed).toBe(1000)
  })

  it('counts the id of a call that is still unanswered as malformed', async () => {
    const gate = Promise.withResolvers<never>()
    await start({ handlers: { 'runs.list': () => gate.promise } })
    const socket = await test.openSocket()
    const answers = failuresOf(socket)
    socket.send(pack(helloMessage))
    for (let at = 0; at < 3; at += 1) socket.send(pack([KIND.request, 1, 'runs.list', {}]))
    await answers.until(codes => codes.length === 2)
    expect(answers.codes).toEqual(['E_IPC_SCHEMA', 'E_IPC_SCHEMA'])
    gate.reject(new Error('over'))
  })

  it('bounds what one page may subscribe to', async () => {
    await start({ handlers: { 'run.events': () => undefined } })
    const { client } = await test.openClient()
    const ends: Promise<Error | null>[] = []
    for (let at = 0; at < 100; at += 1) {
      ends.push(
        new Promise(resolve => client.on('run.events', { runId: 'a', cursor: 0 }, () => undefined, resolve)),
      )
    }
    const ended = await Promise.all(ends.slice(64))
    expect(ended.every(error => (error as { code?: string } | null)?.code === 'E_LIMIT')).toBe(true)
  })

  it('connects sixteen pages and sends away those beyond, which costs the sixteen nothing', async () => {
    await start({ handlers: { 'runs.list': async () => [] } })
    const token = await test.signIn()
    const { client } = await test.openClient(token)
    const kept: WebSocket[] = []
    for (let at = 1; at < 16; at += 1) kept.push(await test.openSocket(await test.getTicket(token)))
    const codes: number[] = []
    for (let at = 0; at < 1_000; at += 1) {
      const socket = makeSocket(test.port, at < 20 ? await test.getTicket(token) : 'A'.repeat(43))
      const closed = closing(socket)
      if (at < 20) codes.push(await closed)
      else await closed
    }
    expect(new Set(codes)).toEqual(new Set([1013]))
    expect(test.host.viewCount).toBe(16)
    expect(kept.every(socket => socket.readyState === socket.OPEN)).toBe(true)
    expect(await client.call('runs.list', {})).toEqual([])
  })

  it('disconnects a page that answers no ping', async () => {
    await start({ limits: { pingMs: 50 } })
    const socket = makeSocket(test.port, await test.getTicket(), { autoPong: false })
    await opened(socket)
    expect(await closing(socket)).toBe(1006)
    await expect.poll(() => test.host.viewCount, { timeout: 10_000 }).toBe(0)
  })

  it('keeps a page that answers pings', async () => {
    await start({ limits: { pingMs: 20 } })
    const socket = await test.openSocket()
    const pings = Promise.withResolvers<void>()
    let count = 0
    socket.on('ping', () => {
      count += 1
      if (count === 5) pings.resolve()
    })
    await pings.promise
    expect(socket.readyState).toBe(socket.OPEN)
  })

  it('lets a page that never reads have what is newest, a little of the rest, and then nothing', async () => {
    let port: StreamPort<RunPush> | undefined
    await start({
      limits: { slowMs: 400 },
      handlers: {
        'run.events': (_params, opening) => {
          port = opening
        },
      },
    })
    const socket = await test.openSocket()
    socket.send(pack(helloMessage))
    socket.send(pack([KIND.subscribe, 1, 'run.events', { runId: 'a', cursor: 0 }]))
    await expect.poll(() => port !== undefined).toBe(true)
    socket.pause()
    const before = process.memoryUsage().rss
    const text = 'x'.repeat(10_000)
    let pushed = 0
    const endMs = performance.now() + 10_000
    // Gigabytes, if they were kept.
    while (!port!.isClosed && performance.now() < endMs) {
      for (let at = 0; at < 100; at += 1) port!.push(pushAt(pushed + at, text), 'tick')
      pushed += 100
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(port!.isClosed).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 2 ** 20)
    await expect.poll(() => test.host.viewCount, { timeout: 10_000 }).toBe(0)
  })

  it('disconnects a page that asks without reading the answers', async () => {
    const spans = new Float64Array(80_000)
    let asked = 0
    await start({
      limits: { slowMs: 400 },
      handlers: {
        'run.spans': async () => {
          asked += 1
          return { next: 0, dropped: 0, spans }
        },
      },
    })
    const socket = await test.openSocket()
    const closed = closing(socket)
    socket.send(pack(helloMessage))
    socket.pause()
    for (let id = 1; id <= 200; id += 1)
      socket.send(pack([KIND.request, id, 'run.spans', { runId: 'a', from: 0 }]))
    await expect.poll(() => test.host.viewCount, { timeout: 10_000 }).toBe(0)
    expect(asked).toBeLessThanOrEqual(200)
    socket.resume()
    await closed
  })

  it('wakes a page at most sixty times a second, however much is pushed', async () => {
    let port: StreamPort<RunPush> | undefined
    await start({
      handlers: {
        'run.events': (_params, opening) => {
          port = opening
        },
      },
    })
    const { client, socket } = await test.openClient()
    let messages = 0
    socket.on('message', () => (messages += 1))
    const all = Promise.withResolvers<void>()
    let pushes = 0
    client.on('run.events', { runId: 'a', cursor: 0 }, () => {
      pushes += 1
      if (pushes === 1_000) all.resolve()
    })
    await expect.poll(() => port !== undefined).toBe(true)
    const startMs = performance.now()
    for (let at = 1; at <= 1_000; at += 1) {
      port!.push(pushAt(at))
      if (at % 10 === 0) await new Promise(resolve => setTimeout(resolve, 1))
    }
    await all.promise
    const elapsedSec = (performance.now() - startMs) / 1_000
    expect(messages).toBeLessThanOrEqual(Math.ceil(elapsedSec * 60) + 2)
  })

  it('lists who is signed in, and signs them out', async () => {
    await start()
    const [one, two] = [await test.signIn(), await test.signIn('read')]
    const { client } = await test.openClient(one)
    const other = await test.openClient(two)
    const closed = closing(other.socket)
    const list = await client.call('sessions.list', {})
    expect(list.map(({ access, isOwn }) => ({ access, isOwn }))).toEqual([
      { access: 'control', isOwn: true },
      { access: 'read', isOwn: false },
    ])
    await client.call('sessions.revoke', { sessionId: list[1]!.sessionId })
    expect(await closed).toBe(1008)
    await expect(test.getTicket(two)).rejects.toThrow('401')
    expect((await client.call('sessions.list', {})).length).toBe(1)
  })

  it('lets a session that may only look ask for nothing else', async () => {
    const called: string[] = []
    const handler = (name: string) => async () => {
      called.push(name)
      return null as never
    }
    await start({
      handlers: {
        'runs.list': async () => [],
        'run.stop': handler('run.stop'),
        'settings.set': handler('settings.set'),
        'sessions.revoke': handler('sessions.revoke'),
      },
    })
    const { client } = await test.openClient(await test.signIn('read'))
    const refused = expect.objectContaining({ code: 'E_AUTH' }) as Error
    await expect(client.call('run.stop', { runId: 'a', phase: 4 })).rejects.toThrow(refused)
    await expect(client.call('upload.begin', { name: 'x', bytes: 1 })).rejects.toThrow(refused)
    await expect(client.call('input.inspect', { inputs: ['/etc/passwd'] })).rejects.toThrow(refused)
    expect([await client.call('runs.list', {}), called]).toEqual([[], []])
  })

  it('gives nobody more than --read-only grants', async () => {
    await start({ access: 'read', handlers: { 'runs.list': async () => [] } })
    const { client } = await test.openClient(await test.signIn('control'))
    expect(await client.call('sessions.list', {})).toMatchObject([{ access: 'read', isOwn: true }])
    await expect(client.call('run.pause', { runId: 'a', isPaused: true })).rejects.toThrow(/only look/)
  })

  it('says goodbye to its pages when it ends', async () => {
    await start()
    const closed = closing(await test.openSocket())
    await test.host[Symbol.asyncDispose]()
    expect(await closed).toBe(1001)
  })
})

/** What the host answers: the code of each error, `answer` for what is none. */
function failuresOf(socket: WebSocket) {
  const codes: string[] = []
  const assembler = new Assembler()
  let changed = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    for (const frame of unpackFrames(data)) {
      const message = assembler.push(frame)
      if (message === undefined) continue
      const [kind, , third] = decodeMessage(message) as [number, number, { readonly code?: string } | null]
      if (kind === KIND.hello) continue
      codes.push(kind === KIND.error || kind === KIND.end ? (third?.code ?? '') : 'answer')
    }
    changed.resolve()
    changed = Promise.withResolvers()
  })
  const until = async (isEnough: (codes: readonly string[]) => boolean): Promise<void> => {
    while (!isEnough(codes)) await changed.promise
  }
  return { codes, until }
}
