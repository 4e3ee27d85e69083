import { describe, expect, it } from 'vitest'
import type { RecordFailure } from '../../../../../engine/destination/destination.ts'
import { BatchBuffer, BufferPool } from '../../../../../engine/destination/redis/batch-buffer.ts'
import type { OwedReplies, RedisConnection } from '../../../../../engine/destination/redis/connection.ts'
import { ExactBatches } from '../../../../../engine/destination/redis/exact-batches.ts'
import { ScriptEncoder } from '../../../../../engine/destination/redis/record-encoder.ts'
import type { ReplyValue } from '../../../../../engine/destination/redis/reply-parser.ts'
import type { RedisSession } from '../../../../../engine/destination/redis/session.ts'
import { planOf } from '../../../../../engine/load/command-plan.ts'
import { makeCounters } from '../../../../../shared/model/counters.ts'
import type { JobError } from '../../../../../shared/model/error.ts'
import { makeLoadOptions, makeRecord } from '../../../../support/engine/load-records.ts'

/** A connection whose replies the test gives. */
class ScriptedConnection {
  /** Hash fields the server is asked for. */
  readonly stored = new Map<string, string>()
  readonly sent: { readonly expected: string; readonly next: string; readonly tasks: string[] }[] = []
  readonly #owed: OwedReplies[] = []

  call(parts: readonly string[]): Promise<ReplyValue> {
    return Promise.resolve(parts.slice(2).map(field => this.stored.get(field) ?? null))
  }

  send(bytes: Buffer, owed: OwedReplies): void {
    const [, , , , , , , expected = '', next = '', , ...records] = argumentsOf(bytes)
    // task, count of arguments, key, value
    this.sent.push({ expected, next, tasks: records.filter((_, at) => at % 4 === 0) })
    this.#owed.push(owed)
  }

  answer(value: ReplyValue): void {
    this.#owed.shift()?.onValue(value)
  }

  refuse(text: string): void {
    this.#owed.shift()?.onError(text)
  }
}

function argumentsOf(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = bytes.indexOf('\n') + 1; at < bytes.length;) {
    const from = bytes.indexOf('\n', at) + 1
    const length = Number(bytes.toString('latin1', at + 1, from - 2))
    found.push(bytes.toString('utf8', from, from + length))
    at = from + length + 2
  }
  return found
}

function setUp() {
  const settled: [from: number, failures: readonly RecordFailure[]][] = []
  const told = { held: [] as string[], errors: [] as JobError[] }
  const session = {
    key: 'interleave:run',
    field: 'c:1',
    hold: (text: string) => void told.held.push(text),
    flows: () => undefined,
    fail: (error: JobError) => void told.errors.push(error),
  }
  const encoder = new ScriptEncoder(planOf(makeLoadOptions({ to: 'redis://h', command: 'rpush', key: 'k' })))
  const lane = new ExactBatches({
    session: session as unknown as RedisSession,
    encoder,
    pool: new BufferPool({ buffers: 4, bytes: 2 ** 20 }),
    counters: makeCounters(),
    command: 'RPUSH',
  })
  const push = (from: number, next: number): void => {
    const tasks = Array.from({ length: next - from }, (_, at) => from + at)
    const buffer = new BatchBuffer()
    for (const taskIndex of tasks) encoder.add(makeRecord(`v${taskIndex}`, { taskIndex }), buffer)
    lane.push(
      {
        first: 0,
        step: 1,
        from,
        next,
        tasks: Float64Array.from(tasks),
        records: tasks.length,
        written: () => undefined,
        settle: failures => settled.push([from, failures]),
        cancel: () => undefined,
      },
      buffer,
    )
  }
  const attach = async (stored: Readonly<Record<string, string>> = {}): Promise<ScriptedConnection> => {
    const connection = new ScriptedConnection()
    for (const [field, value] of Object.entries(stored)) connection.stored.set(field, value)
    await lane.attach(connection as unknown as RedisConnection, '1 a')
    return connection
  }
  return { lane, push, attach, settled, told }
}

const DONE = ['done', []]

describe('ExactBatches', () => {
  it('chains the batches of a lease: each expects what the one before it leaves', async () => {
    const { push, attach, settled } = setUp()
    const connection = await attach()
    for (const from of [0, 3, 6]) push(from, from + 3)
    expect(connection.sent.map(({ expected, next }) => [expected, next])).toEqual([
      ['', '3'],
      ['3', '6'],
      ['6', '9'],
    ])
    for (let at = 0; at < 3; at += 1) connection.answer(DONE)
    expect(settled).toEqual([
      [0, []],
      [3, []],
      [6, []],
    ])
  })

  it('sends again, in order, what was held up behind a batch that the server could not write', async () => {
    const { lane, push, attach, settled, told } = setUp()
    const connection = await attach()
    for (const from of [0, 3, 6]) push(from, from + 3)
    connection.answer(['fault', 'OOM no memory'])
    connection.answer(['moved', ''])
    push(9, 12)
    connection.answer(['moved', ''])
    expect({ held: told.held, sent: connection.sent.length }).toEqual({ held: ['OOM no memory'], sent: 3 })

    lane.retry()
    expect(connection.sent.slice(3)).toEqual([{ expected: '', next: '3', tasks: ['0', '1', '2'] }])
    connection.answer(DONE)
    lane.pump()
    expect(connection.sent.slice(4).map(({ expected, next }) => [expected, next])).toEqual([
      ['3', '6'],
      ['6', '9'],
      ['9', '12'],
    ])
    for (let at = 0; at < 3; at += 1) connection.answer(DONE)
    expect(settled.map(([from]) => from)).toEqual([0, 3, 6, 9])
    expect(told.errors).toEqual([])
  })

  it('goes on behind the last record that was applied when a batch was cut short', async () => {
    const { lane, push, attach, settled } = setUp()
    const connection = await attach()
    push(0, 5)
    connection.answer(['part', 'OOM no memory', '3', [1, 'bad one']])
    lane.retry()
    expect(connection.sent[1]).toEqual({ expected: '3', next: '5', tasks: ['3', '4'] })
    connection.answer(['done', [1, 'bad four']])
    expect(settled).toEqual([
      [
        0,
        [
          { at: 1, code: 'E_DEST_DATA', message: 'bad one' },
          { at: 4, code: 'E_DEST_DATA', message: 'bad four' },
        ],
      ],
    ])
  })

  it('asks the position on a new connection what became of the batches under way', async () => {
    const { lane, push, attach, settled, told } = setUp()
    await attach()
    for (const from of [0, 3, 6]) push(from, from + 3)
    lane.detach()
    const connection = await attach({
      'p:0/1': '4',
      'f:1': 'E_DEST_DATA bad one',
      'f:3': 'E_DEST_DATA bad three',
    })
    expect(settled).toEqual([[0, [{ at: 1, code: 'E_DEST_DATA', message: 'bad one' }]]])
    expect(connection.sent).toEqual([
      { expected: '4', next: '6', tasks: ['4', '5'] },
      { expected: '6', next: '9', tasks: ['6', '7', '8'] },
    ])
    connection.answer(DONE)
    expect(settled[1]).toEqual([3, [{ at: 0, code: 'E_DEST_DATA', message: 'bad three' }]])
    expect(told.errors).toEqual([])
  })

  it('does not take a position for its own that it cannot have written', async () => {
    const { lane, push, attach } = setUp()
    const connection = await attach()
    push(0, 3)
    connection.answer(DONE)
    push(3, 6)
    lane.detach()
    await expect(attach({ 'p:0/1': '7' })).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
    await expect(attach({ 'p:0/1': '2' })).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
    await expect(attach()).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
  })

  it('ends when the position was moved by someone else, or its registration is gone', async () => {
    const moved = setUp()
    const one = await moved.attach()
    moved.push(0, 3)
    one.answer(['moved', '77'])
    expect(moved.told.errors).toMatchObject([{ code: 'E_SRC_CHANGED' }])
    expect(moved.settled).toEqual([])

    const gone = setUp()
    const two = await gone.attach()
    gone.push(0, 3)
    two.answer(['gone'])
    expect(gone.told.errors).toMatchObject([{ code: 'E_SRC_CHANGED' }])
  })

  it('ends with our own error when the script fails', async () => {
    const { push, attach, told } = setUp()
    const connection = await attach()
    push(0, 3)
    connection.refuse('ERR Error compiling script')
    expect(told.errors).toMatchObject([{ code: 'E_INTERNAL' }])
  })
})
