import { describe, expect, it } from 'vitest'
import { EngineBench, type WatchedRun } from '../../support/engine/engine-bench.ts'
import { rowsOf } from '../../support/load/sqlite-file.ts'
import { startRedis } from '../../support/redis-server.ts'

const LINES = 150_000

const lineOf = (at: number): string => `record ${at} of many, long enough to be one`
const WANTED = Array.from({ length: LINES }, (_, at) => lineOf(at))

/** Tunes a run again and again, while its workers have batches in flight and leases that are half done. */
async function tuneAllTheTime(run: WatchedRun, shapes: readonly number[]): Promise<void> {
  for (const processes of shapes) {
    const { tasks } = await run.settled(0)
    await run.settled(tasks.total - tasks.remaining + LINES / 20)
    await run.tune({ processes, inFlight: processes })
    // Who leaves finishes what it has in flight, but there must be something left for who comes.
    await run.pause(true)
    await run.workers(processes)
    await run.pause(false)
  }
}

const loadOf = (input: string, load: object, parallelism: object = {}): Record<string, unknown> => ({
  kind: 'load',
  inputs: [input],
  load,
  parallelism: { model: 'processes', processes: 2, inFlight: 2, ...parallelism },
})

describe('a load whose processes are tuned', () => {
  it('leaves a list exact, which nothing may be pushed to twice', { timeout: 60_000 }, async () => {
    await using bench = new EngineBench()
    await using redis = await startRedis()
    const file = bench.write('data.txt', WANTED.join('\n'))
    const load = { to: redis.url, command: 'rpush', key: 'all', batch: 5 }
    const run = await bench.start(loadOf(file, load), null)
    await tuneAllTheTime(run, [3, 1, 2, 1, 3])
    expect((await run.summary()).tasks).toMatchObject({ total: LINES, ok: LINES })

    const found = (await redis.cli('LRANGE', 'all', '0', '-1')).split('\n')
    expect(found.length).toBe(LINES)
    expect(found.sort()).toEqual(WANTED.toSorted())
    expect(await redis.cli('DBSIZE')).toBe('1')
  })

  it('keeps the order of the input, whoever comes and goes', { timeout: 60_000 }, async () => {
    await using bench = new EngineBench()
    await using redis = await startRedis()
    const file = bench.write('data.txt', WANTED.join('\n'))
    const load = { to: redis.url, command: 'rpush', key: 'all', batch: 5 }
    const run = await bench.start(loadOf(file, load, { order: 'input' }), null)
    await tuneAllTheTime(run, [3])
    // Others wait for what the leaving ones hold, so these go on until that is settled.
    await run.tune({ processes: 1 })
    await run.workers(1)
    expect((await run.summary()).tasks).toMatchObject({ total: LINES, ok: LINES })
    expect((await redis.cli('LRANGE', 'all', '0', '-1')).split('\n')).toEqual(WANTED)
  })

  it('keeps the order also when one of those who are to go is killed', { timeout: 60_000 }, async () => {
    await using bench = new EngineBench()
    await using redis = await startRedis()
    const file = bench.write('data.txt', WANTED.join('\n'))
    const load = { to: redis.url, command: 'rpush', key: 'all', batch: 5 }
    const run = await bench.start(loadOf(file, load, { processes: 3, order: 'input' }), null)
    const { tasks } = await run.workers(3)
    await run.settled(tasks.total - tasks.remaining + LINES / 20)
    await run.tune({ processes: 1 })
    const { workers } = await run.tick(({ steering }) => steering.processes === 1)
    process.kill(workers.at(-1)!.pid, 'SIGKILL')
    await run.workers(1)
    expect((await run.summary()).tasks).toMatchObject({ total: LINES, ok: LINES })
    expect((await redis.cli('LRANGE', 'all', '0', '-1')).split('\n')).toEqual(WANTED)
  })

  it('leaves each row once in a table', { timeout: 60_000 }, async () => {
    await using bench = new EngineBench()
    const file = bench.write('data.txt', WANTED.join('\n'))
    const path = bench.path('data.db')
    const load = { to: `sqlite:${path}`, batch: 10 }
    const run = await bench.start(loadOf(file, load), null)
    await tuneAllTheTime(run, [3, 1, 2, 1, 3])
    expect((await run.summary()).tasks).toMatchObject({ total: LINES, ok: LINES })
    const tables = rowsOf(path, "SELECT name FROM sqlite_schema WHERE type = 'table'").flat()
    expect(tables.length).toBe(1)
    expect(rowsOf(path, `SELECT count(*), count(DISTINCT value) FROM "${String(tables[0])}"`)).toEqual([
      [LINES, LINES],
    ])
  })
})
