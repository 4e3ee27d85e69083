import { JobError } from '../../shared/model/error.ts'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { pid } from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import type { RunPaths } from './run-paths.ts'
import { isMissing, storageError } from './storage-error.ts'

const WAIT_MS = 500
const SQLITE_BUSY = 5
const SQLITE_CANTOPEN = 14

type LockPaths = Pick<RunPaths, 'lock' | 'owner' | 'runId'>

const primaryCode = (error: unknown): number => Number((error as { errcode?: unknown }).errcode) & 0xff

/**
 * A run's owner: whoever holds an exclusive transaction on its `lock.db`.
 *
 * Node has no file locks, SQLite has: the system drops this one when its process ends, however it ends, so no lock
 * is ever stale and process ids are only shown to people. Never open `lock.db` by other means in a process that may
 * hold it: closing any descriptor of the file drops the process's POSIX locks on it.
 */
export class RunLock implements Disposable {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** @throws JobError `E_LOCKED`, naming the owner, when the lock is not to be had within half a second. */
  static acquire(paths: LockPaths): RunLock {
    let database: DatabaseSync | null = null
    try {
      database = new DatabaseSync(paths.lock, { timeout: WAIT_MS, allowExtension: false, defensive: true })
      // The lock needs no rollback journal beside it.
      database.exec('PRAGMA journal_mode = MEMORY')
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database?.close()
      if (primaryCode(error) !== SQLITE_BUSY) throw storageError(error, paths.lock)
      throw new JobError('E_LOCKED', `run ${paths.runId} is in use by ${describeOwner(paths)}`, {
        cause: error,
      })
    }
    const lock = new RunLock(database)
    try {
      writeOwner(paths)
    } catch (error) {
      lock.release()
      throw storageError(error, paths.owner)
    }
    return lock
  }

  release(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

/**
 * Looks at a run while nobody can become its owner.
 *
 * @param look Told whether a living process owns the run. Keep it short: a new owner waits for it, half a second at most.
 */
export function whileUnlocked<T>(paths: Pick<LockPaths, 'lock'>, look: (isOwned: boolean) => T): T {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(paths.lock, { readOnly: true, timeout: 0, allowExtension: false })
  } catch (error) {
    if (primaryCode(error) === SQLITE_CANTOPEN) return look(false)
    throw storageError(error, paths.lock)
  }
  try {
    return look(!takeSharedLock(database, paths))
  } finally {
    database.close()
  }
}

/** @returns False while an owner holds the lock. Several lookers share it. */
function takeSharedLock(database: DatabaseSync, paths: Pick<LockPaths, 'lock'>): boolean {
  try {
    database.exec('BEGIN')
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return true
  } catch (error) {
    if (primaryCode(error) === SQLITE_BUSY) return false
    throw storageError(error, paths.lock)
  }
}

interface Owner {
  readonly pid: number
  readonly host: string
  readonly since: string
}

function writeOwner(paths: LockPaths): void {
  const owner: Owner = { pid, host: hostname(), since: new Date().toISOString() }
  const temporary = `${paths.owner}.tmp`
  writeFileSync(temporary, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  renameSync(temporary, paths.owner)
}

function describeOwner(paths: LockPaths): string {
  try {
    const owner = JSON.parse(readFileSync(paths.owner, 'utf8')) as Partial<Owner>
    return `process ${String(owner.pid)} on ${String(owner.host)} since ${String(owner.since)}`
  } catch (error) {
    // Between taking the lock and naming itself, an owner has no name yet.
    if (isMissing(error) || error instanceof SyntaxError) return 'another process'
    throw storageError(error, paths.owner)
  }
}
