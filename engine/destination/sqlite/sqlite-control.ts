import { existsSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { JobError } from '../../../shared/model/error.ts'
import type { SqliteTarget } from '../../../shared/model/load-target.ts'
import type { DestinationControl, DestinationRequest, Reconciled } from '../destination.ts'
import { checkDatabase, locateDatabase, openForWriting, openReadOnly, textOf } from './open-database.ts'
import {
  createPositions,
  FAILURE_TABLE,
  hasPositions,
  leaveMark,
  POSITION_TABLE,
  readMark,
  readSpans,
  removeRun,
  type Mark,
} from './positions.ts'
import { sameName } from './names.ts'
import { sqliteError } from './sqlite-fault.ts'
import { assertTable, tableColumns } from './target-table.ts'

/** Opens the database for each call alone: while the run goes on, it belongs to the workers. */
export async function openSqliteControl(
  request: DestinationRequest,
  target: SqliteTarget,
): Promise<DestinationControl> {
  return new SqliteControl(request, target)
}

class SqliteControl implements DestinationControl {
  readonly #request: DestinationRequest
  readonly #path: string
  readonly #table: string
  /** There was no file when the run began. */
  #isCreated = false

  constructor(request: DestinationRequest, { path, table }: SqliteTarget) {
    this.#request = request
    this.#path = path
    this.#table = table
  }

  async begin(): Promise<string> {
    this.#assertOptions()
    const { path, hasContent } = locateDatabase(this.#path)
    return this.#named(path, () => {
      if (hasContent) checkDatabase(path)
      if (this.#request.pass === 'verify') return this.#beginVerify(path)
      this.#isCreated = !existsSync(path)
      const wasWriteAhead = hasContent && journalModeOf(path) === 'wal'
      return withDatabase(openForWriting(path), database => this.#leaveMark(database, wasWriteAhead).identity)
    })
  }

  async reconcile(identity: string | null): Promise<Reconciled> {
    // Interrupted before the first record: nobody can have written anything.
    if (identity === null || this.#request.pass === 'verify')
      return { identity: await this.begin(), spans: [], mayHaveForgotten: true }
    const { path, hasContent } = locateDatabase(this.#path)
    return this.#named(path, () => {
      if (!hasContent) throw this.#changed()
      checkDatabase(path)
      return withDatabase(openForWriting(path), database => {
        if (!hasPositions(database) || readMark(database, this.#request.runId)?.identity !== identity)
          throw this.#changed()
        // The last transactions before a power loss may be missing: they were not synced one by one.
        return { identity, spans: readSpans(database, this.#request.runId), mayHaveForgotten: true }
      })
    })
  }

  async end(): Promise<void> {
    if (this.#request.pass === 'verify' || !existsSync(this.#path)) return
    const { path, hasContent } = locateDatabase(this.#path)
    if (!hasContent) return
    this.#named(path, () =>
      withDatabase(openForWriting(path), database => {
        const mark = hasPositions(database) ? readMark(database, this.#request.runId) : null
        if (mark !== null) inTransaction(database, () => removeRun(database, this.#request.runId))
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        if (mark?.wasWriteAhead !== true) leaveWriteAhead(database)
      }),
    )
  }

  async takeBack(): Promise<void> {
    await this.end()
    if (!this.#isCreated || !existsSync(this.#path)) return
    const { path } = locateDatabase(this.#path)
    if (withDatabase(openReadOnly(path), isBlank)) rmSync(path)
  }

  async close(): Promise<void> {
    // Nothing is held between the calls.
  }

  #assertOptions(): void {
    const { command } = this.#request.options
    if (command !== 'set')
      throw new JobError('E_CONFIG', `--command ${command} is for Redis; a table takes rows`)
    const same = sameName(this.#table)
    if (same === POSITION_TABLE || same === FAILURE_TABLE)
      throw new JobError(
        'E_CONFIG',
        `table "${this.#table}" is where a run keeps its position; choose another name`,
      )
  }

  #leaveMark(database: DatabaseSync, wasWriteAhead: boolean): Mark {
    // The mark must outlive a power loss, or the run could never be told from one of another database.
    database.exec('PRAGMA synchronous = FULL')
    return inTransaction(database, () => {
      assertTable(database, this.#table)
      createPositions(database)
      const tableExisted = tableColumns(database, this.#table).length > 0
      return leaveMark(database, this.#request.runId, { tableExisted, wasWriteAhead })
    })
  }

  #beginVerify(path: string): string {
    if (!existsSync(path)) throw new JobError('E_DEST_DOWN', `${this.#path} does not exist`)
    return withDatabase(openReadOnly(path), database => {
      assertTable(database, this.#table)
      if (tableColumns(database, this.#table).length === 0)
        throw new JobError('E_SCHEMA', `${this.#path} has no table "${this.#table}"`)
      return 'verify'
    })
  }

  #named<T>(path: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, path)
    }
  }

  #changed(): JobError {
    return new JobError('E_SRC_CHANGED', `${this.#path} is not the database that this run began with`)
  }
}

function withDatabase<T>(database: DatabaseSync, work: (database: DatabaseSync) => T): T {
  try {
    return work(database)
  } finally {
    database.close()
  }
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

const isBlank = (database: DatabaseSync): boolean =>
  database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined

const journalModeOf = (path: string): string =>
  withDatabase(openReadOnly(path), database => textOf(database, 'journal_mode'))

/** One file remains, without a log beside it, unless another program has it open: then that program's end sees to it. */
function leaveWriteAhead(database: DatabaseSync): void {
  database.exec('PRAGMA busy_timeout = 0')
  try {
    database.exec('PRAGMA journal_mode = DELETE')
  } catch (error) {
    if ((sqliteError(error, '') as { code?: unknown }).code !== 'E_LOCKED') throw error
  }
}
