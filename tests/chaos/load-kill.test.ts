import { appendFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Workbench } from '../support/cli.ts'
import { seededRandom } from '../support/engine/random.ts'
import { startRedis } from '../support/redis-server.ts'
import { isGroupGone } from '../support/process-group.ts'

const LINES = 250_000
const KILLS = 5
const SEED = 20_261_122

const lineOf = (at: number): string => `record ${at} of many, long enough to be one`

/** Starts a load, kills everything of it at a random fraction, five times, and lets the sixth attempt end. */
async function killedLoad(bench: Workbench, args: readonly string[]): Promise<number | null> {
  const random = seededRandom(SEED)
  let settled = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = bench.start([...(kill === 0 ? args : ['resume', 'latest']), '--events'])
    settled += Math.ceil(random() * ((LINES - settled) / (KILLS + 1 - kill)))
    await running.settled(settled)
    running.killGroup()
    await running.ended
    expect(await isGroupGone(running.pid, 2_000)).toBe(true)
  }
  return (await bench.run(['resume', 'latest'])).code
}

const fileOf = (count: number): string => Array.from({ length: count }, (_, at) => `${lineOf(at)}\n`).join('')

describe('a load whose every process is killed five times', () => {
  it.each([
    ['loop', []],
    ['processes', ['--model', 'processes', '--processes', '2']],
  ])('leaves a list exact: RPUSH under %s', async (_model, flags) => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', fileOf(LINES))
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
      '50',
    ]
    expect(await killedLoad(bench, [...args, ...flags])).toBe(0)
    const found = (await redis.cli('LRANGE', 'all', '0', '-1')).split('\n')
    expect(found).toHaveLength(LINES)
    const wanted = Array.from({ length: LINES }, (_, at) => lineOf(at))
    if (flags.length === 0) expect(found).toEqual(wanted)
    else expect(found.sort()).toEqual(wanted.sort())
    expect(await redis.cli('DBSIZE')).toBe('1')
  })

  it('leaves a counter and a stream exact', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', fileOf(LINES))
    const count = ['load', 'data.txt', '--to', redis.url, '--command', 'incrby', '--key', 'n', '--value', '1']
    expect(await killedLoad(bench, [...count, '--batch', '50'])).toBe(0)
    expect(await redis.cli('GET', 'n')).toBe(String(LINES))
    const stream = ['load', 'data.txt', '--to', redis.url, '--command', 'xadd', '--key', 's', '--batch', '50']
    expect(await killedLoad(bench, stream)).toBe(0)
    expect(await redis.cli('XLEN', 's')).toBe(String(LINES))
    expect(await redis.cli('DBSIZE')).toBe('2')
  })

  it('leaves keys exact, and none of its own', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', fileOf(LINES))
    expect(await killedLoad(bench, ['load', 'data.txt', '--to', redis.url, '--batch', '50'])).toBe(0)
    expect(await redis.cli('DBSIZE')).toBe(String(LINES))
    for (const at of [0, 1, 77_777, LINES - 1]) expect(await redis.cli('GET', String(at))).toBe(lineOf(at))
  })

  it('leaves a table exact', async () => {
    await using bench = new Workbench()
    bench.write(
      'data.csv',
      `name,n\n${Array.from({ length: LINES }, (_, at) => `row ${at},${at}\n`).join('')}`,
    )
    expect(await killedLoad(bench, ['load', 'data.csv', '--to', 'sqlite:data.db', '--batch', '50'])).toBe(0)
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(bench.path('data.db'), { readOnly: true })
    const found = database.prepare(
      'SELECT count(*) AS rows, count(DISTINCT n) AS names, sum(n) AS sum FROM records',
    )
    expect({ ...found.get() }).toEqual({ rows: LINES, names: LINES, sum: (LINES * (LINES - 1)) / 2 })
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    expect(tables.map(({ name }) => name)).toEqual(['records'])
    database.close()
  })

  it('notices before the first write that its source was changed meanwhile', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    const file = bench.write('data.txt', fileOf(LINES))
    const args = ['load', 'data.txt', '--to', redis.url, '--batch', '50', '--events']
    const running = bench.start(args)
    await running.settled(5_000)
    running.killGroup()
    await running.ended
    appendFileSync(file, 'one more\n')
    await isGroupGone(running.pid, 2_000)
    const before = await redis.cli('DBSIZE')
    const { code, summary } = await bench.runJson(['resume', 'latest'])
    expect([code, summary.error?.code]).toEqual([5, 'E_SRC_CHANGED'])
    expect(await redis.cli('DBSIZE')).toBe(before)
  })
})
