import { join } from 'node:path'
import { renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sqliteDestination } from '../../../../../engine/destination/sqlite/sqlite.ts'
import type { DestinationRequest } from '../../../../../engine/destination/destination.ts'
import { controlOf, execute, rowsOf, valueOf } from '../../../../support/load/sqlite-file.ts'
import { formatOf, requestOf, TestLoad } from '../../../../support/load/test-load.ts'
import { temporaryDirectory } from '../../../../support/records/temporary.ts'

const ROWS = formatOf({ format: 'csv', delimiter: ',', header: ['id'] })

async function begin(
  path = join(temporaryDirectory(), 'out.db'),
): Promise<{ path: string; request: DestinationRequest }> {
  const request = requestOf({ to: `sqlite:${path}` })
  await (await controlOf(request)).begin()
  return { path, request }
}

describe('a writer of SQLite', () => {
  it('waits for a lock of another program and says so', { timeout: 20_000 }, async () => {
    const { path, request } = await begin()
    const stalled = Promise.withResolvers<void>()
    await using load = await TestLoad.open(sqliteDestination, request, { onStalled: () => stalled.resolve() })
    await load.openLease()
    using other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')

    load.sendBatch(['a', 'b'])
    await stalled.promise
    other.exec('COMMIT')
    await load.settled()

    expect(load.stalls[0]).toMatchObject({ code: 'E_LOCKED', retryable: true })
    expect(rowsOf(path, 'SELECT value FROM records')).toEqual([['a'], ['b']])
  })

  it('gives up at once when it is stopped, also while it waits for a lock', async () => {
    const { path, request } = await begin()
    const load = await TestLoad.open(sqliteDestination, request)
    await load.openLease()
    using other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    load.sendBatch(['a'])
    load.sendBatch(['b'])

    load.writer.abort()
    expect(load.fates.cancelled).toBe(2)
    load.sendBatch(['c'])
    expect(load.fates.cancelled).toBe(3)

    await load.writer.close()
    other.exec('ROLLBACK')
    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([])
  })

  it('shares the database with another one', async () => {
    const { path, request } = await begin()
    const loads = await Promise.all([0, 1].map(() => TestLoad.open(sqliteDestination, request)))
    await Promise.all(
      loads.map(async (load, at) => {
        await load.openLease({ first: at * 20_000, format: ROWS })
        for (let batch = 0; batch < 40; batch += 1) {
          load.sendBatch(Array.from({ length: 500 }, (_, k) => String(at * 20_000 + batch * 500 + k)))
          if (batch % 2 === 1) await load.settled()
        }
        await load.writer.close()
      }),
    )

    expect(
      rowsOf(path, 'SELECT count(*), count(DISTINCT id), max(CAST(id AS INTEGER)) FROM records'),
    ).toEqual([[40_000, 40_000, 39_999]])
    expect(loads.flatMap(load => [...load.fates.failed, ...load.stalls])).toEqual([])
  })

  it.each<[string, (path: string) => void]>([
    [
      'the position was changed',
      path => execute(path, 'UPDATE _interleave_position SET next = 1 WHERE first = 0'),
    ],
    ['the positions were removed', path => execute(path, 'DELETE FROM _interleave_position')],
    ['the file was replaced', path => renameSync(path, `${path}.old`)],
  ])('stops before the next row when %s', async (_what, change) => {
    const { path, request } = await begin()
    await using load = await TestLoad.open(sqliteDestination, request)
    await load.openLease({ format: ROWS })
    await load.load(['a', 'b'])
    change(path)

    await expect(load.load(['c'])).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
    expect(load.fates.cancelled).toBe(1)
    await expect(load.openLease({ first: 7, format: ROWS })).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
  })

  it('stops when its table is removed', async () => {
    const { path, request } = await begin()
    await using load = await TestLoad.open(sqliteDestination, request)
    await load.openLease()
    execute(path, 'DROP TABLE records')

    await expect(load.load(['a'])).rejects.toMatchObject({ code: 'E_SCHEMA' })
  })

  it('does not run what the triggers of a hostile file call', async () => {
    const path = join(temporaryDirectory(), 'out.db')
    execute(
      path,
      `CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT);
       CREATE TRIGGER t AFTER INSERT ON records BEGIN SELECT fts3_tokenizer('x', x'00'), load_extension('evil'); END`,
    )
    const { request } = await begin(path)
    await using load = await TestLoad.open(sqliteDestination, request)

    await expect(load.openLease().then(() => load.load(['a']))).rejects.toMatchObject({ code: 'E_SCHEMA' })
    expect(valueOf(path, 'SELECT count(*) FROM records')).toBe(0)
  })

  it('tells which records of a lease are applied, and why some failed', async () => {
    const path = join(temporaryDirectory(), 'out.db')
    execute(path, "CREATE TABLE records (id TEXT CHECK (id <> 'bad'), n TEXT)")
    const { request } = await begin(path)
    const format = formatOf({ format: 'jsonl' })
    {
      await using load = await TestLoad.open(sqliteDestination, request)
      expect(await load.openLease({ first: 3, step: 2, format })).toBeNull()
      await load.load(['{"id":"a"}', '{"id":"bad"}', '{"id":"b","other":1}'])
    }

    await using load = await TestLoad.open(sqliteDestination, request)
    const applied = (await load.openLease({ first: 3, step: 2, living: [], format }))!

    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].filter(task => applied.isApplied(task))).toEqual([3, 5, 7])
    expect([applied.failureOf(3), applied.failureOf(5), applied.failureOf(7)]).toEqual([
      null,
      { code: 'E_DEST_DATA', message: expect.stringContaining('CHECK') },
      { code: 'E_SCHEMA', message: expect.stringContaining('other') },
    ])

    // The lease goes on where it stood, although what is read again begins before that.
    load.sendBatch(['{"id":"a"}', '{"id":"bad"}', '{"id":"b"}', '{"id":"c"}'])
    await load.settled()
    expect(rowsOf(path, 'SELECT id FROM records')).toEqual([['a'], ['c']])
  })
})

describe('a comparison with SQLite', () => {
  const records = ['{"id":"a","n":1}', '{"id":"b","m":""}', '{"id":"c","n":null}']
  const format = formatOf({ format: 'jsonl' })

  async function loaded(key: string | null): Promise<{ path: string; verify: DestinationRequest }> {
    const path = join(temporaryDirectory(), 'out.db')
    const request = requestOf({ to: `sqlite:${path}`, key })
    await (await controlOf(request)).begin()
    await using load = await TestLoad.open(sqliteDestination, request)
    await load.openLease({ format })
    await load.load(records)
    return { path, verify: { ...request, pass: 'verify' } }
  }

  it('finds nothing where nothing differs', async () => {
    const { verify } = await loaded('{field:id}')
    const control = await controlOf(verify)
    await control.begin()
    await using load = await TestLoad.open(sqliteDestination, verify)
    await load.openLease({ format })

    expect(await load.load(records)).toEqual({ refused: new Map(), failed: new Map(), cancelled: 0 })
    await control.end()
  })

  it('names each record whose row differs', async () => {
    const { path, verify } = await loaded('{field:id}')
    execute(
      path,
      "UPDATE records SET n = '2' WHERE key = 'a'; DELETE FROM records WHERE key = 'b'; UPDATE records SET m = '' WHERE key = 'c'",
    )
    await using load = await TestLoad.open(sqliteDestination, verify)
    await load.openLease({ format })

    expect([...(await load.load(records)).failed]).toEqual([
      [0, expect.stringMatching(/^E_DEST_DATA line 1: column "n"/)],
      [1, expect.stringMatching(/^E_DEST_DATA line 2: there is no row/)],
      [2, expect.stringMatching(/^E_DEST_DATA line 3: column "m"/)],
    ])
  })

  it('works for lines by their index', async () => {
    const { path, request } = await begin()
    const lines = ['a', '', 'größe\0', '  x ']
    {
      await using load = await TestLoad.open(sqliteDestination, request)
      await load.openLease()
      await load.load(lines)
    }
    execute(path, "UPDATE records SET value = 'X' WHERE key = 3")
    await using load = await TestLoad.open(sqliteDestination, { ...request, pass: 'verify' })
    await load.openLease()

    expect([...(await load.load(lines)).failed.keys()]).toEqual([3])
  })

  it('needs a key', async () => {
    const { verify } = await loaded(null)
    await using load = await TestLoad.open(sqliteDestination, verify)

    await expect(load.openLease({ format })).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})
