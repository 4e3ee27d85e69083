import { describe, expect, it, vi } from 'vitest'

import { cutIntoFrames } from '../../../../shared/contract/chunks.ts'
import { encodeMessage } from '../../../../shared/contract/codec.ts'
import { connect } from '../../../../shared/contract/connect.ts'
import type { Handlers, Input, RunPush, StreamPort } from '../../../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../../../shared/contract/memory-wire.ts'
import { helloMessage } from '../../../../shared/contract/message.ts'
import {
  MALFORMED_LIMIT,
  REQUESTS_LIMIT,
  serve,
  SUBSCRIPTIONS_LIMIT,
} from '../../../../shared/contract/serve.ts'
import { JobError, TaskError } from '../../../../shared/model/error.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'
import { makeHandlers, pushAt } from '../../../support/contract/handlers.ts'
import { SlowWire } from '../../../support/contract/slow-wire.ts'

function makePair(handlers: Partial<Handlers>) {
  const [hostWire, clientWire] = makeMemoryWires()
  const serving = serve(makeHandlers(handlers), hostWire)
  return { serving, client: connect(clientWire), hostWire, clientWire }
}

/** A host whose view is the test, message by message. */
function makeRawView(handlers: Partial<Handlers>, { greets = true } = {}) {
  const wire = new SlowWire()
  serve(makeHandlers(handlers), wire)
  const say = (message: unknown) => {
    for (const frame of cutIntoFrames(encodeMessage(message))) wire.receive(frame)
  }
  if (greets) say(helloMessage)
  wire.sent.length = 0
  return { wire, say }
}

const job = parseJob({ schema: 'interleave/job@1', kind: 'cpu' })
const startInput: Input<'run.start'> = {
  job,
  options: {
    out: [],
    outMode: 'create',
    allowFailures: { unit: 'tasks', value: 0 },
    asserts: [],
    patienceMs: 1,
    rejects: null,
    pass: 'write',
  },
}

describe('a command', () => {
  it('reaches its handler with the checked input and brings the answer back', async () => {
    const start = vi.fn(async (_: Input<'run.start'>) => ({ runId: 'r1' }))
    const { client } = makePair({ 'run.start': start })
    expect(await client.call('run.start', startInput)).toEqual({ runId: 'r1' })
    expect(start).toHaveBeenCalledExactlyOnceWith(startInput)
  })

  it('keeps typed arrays and answers longer than a frame', async () => {
    const spans = Float64Array.from({ length: 100_000 }, (_, at) => at / 3)
    const { client } = makePair({ 'run.spans': async () => ({ next: 5, dropped: 1, spans }) })
    const answer = await client.call('run.spans', { runId: 'r1', from: 0 })
    expect(answer).toEqual({ next: 5, dropped: 1, spans })
  })

  it('is answered in the order in which handlers end, not in which they were asked', async () => {
    const gates = new Map([
      ['a', Promise.withResolvers<void>()],
      ['b', Promise.withResolvers<void>()],
    ])
    const { client } = makePair({
      'runs.delete': async ({ runId }) => {
        await gates.get(runId)!.promise
        return { runId }
      },
    })
    const ended: string[] = []
    const calls = ['a', 'b'].map(async runId =>
      ended.push((await client.call('runs.delete', { runId })).runId),
    )
    gates.get('b')!.resolve()
    await calls[1]
    gates.get('a')!.resolve()
    await Promise.all(calls)
    expect(ended).toEqual(['b', 'a'])
  })

  it.each([
    [new JobError('E_LOCKED', 'run r1 is in use'), { code: 'E_LOCKED', message: 'run r1 is in use' }],
    [new TaskError('E_DNS', 'no such host'), { code: 'E_DNS', message: 'no such host' }],
    [new RangeError('bug'), { code: 'E_INTERNAL', message: 'RangeError: bug' }],
  ])('rejects with the code of the handler: %s', async (error, expected) => {
    const { client } = makePair({ 'runs.list': () => Promise.reject(error) })
    const rejection = await client.call('runs.list', {}).catch((reason: unknown) => reason)
    expect(rejection).toBeInstanceOf(JobError)
    expect(rejection).toMatchObject(expected)
  })

  it('rejects when its answer is no plain data', async () => {
    const { client } = makePair({ 'runs.list': async () => [() => 1] as never })
    await expect(client.call('runs.list', {})).rejects.toMatchObject({ code: 'E_IPC_SCHEMA' })
  })

  it('rejects when its input is no plain data, without asking', async () => {
    const { client } = makePair({})
    await expect(client.call('runs.show', { runId: (() => 1) as never })).rejects.toMatchObject({
      code: 'E_IPC_SCHEMA',
    })
  })

  it.each([
    [
      'run.start',
      { ...startInput, job: { ...job, cpu: { tasks: 0 } } },
      'job $.cpu.tasks: expected a whole number',
    ],
    ['run.start', { ...startInput, extra: 1 }, 'unknown key "extra"'],
    [
      'runs.show',
      { runId: '../x' },
      '$.runId: expected a run id, the beginning of one, or latest, found "../x"',
    ],
    ['run.spans', { runId: 'a', from: -1 }, '$.from: expected a whole number from 0, found -1'],
    ['run.stop', { runId: 'a', phase: 0 }, '$.phase: expected a phase from 1 to 4, found 0'],
    ['runs.export', { runId: 'a', out: 'x.csv', mode: 'create' }, '$.out: expected an absolute path'],
    [
      'run.resume',
      { runId: 'a', options: null, parallelism: { threads: 0 } },
      '$.parallelism.threads: expected',
    ],
    ['runs.list', null, '$: '],
    ['runs.burn', {}, 'this version has no command named runs.burn'],
    ['run.events', {}, 'this version has no command named run.events'],
    ['toString', {}, 'this version has no command named toString'],
    ['__proto__', {}, 'this version has no command named __proto__'],
  ])('is refused before its handler sees it: %s %j', async (name, input, message) => {
    const { client } = makePair({})
    const call = client.call(name as 'runs.list', input as never)
    await expect(call).rejects.toMatchObject({
      code: 'E_IPC_SCHEMA',
      message: expect.stringContaining(message),
    })
  })

  it('is refused when too many are unanswered', async () => {
    const never = Promise.withResolvers<never>()
    const { wire, say } = makeRawView({ 'runs.list': () => never.promise })
    for (let id = 1; id <= REQUESTS_LIMIT + 1; id += 1) say([1, id, 'runs.list', {}])
    expect(wire.sent).toEqual([[3, REQUESTS_LIMIT + 1, expect.objectContaining({ code: 'E_LIMIT' })]])
  })

  it('rejects when the wire closes before the answer, and so does every later one', async () => {
    const asked = Promise.withResolvers<void>()
    const { client, hostWire } = makePair({
      'runs.list': () => {
        asked.resolve()
        return new Promise(() => undefined)
      },
    })
    const call = client.call('runs.list', {})
    await asked.promise
    hostWire.close()
    const closed = {
      code: 'E_CANCELLED',
      message: 'runs.list was not answered: the connection to the host is closed',
    }
    await expect(call).rejects.toMatchObject(closed)
    await expect(client.call('runs.list', {})).rejects.toMatchObject(closed)
    expect(() => client.on('run.events', { runId: 'a', cursor: 0 }, () => undefined)).toThrow(JobError)
  })
})

describe('a stream', () => {
  const params = { runId: 'a', cursor: 3 }

  it('pushes from its cursor on and ends', async () => {
    const { client } = makePair({
      'run.events': ({ cursor }, port) => {
        port.push(pushAt(cursor + 1))
        port.push(pushAt(cursor + 2), 'tick')
        port.end()
        port.push(pushAt(9))
      },
    })
    const pushes: RunPush[] = []
    const ended = await new Promise(resolve =>
      client.on('run.events', params, push => pushes.push(push), resolve),
    )
    expect(ended).toBe(null)
    expect(pushes).toEqual([pushAt(4), pushAt(5)])
  })

  it.each([
    [
      'throws',
      () => {
        throw new JobError('E_NOT_FOUND', 'no run a')
      },
    ],
    ['rejects', () => Promise.reject(new JobError('E_NOT_FOUND', 'no run a'))],
    [
      'fails its port',
      (_: unknown, port: StreamPort<RunPush>) => port.fail(new JobError('E_NOT_FOUND', 'no run a')),
    ],
  ])('ends with the error when its handler %s', async (_, handler) => {
    const { client } = makePair({ 'run.events': handler })
    const ended = await new Promise(resolve => client.on('run.events', params, () => undefined, resolve))
    expect(ended).toMatchObject({ code: 'E_NOT_FOUND', message: 'no run a' })
  })

  it('is refused with wrong parameters', async () => {
    const { client } = makePair({})
    const ended = await new Promise(resolve =>
      client.on('run.events', { runId: 'a', cursor: -1 }, () => undefined, resolve),
    )
    expect(ended).toMatchObject({ code: 'E_IPC_SCHEMA' })
  })

  it('tells its handler of an unsubscribe, and calls no listener afterwards', async () => {
    const opened = Promise.withResolvers<StreamPort<RunPush>>()
    const { client } = makePair({ 'run.events': (_, port) => opened.resolve(port) })
    const listener = vi.fn()
    const onEnd = vi.fn()
    const unsubscribe = client.on('run.events', params, listener, onEnd)
    const port = await opened.promise
    const closed = new Promise<void>(resolve => port.onClosed(resolve))
    port.push(pushAt(4))
    unsubscribe()
    unsubscribe()
    await closed
    port.push(pushAt(5))
    await expect(client.call('runs.list', {})).rejects.toThrow()
    expect(port.isClosed).toBe(true)
    expect([listener.mock.calls.length, onEnd.mock.calls.length]).toEqual([0, 0])
  })

  it('tells both sides when the wire closes', async () => {
    const opened = Promise.withResolvers<StreamPort<RunPush>>()
    const { client, serving } = makePair({ 'run.events': (_, port) => opened.resolve(port) })
    const ended = new Promise(resolve => client.on('run.events', params, () => undefined, resolve))
    const port = await opened.promise
    const closed = new Promise<void>(resolve => port.onClosed(resolve))
    serving.close()
    await closed
    expect(await ended).toMatchObject({ code: 'E_CANCELLED' })
    await new Promise<void>(resolve => port.onClosed(resolve))
  })

  it('coalesces ticks for a slow view and keeps the rest', async () => {
    const opened = Promise.withResolvers<StreamPort<RunPush>>()
    const { wire, say } = makeRawView({ 'run.events': (_, port) => opened.resolve(port) })
    say([4, 1, 'run.events', params])
    const port = await opened.promise
    wire.block()
    for (let cursor = 4; cursor < 100; cursor += 1)
      port.push(pushAt(cursor), cursor % 10 === 0 ? undefined : 'tick')
    port.end()
    wire.drain()
    expect(wire.sent).toEqual([
      ...[10, 20, 30, 40, 50, 60, 70, 80, 90, 99].map(cursor => [5, 1, pushAt(cursor)]),
      [7, 1, null],
    ])
  })

  it('ends with E_LIMIT when a slow view leaves too much waiting, behind what waits', async () => {
    const opened = Promise.withResolvers<StreamPort<RunPush>>()
    const { wire, say } = makeRawView({ 'run.events': (_, port) => opened.resolve(port) })
    say([4, 1, 'run.events', params])
    const port = await opened.promise
    wire.block()
    for (let cursor = 4; !port.isClosed; cursor += 1) port.push(pushAt(cursor, 'x'.repeat(2 ** 20)))
    wire.drain()
    expect(wire.sent.slice(0, -1)).toHaveLength(7)
    expect(wire.sent.at(-1)).toEqual([7, 1, expect.objectContaining({ code: 'E_LIMIT' })])
  })

  it('ends when a push is no plain data', async () => {
    const { client } = makePair({ 'run.events': (_, port) => port.push((() => 1) as never) })
    const ended = await new Promise(resolve => client.on('run.events', params, () => undefined, resolve))
    expect(ended).toMatchObject({ code: 'E_IPC_SCHEMA' })
  })

  it('is refused when too many are open', () => {
    const { wire, say } = makeRawView({ 'run.events': () => undefined })
    for (let id = 1; id <= SUBSCRIPTIONS_LIMIT + 1; id += 1) say([4, id, 'run.events', params])
    expect(wire.sent).toEqual([[7, SUBSCRIPTIONS_LIMIT + 1, expect.objectContaining({ code: 'E_LIMIT' })]])
  })
})

describe('a connection', () => {
  it('begins with a hello from either side', async () => {
    const [hostWire, clientWire] = makeMemoryWires()
    const first = new Promise<Uint8Array>(resolve => clientWire.onFrame(resolve))
    serve(makeHandlers({}), hostWire)
    expect(await first).toEqual(cutIntoFrames(encodeMessage(helloMessage))[0])
  })

  it.each([
    ['another version', [0, 'interleave', 2], 'E_VERSION'],
    ['a request before the hello', [1, 1, 'runs.list', {}], 'E_VERSION'],
    ['something else', 'GET / HTTP/1.1', 'E_VERSION'],
  ])('is closed over %s', (_, message, code) => {
    const { wire, say } = makeRawView({}, { greets: false })
    say(message)
    expect(wire.sent).toEqual([[3, 0, expect.objectContaining({ code })]])
    expect(wire.isClosed).toBe(true)
  })

  it('rejects calls with E_VERSION when the host is of another version', async () => {
    const [hostWire, clientWire] = makeMemoryWires()
    const client = connect(clientWire)
    const call = client.call('runs.list', {})
    hostWire.send(cutIntoFrames(encodeMessage([0, 'interleave', 99]))[0]!)
    await expect(call).rejects.toMatchObject({
      code: 'E_VERSION',
      message: expect.stringContaining('update the client'),
    })
  })

  it.each([
    ['an answer', [2, 1, null]],
    ['a message of an unknown kind', [99, 1]],
    ['a replayed id', [4, 1, 'run.events', { runId: 'a', cursor: 0 }]],
  ])(`bears ${MALFORMED_LIMIT} malformed messages (%s) and closes over the next`, (_, message) => {
    const { wire, say } = makeRawView({ 'run.events': () => undefined })
    say([4, 1, 'run.events', { runId: 'a', cursor: 0 }])
    for (let count = 0; count < MALFORMED_LIMIT; count += 1) say(message)
    expect(wire.isClosed).toBe(false)
    expect(wire.sent).toEqual(
      Array.from({ length: MALFORMED_LIMIT }, () => [
        3,
        0,
        expect.objectContaining({ code: 'E_IPC_SCHEMA' }),
      ]),
    )
    say(message)
    expect(wire.isClosed).toBe(true)
  })

  it('counts wrong inputs as malformed too', async () => {
    const { client } = makePair({})
    const calls = Array.from({ length: MALFORMED_LIMIT + 2 }, () => client.call('runs.show', { runId: '' }))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(outcome => (outcome as PromiseRejectedResult).reason.code)).toEqual(
      outcomes.map(() => 'E_IPC_SCHEMA'),
    )
    await expect(client.call('runs.list', {})).rejects.toMatchObject({ code: 'E_IPC_SCHEMA' })
  })

  it('is closed at once over a frame after which nothing can be understood', () => {
    const { wire } = makeRawView({})
    wire.receive(Uint8Array.of(9, 9))
    expect(wire.sent).toEqual([[3, 0, expect.objectContaining({ code: 'E_IPC_SCHEMA' })]])
    expect(wire.isClosed).toBe(true)
  })

  it('is closed over a message longer than the host accepts', () => {
    const wire = new SlowWire()
    serve(makeHandlers({}), wire, { messageBytes: 1_000 })
    wire.sent.length = 0
    wire.receive(cutIntoFrames(new Uint8Array(1_001))[0]!)
    expect(wire.sent).toEqual([[3, 0, expect.objectContaining({ code: 'E_LIMIT' })]])
  })
})
