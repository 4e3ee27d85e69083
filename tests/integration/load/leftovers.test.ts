import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, vi } from 'vitest'
import { documentOf, Workbench } from '../../support/cli.ts'
import { startRedis } from '../../support/redis-server.ts'

vi.setConfig({ testTimeout: 60_000 })

const REFUSED = ['--value', '{field:nope}']
const listOf = (count: number): string => Array.from({ length: count }, (_, at) => `record ${at}`).join('\n')

describe('a load that is refused before its first record', () => {
  it('leaves no database that was not there before', async () => {
    await using bench = new Workbench()
    bench.write('data.csv', 'a,b\n1,2\n')
    const { code } = await bench.run([
      'load',
      'data.csv',
      '--to',
      `sqlite:${bench.path('new.db')}`,
      ...REFUSED,
    ])
    expect(code).toBe(5)
    expect(['new.db', 'new.db-wal', 'new.db-journal'].filter(name => bench.has(name))).toEqual([])
  })

  it('leaves a database as it was that was there, were it empty', async () => {
    await using bench = new Workbench()
    bench.write('data.csv', 'a,b\n1,2\n')
    bench.write('blank.db', '')
    const path = bench.path('full.db')
    using database = new DatabaseSync(path)
    database.exec('CREATE TABLE mine (a); INSERT INTO mine VALUES (1)')
    for (const name of ['blank.db', 'full.db'])
      await bench.run(['load', 'data.csv', '--to', `sqlite:${bench.path(name)}`, ...REFUSED])
    expect(bench.has('blank.db')).toBe(true)
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'mine' }])
  })

  it('leaves nothing in Redis', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.csv', 'a,b\n1,2\n')
    const { code } = await bench.run(['load', 'data.csv', '--to', redis.url, ...REFUSED])
    expect(code).toBe(5)
    expect(await redis.cli('DBSIZE')).toBe('0')
  })
})

describe('an unfinished load', () => {
  it('that is deleted leaves its data and nothing else', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', listOf(300_000))
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
    const running = bench.start([...args, '--events'])
    await running.settled(1_000)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(await redis.cli('DBSIZE')).toBe('2')
    const deleted = await bench.run(['runs', 'delete', 'latest', '--json'])
    expect(documentOf(deleted)).toEqual({
      schema: 'interleave/deleted@1',
      runId: expect.any(String) as string,
    })
    expect(await redis.cli('KEYS', '*')).toBe('all')
  })

  it('whose destination is away is deleted all the same, and what stays is said', async () => {
    await using bench = new Workbench()
    const redis = await startRedis()
    bench.write('data.txt', listOf(300_000))
    const running = bench.start(['load', 'data.txt', '--to', redis.url, '--batch', '40', '--events'])
    await running.settled(1_000)
    running.signal('SIGINT')
    await running.ended
    await redis[Symbol.asyncDispose]()
    const { code, stderr } = await bench.run(['runs', 'delete', 'latest'])
    expect([code, stderr]).toEqual([0, expect.stringContaining(`stays in ${redis.url}`)])
    expect(existsSync(`${bench.dataDir}/trash`)).toBe(false)
  })
})
