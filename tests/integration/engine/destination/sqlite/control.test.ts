import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sqliteDestination } from '../../../../../engine/destination/sqlite/sqlite.ts'
import { controlOf, execute, rowsOf, valueOf } from '../../../../support/load/sqlite-file.ts'
import { requestOf, TestLoad } from '../../../../support/load/test-load.ts'
import { temporaryDirectory } from '../../../../support/records/temporary.ts'

const makePath = (): string => join(temporaryDirectory(), 'out.db')
const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
const requestFor = (path: string, runId = 'a-run') => requestOf({ to: `sqlite:${path}` }, { runId })

async function loadInto(path: string, runId = 'a-run'): Promise<void> {
  await using load = await TestLoad.open(sqliteDestination, requestFor(path, runId))
  await load.openLease()
  await load.load(['a', 'b'])
}

describe('where a load into SQLite begins', () => {
  it.each<[string, (path: string) => void, string, string]>([
    ['a folder', path => mkdirSync(path), 'E_CONFIG', 'is a folder'],
    ['a pipe', path => execFileSync('mkfifo', [path]), 'E_CONFIG', 'not a file'],
    ['a missing folder', path => rmSync(dirname(path), { recursive: true }), 'E_DEST_DOWN', 'folder'],
    ['a text', path => writeFileSync(path, 'hello'), 'E_SCHEMA', 'not an SQLite database'],
    [
      'a picture',
      path => writeFileSync(path, Buffer.alloc(9_000, '\x89PNG')),
      'E_SCHEMA',
      'not an SQLite database',
    ],
    [
      'a UTF-16 database',
      path => execute(path, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a)"),
      'E_SCHEMA',
      'UTF-16le',
    ],
    ['a link to nothing that could be', path => symlinkSync(join(path, 'x'), path), 'E_DEST_DOWN', ''],
  ])('it refuses %s', async (_what, make, code, reason) => {
    const path = makePath()
    make(path)
    await expect((await controlOf(requestFor(path))).begin()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(reason),
    })
  })

  it('it leaves a damaged database as it is, to the byte', async () => {
    const path = makePath()
    execute(
      path,
      'CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n',
    )
    truncateSync(path, readFileSync(path).length - 8_192)
    const before = hashOf(path)

    await expect((await controlOf(requestFor(path))).begin()).rejects.toMatchObject({ code: 'E_SCHEMA' })
    expect(hashOf(path)).toBe(before)
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('it refuses other commands than set, and its own tables', async () => {
    const path = makePath()
    const other = requestOf({ to: `sqlite:${path}`, command: 'rpush' })
    const own = requestOf({ to: `sqlite:${path}?table=_Interleave_Position` })

    for (const request of [other, own])
      await expect((await controlOf(request)).begin()).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect(existsSync(path)).toBe(false)
  })

  it('it says when another program holds the file', { timeout: 20_000 }, async () => {
    const path = makePath()
    execute(path, 'CREATE TABLE t (a)')
    using other = new DatabaseSync(path)
    other.exec('BEGIN EXCLUSIVE')

    await expect((await controlOf(requestFor(path))).begin()).rejects.toMatchObject({ code: 'E_LOCKED' })
  })

  it('it follows a symbolic link to the file', async () => {
    const path = makePath()
    const link = join(temporaryDirectory(), 'link.db')
    symlinkSync(path, link)
    execute(path, 'CREATE TABLE t (a)')

    const control = await controlOf(requestFor(link))
    await control.begin()
    await loadInto(link)
    await control.end()

    expect(valueOf(path, 'SELECT count(*) FROM records')).toBe(2)
  })

  it('it leaves one mark, however often it begins', async () => {
    const path = makePath()
    const control = await controlOf(requestFor(path))

    const identity = await control.begin()

    expect(await control.begin()).toBe(identity)
    expect(await control.reconcile(null)).toMatchObject({ identity, spans: [] })
  })
})

describe('where a load into SQLite goes on', () => {
  it('it tells what is in the database', async () => {
    const path = makePath()
    const control = await controlOf(requestFor(path))
    const identity = await control.begin()
    await loadInto(path)

    expect(await control.reconcile(identity)).toEqual({
      identity,
      spans: [{ first: 0, step: 1, next: 2 }],
      mayHaveForgotten: true,
    })
  })

  it.each<[string, (path: string) => void]>([
    ['is gone', path => rmSync(path)],
    [
      'is another one',
      path => (rmSync(path), execute(path, 'CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT)')),
    ],
    ['lost its mark', path => execute(path, 'DELETE FROM _interleave_position')],
    [
      'has the mark of another',
      path => execute(path, 'UPDATE _interleave_position SET step = step + 1 WHERE first = -1'),
    ],
  ])('it stops when the database %s', async (_what, change) => {
    const path = makePath()
    const control = await controlOf(requestFor(path))
    const identity = await control.begin()
    await loadInto(path)
    change(path)

    await expect(control.reconcile(identity)).rejects.toMatchObject({ code: 'E_SRC_CHANGED' })
  })

  it('a writer stops before its first row when the database is another one', async () => {
    const path = makePath()
    await (await controlOf(requestFor(path))).begin()

    await expect(TestLoad.open(sqliteDestination, requestFor(path, 'another-run'))).rejects.toMatchObject({
      code: 'E_SRC_CHANGED',
    })
    rmSync(path)
    await expect(TestLoad.open(sqliteDestination, requestFor(path))).rejects.toMatchObject({
      code: 'E_SRC_CHANGED',
    })
  })
})

describe('where a load into SQLite ends', () => {
  it('it removes its traces, again if asked to, and keeps those of other runs', async () => {
    const path = makePath()
    const first = await controlOf(requestFor(path, 'first'))
    const second = await controlOf(requestFor(path, 'second'))
    await first.begin()
    const identity = await second.begin()
    await loadInto(path, 'first')

    await first.end()
    await first.end()
    expect(rowsOf(path, 'SELECT run FROM _interleave_position')).toEqual([['second']])
    expect(await second.reconcile(identity)).toMatchObject({ spans: [] })

    await second.end()
    expect(rowsOf(path, 'SELECT name FROM sqlite_schema')).toEqual([['records']])
  })

  it('it leaves a database in the mode in which it was', async () => {
    const path = makePath()
    execute(path, 'PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
    const control = await controlOf(requestFor(path))
    await control.begin()
    await loadInto(path)
    await control.end()

    expect(valueOf(path, 'PRAGMA journal_mode')).toBe('wal')
  })

  it('it does not mind that another program reads the file', async () => {
    const path = makePath()
    const control = await controlOf(requestFor(path))
    await control.begin()
    await loadInto(path)
    using reader = new DatabaseSync(path, { readOnly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM records').get()

    await control.end()

    expect(rowsOf(path, 'SELECT name FROM sqlite_schema')).toEqual([['records']])
  })

  it('it does not mind that the file is gone', async () => {
    const path = makePath()
    const control = await controlOf(requestFor(path))
    await control.begin()
    rmSync(path)

    await control.end()
    expect(existsSync(path)).toBe(false)
  })
})
