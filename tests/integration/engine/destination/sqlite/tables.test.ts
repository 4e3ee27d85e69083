import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqliteDestination } from '../../../../../engine/destination/sqlite/sqlite.ts'
import type { RecordFormat } from '../../../../../engine/worker/protocol.ts'
import type { LoadOptions } from '../../../../../shared/model/fields/load.ts'
import { controlOf, execute, rowsOf, valueOf } from '../../../../support/load/sqlite-file.ts'
import { formatOf, requestOf, TestLoad, type Fates } from '../../../../support/load/test-load.ts'
import { temporaryDirectory } from '../../../../support/records/temporary.ts'

const csv = (header: readonly string[]): RecordFormat => formatOf({ format: 'csv', delimiter: ',', header })
const JSONL = formatOf({ format: 'jsonl' })

interface Load {
  readonly records: readonly (string | Buffer)[]
  readonly format?: RecordFormat
  readonly options?: Partial<LoadOptions>
  readonly batch?: number
}

/** Runs a load from its beginning to its end. */
async function load(path: string, { records, format, options, batch }: Load): Promise<Fates> {
  const request = requestOf({ to: `sqlite:${path}`, ...options })
  const control = await controlOf(request)
  await control.begin()
  await using run = await TestLoad.open(sqliteDestination, request)
  await run.openLease(format === undefined ? {} : { format })
  const fates = await run.load(records, batch)
  await run.writer.close()
  await control.end()
  return fates
}

const makePath = (): string => join(temporaryDirectory(), 'out.db')

describe('lines in a table', () => {
  it('become rows of key and value, byte for byte, and one file is all that remains', async () => {
    const path = makePath()
    const texts = [
      'first',
      '',
      'größe 值 🌊',
      'with\0NUL\0',
      '\ufeffmark',
      "'; DROP TABLE records; --",
      '007',
      'x'.repeat(70_000),
    ]

    const fates = await load(path, { records: texts, options: { trim: false } })

    expect(fates).toEqual({ refused: new Map(), failed: new Map(), cancelled: 0 })
    expect(rowsOf(path, 'SELECT key, CAST(value AS BLOB) FROM records ORDER BY key')).toEqual(
      texts.map((text, key) => [key, new Uint8Array(Buffer.from(text))]),
    )
    expect(rowsOf(path, 'SELECT DISTINCT typeof(key), typeof(value) FROM records')).toEqual([
      ['integer', 'text'],
    ])
    expect(rowsOf(path, 'SELECT name FROM sqlite_schema')).toEqual([['records']])
    expect(valueOf(path, 'PRAGMA integrity_check')).toBe('ok')
    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false])
    expect(valueOf(path, 'PRAGMA journal_mode')).toBe('delete')
  })

  it('stay exact where they are no UTF-8 and the job keeps them', async () => {
    const path = makePath()
    const records = [
      Buffer.from([0xff, 0xfe, 0x41]),
      Buffer.from([0x41, 0xc3]),
      Buffer.from([0xed, 0xa0, 0x80]),
    ]

    await load(path, { records, options: { invalidBytes: 'keep' } })

    expect(rowsOf(path, 'SELECT CAST(value AS BLOB), typeof(value) FROM records ORDER BY key')).toEqual(
      records.map(bytes => [new Uint8Array(bytes), 'text']),
    )
  })

  it('replace the row of their key', async () => {
    const path = makePath()

    await load(path, { records: ['a', 'b', 'a', ''], options: { key: 'k-{line}', value: '{index}' } })

    expect(rowsOf(path, 'SELECT key, value, typeof(key) FROM records ORDER BY key')).toEqual([
      ['k-', '3', 'text'],
      ['k-a', '2', 'text'],
      ['k-b', '1', 'text'],
    ])
  })

  it.each([1, 49, 50, 51, 149, 150, 10_000])('are all there in batches of %i', async batch => {
    const path = makePath()
    const count = Math.min(batch * 3 + 1, 20_003)

    await load(path, { records: Array.from({ length: count }, (_, at) => `line ${at}`), batch })

    expect(rowsOf(path, "SELECT count(*), sum(value = 'line ' || key) FROM records")).toEqual([
      [count, count],
    ])
  })

  it('go into the named table, whatever its name is', async () => {
    const path = makePath()
    const table = 'select "x"; DROP TABLE y; --é'

    await load(path, {
      records: ['a'],
      options: { to: `sqlite:${path}?table=${encodeURIComponent(table)}` },
    })

    expect(rowsOf(path, 'SELECT name FROM sqlite_schema')).toEqual([[table]])
  })
})

describe('records with fields in a table', () => {
  it('have a column a field, whatever its name is', async () => {
    const path = makePath()
    const names = [
      'a"b',
      'x"; DROP TABLE records; --',
      'select',
      'group by',
      '',
      ' ',
      "it's",
      '值',
      'rowid',
      '?1',
      '[a]',
      'a--b',
    ]

    await load(path, { records: [names.map((_, at) => `v${at}`).join(',')], format: csv(names) })

    expect(rowsOf(path, "SELECT name, type FROM pragma_table_info('records')")).toEqual(
      names.map(name => [name, 'TEXT']),
    )
    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([names.map((_, at) => `v${at}`)])
  })

  it('keep cells as they are written', async () => {
    const path = makePath()

    await load(path, {
      records: ['007,1e3,NULL,', '"a ""b""",2024-01-01,"x\ny",9007199254740993'],
      format: csv(['a', 'b', 'c', 'd']),
    })

    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([
      ['007', '1e3', 'NULL', ''],
      ['a "b"', '2024-01-01', 'x\ny', '9007199254740993'],
    ])
  })

  it('get columns as new members come, and NULL where they have none', async () => {
    const path = makePath()
    const records = [
      '{"a":1.50,"b":"text"}',
      '{"c":{"deep":[1, 2]},"a":null}',
      '{}',
      '{"b":"","d":true,"a":12345678901234567890}',
    ]

    await load(path, { records, format: JSONL, batch: 2 })

    expect(rowsOf(path, 'SELECT a, b, c, d FROM records')).toEqual([
      ['1.50', 'text', null, null],
      [null, null, '{"deep":[1, 2]}', null],
      [null, null, null, null],
      ['12345678901234567890', '', null, 'true'],
    ])
  })

  it('are found by their key when one is asked for', async () => {
    const path = makePath()
    const records = ['{"id":"x","n":1,"m":2}', '{"id":"y","n":2}', '{"id":"x","n":3}', '{"n":4}']

    const { refused } = await load(path, { records, format: JSONL, options: { key: 'user:{field:id}' } })

    expect(rowsOf(path, 'SELECT key, id, n, m FROM records ORDER BY key')).toEqual([
      ['user:x', 'x', '3', null],
      ['user:y', 'y', '2', null],
    ])
    expect([...refused]).toEqual([[3, expect.stringContaining('E_SCHEMA')]])
  })

  it('use a field called key as the key', async () => {
    const path = makePath()

    await load(path, {
      records: ['a,1', 'b,2'],
      format: csv(['key', 'n']),
      options: { key: '{field:key}' },
    })

    expect(rowsOf(path, 'SELECT key, n FROM records ORDER BY key')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })

  it('become pairs when a value is asked for', async () => {
    const path = makePath()

    await load(path, {
      records: ['a,1'],
      format: csv(['name', 'n']),
      options: { value: '{field:name}={field:n}' },
    })

    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([[0, 'a=1']])
  })

  it('may have 2,000 columns', async () => {
    const path = makePath()
    const names = Array.from({ length: 2_000 }, (_, at) => `c${at}`)

    await load(path, { records: Array(3).fill(names.join(',')) as string[], format: csv(names) })

    expect(rowsOf(path, 'SELECT c0, c1999 FROM records')).toEqual(Array(3).fill(['c0', 'c1999']))
  })

  it.each([
    ['more than 2,000 columns', Array.from({ length: 2_001 }, (_, at) => `c${at}`), {}, '2001 columns'],
    ['names that differ by case alone', ['Name', 'name'], {}, 'ignores case'],
    ['a name twice', ['a', 'a'], {}, 'two columns called "a"'],
    ['a name with NUL', ['a\0b'], {}, 'NUL'],
    ['a name that is the one of the key', ['KEY'], { key: '{field:KEY}-1' }, 'ignores case'],
  ])('are refused before the first write for %s', async (_what, header, options, reason) => {
    const path = makePath()
    await expect(load(path, { records: ['x'], format: csv(header), options })).rejects.toMatchObject({
      code: 'E_SCHEMA',
      message: expect.stringContaining(reason),
    })
    expect(rowsOf(path, "SELECT name FROM sqlite_schema WHERE name = 'records'")).toEqual([])
  })

  it('fail one by one when their members make no columns', async () => {
    const path = makePath()
    const many = `{${Array.from({ length: 2_001 }, (_, at) => `"c${at}":1`).join()}}`
    const records = ['{"a":1}', '{"A":2}', '{"b":"x\\u0000y"}', '{"n\\u0000":3}', many, '{"a":5,"b":"z"}']

    const { refused, failed } = await load(path, { records, format: JSONL })

    expect(rowsOf(path, 'SELECT a, b FROM records')).toEqual([
      ['1', null],
      [null, 'x\0y'],
      ['5', 'z'],
    ])
    expect([...refused.keys(), ...failed.keys()].sort()).toEqual([1, 3, 4])
    expect(failed.get(1)).toMatch(/^E_SCHEMA .*"a" and "A" are the same/)
  })

  it('do not share a table with lines in one run', async () => {
    const path = makePath()
    const request = requestOf({ to: `sqlite:${path}` })
    await (await controlOf(request)).begin()
    await using first = await TestLoad.open(sqliteDestination, request)
    await first.openLease()
    await using second = await TestLoad.open(sqliteDestination, request)

    await expect(first.openLease({ format: csv(['a']) })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(second.openLease({ format: csv(['a']) })).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})

describe('a table that exists', () => {
  it('takes rows that fit beside its own', async () => {
    const path = makePath()
    execute(
      path,
      "CREATE TABLE records (id INTEGER PRIMARY KEY, Name TEXT, n INTEGER); INSERT INTO records VALUES (7, 'own', 1)",
    )

    await load(path, { records: ['a,007'], format: csv(['name', 'n']) })

    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([
      [7, 'own', 1],
      [8, 'a', 7],
    ])
  })

  it('takes pairs of an earlier load and of a later one', async () => {
    const path = makePath()

    await load(path, { records: ['a', 'b'] })
    await load(path, { records: ['c'] })

    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([
      [0, 'c'],
      [1, 'b'],
    ])
  })

  it.each([
    ['lacks a column', 'CREATE TABLE records (a TEXT)', 'no column "b"'],
    ['is a view', 'CREATE VIEW records AS SELECT 1 AS a, 2 AS b', 'is a view'],
    ['is virtual', 'CREATE VIRTUAL TABLE records USING fts5(a, b)', 'is a virtual'],
    ['has a generated column', 'CREATE TABLE records (a TEXT, b TEXT AS (a))', 'no column "b"'],
  ])('is refused unchanged when it %s', async (_what, sql, reason) => {
    const path = makePath()
    execute(path, sql)
    const before = rowsOf(path, "SELECT sql FROM sqlite_schema WHERE name = 'records'")

    await expect(load(path, { records: ['1,2'], format: csv(['a', 'b']) })).rejects.toMatchObject({
      code: 'E_SCHEMA',
      message: expect.stringContaining(reason),
    })
    expect(rowsOf(path, "SELECT sql FROM sqlite_schema WHERE name = 'records'")).toEqual(before)
  })

  it('is refused when its key does not tell rows apart', async () => {
    const path = makePath()
    execute(path, 'CREATE TABLE records (key TEXT, value TEXT)')

    await expect(load(path, { records: ['a'] })).rejects.toMatchObject({ code: 'E_SCHEMA' })
  })

  it('fails records whose members have no column', async () => {
    const path = makePath()
    execute(path, 'CREATE TABLE records (a TEXT)')

    const { failed } = await load(path, { records: ['{"a":1}', '{"a":2,"b":3}'], format: JSONL })

    expect([...failed]).toEqual([[1, expect.stringMatching(/^E_SCHEMA .*no column "b"/)]])
    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([['1']])
  })

  it('names the rows that its constraints refuse, and takes all others', async () => {
    const path = makePath()
    execute(
      path,
      "CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT UNIQUE CHECK (value NOT LIKE 'bad%'))",
    )
    const records = Array.from({ length: 1_003 }, (_, at) =>
      at % 97 === 5 ? `bad ${at}` : at === 700 ? 'line 3' : `line ${at}`,
    )
    const bad = records.flatMap((text, at) => (text.startsWith('bad') || at === 700 ? [at] : []))

    const { failed } = await load(path, { records, batch: 500 })

    expect([...failed.keys()].sort((a, b) => a - b)).toEqual(bad)
    expect(failed.get(5)).toMatch(/^E_DEST_DATA .*CHECK constraint failed/)
    expect(failed.get(700)).toMatch(/^E_DEST_DATA .*UNIQUE constraint failed/)
    expect(rowsOf(path, 'SELECT key FROM records').map(([key]) => key)).toEqual(
      records.map((_, at) => at).filter(at => !bad.includes(at)),
    )
  })

  it('names the rows that a trigger drops', async () => {
    const path = makePath()
    execute(
      path,
      `CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT);
       CREATE TRIGGER t BEFORE INSERT ON records WHEN NEW.value = 'x' BEGIN SELECT RAISE(IGNORE); END`,
    )

    const { failed } = await load(path, { records: ['a', 'x', 'b'] })

    expect([...failed]).toEqual([[1, expect.stringMatching(/^E_DEST_DATA .*dropped/)]])
  })

  it('stops the load when it rolls back what others wrote', async () => {
    const path = makePath()
    execute(
      path,
      `CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT);
       CREATE TRIGGER t BEFORE INSERT ON records WHEN NEW.value = 'x' BEGIN SELECT RAISE(ROLLBACK, 'no'); END`,
    )

    await expect(load(path, { records: ['a', 'x', 'b'] })).rejects.toMatchObject({
      code: 'E_SCHEMA',
      message: expect.stringContaining('rolls back whole transactions'),
    })
    expect(rowsOf(path, 'SELECT * FROM records')).toEqual([])
  })
})
