import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/model/run.ts'
import { documentOf, Workbench } from '../../support/cli.ts'
import { startRedis } from '../../support/redis-server.ts'

const LINES = 60_000
/** Every hundredth line is no UTF-8. */
const BAD_EVERY = 100

const mixed = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, at) =>
      at % BAD_EVERY === 7
        ? Buffer.from(`bad ${at} \xff\n`, 'latin1')
        : Buffer.from(`record ${at} of many\n`),
    ),
  )
const plain = (count: number): string => Array.from({ length: count }, (_, at) => `record ${at}\n`).join('')

const keysOf = (bench: Workbench, name: string): number[] =>
  bench
    .read(name)
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { key: number }).key)

const ascending = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b)
const BAD = Array.from({ length: LINES / BAD_EVERY }, (_, at) => at * BAD_EVERY + 7)

describe('files of a load', () => {
  it.each([
    ['loop', []],
    ['threads', ['--threads', '2']],
    ['processes', ['--processes', '2', '--partition', 'chunk']],
    ['processes', ['--processes', '2', '--partition', 'stride']],
  ])('hold each record once under %s %s', async (model, flags) => {
    await using bench = new Workbench()
    bench.write('data.txt', mixed(LINES))
    const args = [
      'load',
      'data.txt',
      '--to',
      'jsonl:out.jsonl',
      '--model',
      model,
      ...flags,
      '--max-rejects',
      '5%',
    ]
    const ended = await bench.run([...args, '--json'])
    expect(ended.code).toBe(3)
    expect(documentOf(ended)).toMatchObject({
      state: 'done',
      tasks: { total: LINES, failed: BAD.length },
      load: {
        acknowledged: LINES - BAD.length,
        failed: BAD.length,
        rejects: bench.path('data.txt.rejects.jsonl'),
      },
      exit: { code: 3, reason: `${BAD.length} of ${LINES} records failed; data.txt.rejects.jsonl` },
    })
    const keys = keysOf(bench, 'out.jsonl')
    const rejected = bench.results('data.txt.rejects.jsonl').map(({ index }) => index)
    expect([new Set(keys).size, ascending(rejected)]).toEqual([LINES - BAD.length, BAD])
  })

  it.each([
    ['threads', ['--threads', '2']],
    ['processes', ['--processes', '2', '--partition', 'chunk']],
  ])('are in the order of the input when asked for, under %s', async (model, flags) => {
    await using bench = new Workbench()
    bench.write('data.txt', plain(LINES))
    const args = [
      'load',
      'data.txt',
      '--to',
      'jsonl:out.jsonl',
      '--model',
      model,
      ...flags,
      '--order',
      'input',
    ]
    expect((await bench.run(args)).code).toBe(0)
    expect(keysOf(bench, 'out.jsonl')).toEqual(Array.from({ length: LINES }, (_, at) => at))
  })

  it('are exact when everything is killed and resumed', async () => {
    await using bench = new Workbench()
    const many = LINES * 5
    bench.write('data.txt', mixed(many))
    const args = [
      'load',
      'data.txt',
      '--to',
      'jsonl:out.jsonl',
      '--batch',
      '50',
      '--max-rejects',
      '5%',
      '--events',
    ]
    const running = bench.start(args)
    await running.settled(20_000)
    running.killGroup()
    await running.ended
    const ended = await bench.run(['resume', 'latest', '--json'])
    expect(documentOf(ended)).toMatchObject({ state: 'done', tasks: { total: many, remaining: 0 } })
    const keys = keysOf(bench, 'out.jsonl')
    const rejected = bench.results('data.txt.rejects.jsonl').map(({ index }) => index)
    expect(ascending([...keys, ...rejected])).toEqual(Array.from({ length: many }, (_, at) => at))
  })

  it('are not written where one stands in the way, and nothing is loaded then', async () => {
    await using bench = new Workbench()
    bench.write('data.txt', 'a\n')
    bench.write('out.jsonl', 'precious\n')
    const ended = await bench.run(['load', 'data.txt', '--to', 'jsonl:out.jsonl'])
    expect([ended.code, bench.read('out.jsonl')]).toEqual([2, 'precious\n'])
    expect((await bench.run(['load', 'data.txt', '--to', 'jsonl:out.jsonl', '--force'])).code).toBe(0)
    expect(readFileSync(bench.path('out.jsonl'), 'utf8')).toBe('{"key":0,"value":"a"}\n')
  })
})

describe('rejects of a load', () => {
  it('stop it when they are too many, with examples, and it can be resumed', async () => {
    await using bench = new Workbench()
    const lines = Array.from({ length: 200_000 }, (_, at) =>
      at % 10 === 0 ? 'bad \xff\n' : `record ${at}\n`,
    )
    bench.write('data.txt', Buffer.from(lines.join(''), 'latin1'))
    const ended = await bench.run(['load', 'data.txt', '--to', 'null:', '--batch', '100', '--json'])
    const summary = documentOf(ended) as RunSummary
    expect([ended.code, summary.state, summary.exit.code]).toEqual([3, 'stopped', 3])
    expect(summary.exit.reason).toMatch(
      /^\d+ of \d+ records rejected, more than --max-rejects 1%: E_ENCODING line 1 /,
    )
    expect(summary.tasks.failed).toBe(bench.results('data.txt.rejects.jsonl').length)

    // With more let pass it goes on, and ends.
    const resumed = await bench.runJson([
      'resume',
      'latest',
      '--max-rejects',
      '15%',
      '--allow-failures',
      '15%',
    ])
    expect([resumed.code, resumed.summary.state]).toEqual([0, 'done'])
    expect(resumed.summary.tasks).toMatchObject({ ok: 180_000, failed: 20_000 })
  })

  it('are those that count when the destination comes back empty', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    const many = LINES * 5
    bench.write('data.txt', mixed(many))
    const args = [
      'load',
      'data.txt',
      '--to',
      redis.url,
      '--command',
      'rpush',
      '--key',
      'all',
      '--batch',
      '40',
    ]
    const running = bench.start([...args, '--max-rejects', '5%', '--events'])
    await running.settled(10_000)
    await redis.restart({ keepData: false })
    const { code } = await running.ended
    const summary = running.events.at(-1) as unknown as RunSummary
    const rejected = bench.results('data.txt.rejects.jsonl').map(({ index }) => index)
    expect(code).toBe(3)
    expect(summary.tasks).toMatchObject({ total: many, failed: many / BAD_EVERY, remaining: 0 })
    expect([new Set(rejected).size, rejected.length]).toEqual([many / BAD_EVERY, many / BAD_EVERY])
    expect(await redis.cli('LLEN', 'all')).toBe(String(many - many / BAD_EVERY))
    expect(await redis.cli('KEYS', 'interleave:*')).toBe('')
  })

  it('of a run that cannot read its input again are told when its destination comes back empty', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    const running = bench.start(['load', '-', '--to', redis.url, '--batch', '40', '--events'], {
      input: plain(300_000),
    })
    await running.settled(10_000)
    await redis.restart({ keepData: false })
    const { code } = await running.ended
    expect([code, (running.events.at(-1) as unknown as RunSummary).error?.code]).toEqual([
      5,
      'E_NOT_RESUMABLE',
    ])
  })

  it('leave in time when a stop is asked while the destination is away', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', mixed(LINES * 5))
    const running = bench.start([
      'load',
      'data.txt',
      '--to',
      redis.url,
      '--batch',
      '40',
      '--max-rejects',
      '5%',
      '--events',
    ])
    await running.settled(5_000)
    redis.pause()
    running.signal('SIGINT')
    const { code } = await running.ended
    redis.resume()
    expect(code).toBe(130)
    const ended = await bench.run(['resume', 'latest', '--json'])
    expect(documentOf(ended)).toMatchObject({ state: 'done', tasks: { total: LINES * 5, remaining: 0 } })
  })
})

describe('an archive that breaks off', () => {
  it.each([
    ['loop', []],
    ['processes', ['--processes', '2']],
  ])('is loaded up to there under %s, and said to be cut', async (model, flags) => {
    await using bench = new Workbench()
    const text = Array.from({ length: LINES }, (_, at) => `record ${at} ${Math.sin(at)}\n`).join('')
    const packed = gzipSync(text)
    bench.write('cut.txt.gz', packed.subarray(0, packed.length / 2))
    const load = ['load', 'cut.txt.gz', '--to', 'jsonl:cut.jsonl', '--model', model, ...flags]
    const { code, summary } = await bench.runJson(load)
    expect([code, summary.error?.code]).toEqual([5, 'E_SRC_IO'])
    const keys = ascending(keysOf(bench, 'cut.jsonl'))
    expect(keys.length).toBeGreaterThan(LINES / 4)
    expect(keys).toEqual(Array.from(keys, (_, at) => at))
    expect(summary.tasks).toMatchObject({ ok: keys.length, remaining: 0 })
  })
})
