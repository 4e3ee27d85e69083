import { JobError } from '../../shared/model/error.ts'
import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { RunPaths } from './run-paths.ts'
import { isMissing, storageError } from './storage-error.ts'

/** Version of the journal's format, in `user_version`. */
export const JOURNAL_VERSION = 1
/** `ILVJ`, in `application_id`. */
export const JOURNAL_APPLICATION = 0x494c_564a

/**
 * Every row carries the CRC-32 of its table, key and content, and the document `seal` the XOR of all of them: SQLite
 * has no checksums of its own, and a journal that lost or changed a bit must not be believed.
 */
export const TABLES = {
  document: `CREATE TABLE document (name TEXT PRIMARY KEY, body ANY NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  /** `bits` is NULL for a page whose tasks are all settled. */
  settled: `CREATE TABLE settled (page INTEGER PRIMARY KEY, bits BLOB, crc INTEGER NOT NULL) STRICT`,
  segment: `CREATE TABLE segment (id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT`,
} as const

export type TableName = keyof typeof TABLES

/**
 * What a run is drawn from when it is looked at later. Nothing goes on from it, so it is no part of the seal: a run
 * whose history is damaged, or which has none, is resumed all the same.
 */
export const HISTORY_TABLES = {
  sample: `CREATE TABLE sample (at INTEGER PRIMARY KEY, numbers BLOB NOT NULL, crc INTEGER NOT NULL) STRICT`,
  /** The first half of the lines stays, of the others the newest do: `place` is where in the table a line stands. */
  log: `CREATE TABLE log (place INTEGER PRIMARY KEY, at INTEGER NOT NULL, entry TEXT NOT NULL, crc INTEGER NOT NULL) STRICT`,
} as const

const FIRST_SOUND_SQLITE = [3, 51, 3]
/** The write-ahead log is merged at about this many pages of 4 KiB, so that reopening replays at most 16 MiB. */
const CHECKPOINT_PAGES = 4_096
/** A check of the whole file is skipped beyond this size; checksums of rows are not. */
const QUICK_CHECK_BYTES = 256 * 2 ** 20
const HEADER_BYTES = 100
const VERSION_AT = 60
const APPLICATION_AT = 68

/** Creates a journal that nobody takes for one until {@link stampVersion} was called. */
export function createTables(path: string): DatabaseSync {
  const database = openWritable(path)
  database.exec('BEGIN IMMEDIATE')
  for (const statement of Object.values(TABLES)) database.exec(statement)
  createHistoryTables(database)
  database.exec('COMMIT')
  return database
}

/** Runs of an earlier version have no history yet. */
export function createHistoryTables(database: DatabaseSync): void {
  for (const statement of Object.values(HISTORY_TABLES))
    database.exec(statement.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'))
}

/** Writes the version into the file itself, not only into its log: {@link assertHeader} looks there. */
export function stampVersion(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL')
  database.exec(`PRAGMA application_id = ${JOURNAL_APPLICATION}`)
  database.exec(`PRAGMA user_version = ${JOURNAL_VERSION}`)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.exec('PRAGMA synchronous = NORMAL')
}

/** Merges the log into the file and syncs both, unless somebody reads at this moment. */
export const mergeLog = (database: DatabaseSync): void => database.exec('PRAGMA wal_checkpoint(PASSIVE)')

/** Opens a journal that was checked before; its lock must be held. */
export function openWritable(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 1_000, allowExtension: false, defensive: true })
  assertSoundSqlite(database)
  database.exec('PRAGMA trusted_schema = OFF')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  return database
}

/**
 * Opens a journal for looking only, so that nothing is written even when it is refused.
 *
 * @throws JobError `E_JOURNAL_CORRUPT` when its structure is not exactly that of {@link TABLES} and {@link HISTORY_TABLES}.
 */
export function openReadOnly(paths: RunPaths): DatabaseSync {
  const path = paths.journal
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, {
      readOnly: true,
      timeout: 1_000,
      allowExtension: false,
      defensive: true,
    })
    assertSoundSqlite(database)
    database.exec('PRAGMA trusted_schema = OFF')
    database.exec('PRAGMA cell_size_check = ON')
    assertVersion(paths, pragma(database, 'application_id'), pragma(database, 'user_version'))
    assertSchema(database, path)
    return database
  } catch (error) {
    database?.close()
    throw storageError(error, path, 'E_JOURNAL_CORRUPT')
  }
}

/** @throws JobError `E_JOURNAL_CORRUPT` when the file's pages contradict each other. */
export function checkPages(database: DatabaseSync, path: string): void {
  if (pragma(database, 'page_count') * pragma(database, 'page_size') > QUICK_CHECK_BYTES) return
  const [first] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[]
  if (first?.quick_check !== 'ok')
    throw new JobError('E_JOURNAL_CORRUPT', `${path}: ${first?.quick_check ?? 'the check gave no answer'}`)
}

/**
 * Looks at the file's own header, so that a journal of a later version is left untouched to the byte.
 *
 * Only while nobody in this process has the journal open: closing the descriptor drops the process's locks on it.
 *
 * @throws JobError `E_VERSION`, `E_JOURNAL_CORRUPT` or `E_NOT_FOUND`.
 */
export function assertHeader(paths: RunPaths): void {
  const path = paths.journal
  const header = readHeader(paths)
  if (header.every(byte => byte === 0)) throw neverBegun(paths)
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw new JobError('E_JOURNAL_CORRUPT', `${path} is not a journal`)
  assertVersion(paths, header.readUInt32BE(APPLICATION_AT), header.readUInt32BE(VERSION_AT))
}

function readHeader(paths: RunPaths): Buffer {
  try {
    const file = openSync(paths.journal, 'r')
    try {
      const header = Buffer.alloc(HEADER_BYTES)
      return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (isMissing(error))
      throw new JobError('E_NOT_FOUND', `there is no run ${paths.runId}`, { cause: error })
    throw storageError(error, paths.journal)
  }
}

function assertVersion(paths: RunPaths, application: number, version: number): void {
  const path = paths.journal
  if (application === 0 && version === 0) throw neverBegun(paths)
  if (application !== JOURNAL_APPLICATION || version < 1)
    throw new JobError('E_JOURNAL_CORRUPT', `${path} is not a journal of this program`)
  if (version > JOURNAL_VERSION)
    throw new JobError(
      'E_VERSION',
      `${path} has format ${version}, this version reads up to ${JOURNAL_VERSION}; use the newer version`,
    )
}

/** A process that died while it created the run leaves a blank journal and no segments: nothing was lost. */
function neverBegun(paths: RunPaths): JobError {
  return existsSync(paths.segments) && readdirSync(paths.segments).length > 0
    ? new JobError('E_JOURNAL_CORRUPT', `${paths.journal} is blank although the run has segments`)
    : new JobError('E_NOT_FOUND', `run ${paths.runId} was never begun`)
}

function assertSchema(database: DatabaseSync, path: string): void {
  const found = database.prepare('SELECT name, sql FROM sqlite_schema').all() as {
    name: string
    sql: string
  }[]
  const known = new Map(Object.entries<string>({ ...TABLES, ...HISTORY_TABLES }))
  const isKnown = found.every(({ name, sql }) => known.get(name) === sql)
  const isWhole = Object.keys(TABLES).every(name => found.some(table => table.name === name))
  if (!isKnown || !isWhole)
    throw new JobError('E_JOURNAL_CORRUPT', `${path}: its tables are not those of a journal`)
}

export function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get()
  return Number(Object.values(row ?? {})[0])
}

/**
 * SQLite before 3.51.3 can lose commits in WAL mode when two connections are open.
 *
 * @throws JobError `E_VERSION`
 */
export function assertSoundSqlite(database: DatabaseSync): void {
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  const parts = version.split('.').map(Number)
  for (const [at, least] of FIRST_SOUND_SQLITE.entries()) {
    const part = parts[at] ?? 0
    if (part > least) return
    if (part < least)
      throw new JobError('E_VERSION', `this Node brings SQLite ${version}; 3.51.3 or later is needed`)
  }
}
