import { JobError } from '../../shared/model/error.ts'
import { existsSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { OutputPosition } from '../journal/journal-codec.ts'
import type { RowView } from '../journal/row-view.ts'
import { storageError, writeError } from '../journal/storage-error.ts'
import type { RecordColumn } from './record-columns.ts'
import {
  START,
  defineRecordSink,
  fileExists,
  type OpenedSink,
  type RecordSink,
  type SinkRequest,
} from './record-sink.ts'

/** Where a run keeps how far it has come, beside its rows and in their transaction; gone when the run is done. */
const POSITION_TABLE = '_interleave_position'
const ROWS_A_STATEMENT = 32
/** Bounds how long one transaction keeps the records worker from its other work, and its memory. */
const MOST_ROWS = 2_048
const MOST_BYTES = 4 * 2 ** 20
const BUSY_MS = 1_000

const SQL_TYPE = {
  integer: 'INTEGER',
  milliseconds: 'REAL',
  boolean: 'INTEGER',
  text: 'TEXT',
  json: 'TEXT',
} as const

/** SQLite: table `results`, one row a record; a record that comes again replaces itself. */
export const sqliteSink = defineRecordSink({
  ending: '.db',
  // Open in one go: SQLite answers at once.
  open: async request => openSink(request),
})

function openSink(request: SinkRequest): OpenedSink {
  const { path, mode, resume } = request
  if (resume === null && mode === 'create' && existsSync(path)) throw fileExists(path)
  let database: DatabaseSync | null = null
  try {
    if (resume === null && mode === 'force')
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
    database = new DatabaseSync(path, { timeout: BUSY_MS, allowExtension: false, defensive: true })
    const position = prepareTables(database, request)
    return {
      sink: new SqliteSink(database, request),
      state: { path, baseBytes: 0, bytes: sizeOf(path), position },
    }
  } catch (error) {
    database?.close()
    throw sinkError(error, path)
  }
}

/** @returns Where this run stands in the database. */
function prepareTables(database: DatabaseSync, { path, columns, runId }: SinkRequest): OutputPosition {
  database.exec('PRAGMA trusted_schema = OFF')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = NORMAL')
  const definitions = columns.map(column =>
    column.name === 'index' ? '"index" INTEGER PRIMARY KEY' : `"${column.name}" ${SQL_TYPE[column.kind]}`,
  )
  database.exec(`CREATE TABLE IF NOT EXISTS results (${definitions.join(', ')})`)
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${POSITION_TABLE} (run_id TEXT PRIMARY KEY, position TEXT NOT NULL)`,
  )
  const found = new Set(
    (database.prepare('SELECT name FROM pragma_table_info(?)').all('results') as { name: string }[]).map(
      ({ name }) => name,
    ),
  )
  const missing = columns.filter(column => !found.has(column.name))
  if (missing.length > 0)
    throw new JobError(
      'E_CONFIG',
      `table results of ${path} has no column "${missing[0]!.name}"; choose another file`,
    )
  const row = database.prepare(`SELECT position FROM ${POSITION_TABLE} WHERE run_id = ?`).get(runId)
  return row === undefined ? START : (JSON.parse(row['position'] as string) as OutputPosition)
}

class SqliteSink implements RecordSink {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #runId: string
  readonly #columns: readonly RecordColumn[]
  readonly #insertMany: StatementSync
  readonly #insertOne: StatementSync
  readonly #savePosition: StatementSync
  /** Values of the rows that no transaction has taken yet, one after another. */
  #values: SQLInputValue[] = []
  #bytes = 0

  constructor(database: DatabaseSync, { path, runId, columns }: SinkRequest) {
    this.#database = database
    this.#path = path
    this.#runId = runId
    this.#columns = columns
    const names = columns.map(column => `"${column.name}"`).join(',')
    const group = `(${columns.map(() => '?').join(',')})`
    const insert = (rows: number): StatementSync =>
      database.prepare(
        `INSERT OR REPLACE INTO results (${names}) VALUES ${Array<string>(rows).fill(group).join(',')}`,
      )
    this.#insertMany = insert(ROWS_A_STATEMENT)
    this.#insertOne = insert(1)
    this.#savePosition = database.prepare(`INSERT OR REPLACE INTO ${POSITION_TABLE} VALUES (?, ?)`)
  }

  get bufferedBytes(): number {
    return this.#bytes
  }

  get wantsSync(): boolean {
    return this.#values.length >= MOST_ROWS * this.#columns.length || this.#bytes >= MOST_BYTES
  }

  add(row: RowView): void {
    for (const column of this.#columns) {
      const value = sqlValue(column, row)
      this.#values.push(value)
      this.#bytes += typeof value === 'string' ? value.length : 8
    }
  }

  /** Rows and position go together, in {@link sync}. */
  async flush(): Promise<void> {
    // Nothing is handed over without its position.
  }

  async sync(position: OutputPosition): Promise<number> {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#insertAll()
      this.#savePosition.run(this.#runId, JSON.stringify(position))
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw sinkError(writeError(error, this.#path, this.#bytes), this.#path)
    }
    this.#values = []
    this.#bytes = 0
    return sizeOf(this.#path)
  }

  async finish(): Promise<void> {
    try {
      this.#database.exec(`DROP TABLE IF EXISTS ${POSITION_TABLE}`)
      // One file remains, without a log beside it.
      this.#database.exec('PRAGMA journal_mode = DELETE')
    } catch (error) {
      throw sinkError(error, this.#path)
    }
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  #insertAll(): void {
    const width = this.#columns.length
    const perStatement = width * ROWS_A_STATEMENT
    let at = 0
    for (; at + perStatement <= this.#values.length; at += perStatement)
      this.#insertMany.run(...this.#values.slice(at, at + perStatement))
    for (; at < this.#values.length; at += width) this.#insertOne.run(...this.#values.slice(at, at + width))
  }
}

function sqlValue(column: RecordColumn, row: RowView): SQLInputValue {
  switch (column.kind) {
    case 'integer': {
      const value = column.read(row)
      return Number.isFinite(value) ? value : null
    }
    case 'milliseconds': {
      const value = column.read(row)
      return Number.isFinite(value) ? Math.round(value * 1_000) / 1_000 : null
    }
    case 'boolean':
      return column.read(row) ? 1 : 0
    case 'text':
    case 'json':
      return column.read(row)
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** A destination that is no database is the user's choice of file, not a corrupt journal. */
function sinkError(error: unknown, path: string): JobError {
  const named = storageError(error, path)
  return named.code === 'E_JOURNAL_CORRUPT'
    ? new JobError('E_CONFIG', `${path} is not an SQLite database that can be written: ${named.message}`, {
        cause: error,
      })
    : named
}
