import { realpathSync, statfsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JobError } from '../../../shared/model/error.ts'
import { assertSoundSqlite } from '../../journal/schema.ts'
import { isMissing } from '../../journal/storage-error.ts'

/** How long a statement waits for another program's lock before that is told; tried again and again by writers. */
const BUSY_MS = 1_000
/** The write-ahead log is merged at about this many pages of 4 KiB: a tenth fewer seconds than with the usual 1,000. */
const CHECKPOINT_PAGES = 16_384
/** A check of the whole file is skipped beyond this size: it would take longer than most loads. */
const QUICK_CHECK_BYTES = 256 * 2 ** 20

/** File systems on which several machines may write, whose locks SQLite cannot trust: NFS, SMB, CIFS, SMB2. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42])

export const isNetworkFileSystem = (type: number): boolean => NETWORK_FILE_SYSTEMS.has(type)

export interface DatabaseFile {
  /** Where the file is, behind symbolic links. */
  readonly path: string
  /** False for a file that is to be created, and for one without a byte. */
  readonly hasContent: boolean
}

/**
 * Looks at the place of a database without opening it: a process that closes a descriptor of a file loses its locks on
 * it, SQLite's too.
 *
 * @throws JobError `E_CONFIG` for what is no file, `E_DEST_DOWN` for a folder that is missing or cannot be read.
 */
export function locateDatabase(path: string): DatabaseFile {
  try {
    const real = realPathOf(path)
    const found = statSync(real, { throwIfNoEntry: false })
    if (found !== undefined && !found.isFile())
      throw new JobError('E_CONFIG', `${path} is ${found.isDirectory() ? 'a folder' : 'not a file'}`)
    if (isNetworkFileSystem(statfsSync(dirname(real)).type))
      throw new JobError(
        'E_CONFIG',
        `${path} is on a network share; load into a local file and copy it there`,
      )
    return { path: real, hasContent: (found?.size ?? 0) > 0 }
  } catch (error) {
    if (error instanceof JobError) throw error
    const reason = isMissing(error) ? 'its folder does not exist' : (error as Error).message
    throw new JobError('E_DEST_DOWN', `${path} cannot be written: ${reason}`, { cause: error })
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!isMissing(error)) throw error
    return join(realpathSync(dirname(path)), basename(path))
  }
}

/**
 * Opens a database for looking only, so that one that is damaged is never written.
 *
 * @throws What `node:sqlite` throws, and JobError `E_SCHEMA` when its pages contradict each other or it is UTF-16.
 */
export function checkDatabase(path: string): void {
  const database = openReadOnly(path)
  try {
    const pages = numberOf(database, 'page_count') * numberOf(database, 'page_size')
    if (pages <= QUICK_CHECK_BYTES) {
      const found = textOf(database, 'quick_check(1)')
      if (found !== 'ok') throw new JobError('E_SCHEMA', `${path} is damaged: ${found}`)
    }
    const encoding = textOf(database, 'encoding')
    // Text is handed over as bytes, which SQLite would take for UTF-16 there.
    if (encoding !== 'UTF-8')
      throw new JobError(
        'E_SCHEMA',
        `${path} keeps text as ${encoding}; only UTF-8 databases can be loaded into`,
      )
  } finally {
    database.close()
  }
}

export function openReadOnly(path: string): DatabaseSync {
  return prepared(new DatabaseSync(path, { ...OPTIONS, readOnly: true }))
}

/** Opens a database, which is created when it is missing, in write-ahead mode unless someone else holds it in another. */
export function openForWriting(path: string): DatabaseSync {
  const database = prepared(new DatabaseSync(path, OPTIONS))
  try {
    const mode = textOf(database, 'journal_mode = WAL')
    // Without a log of its own, NORMAL would leave a moment in which a power loss damages the file.
    database.exec(`PRAGMA synchronous = ${mode === 'wal' ? 'NORMAL' : 'FULL'}`)
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const OPTIONS = { timeout: BUSY_MS, allowExtension: false, defensive: true } as const

function prepared(database: DatabaseSync): DatabaseSync {
  try {
    assertSoundSqlite(database)
    // Functions and virtual tables in a file's own triggers and views may do what its author liked.
    database.exec('PRAGMA trusted_schema = OFF')
    database.exec('PRAGMA cell_size_check = ON')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const pragma = (database: DatabaseSync, name: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]

export const textOf = (database: DatabaseSync, name: string): string => String(pragma(database, name))
const numberOf = (database: DatabaseSync, name: string): number => Number(pragma(database, name))
