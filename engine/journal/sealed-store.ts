import { JobError } from '../../shared/model/error.ts'
import { crc32 } from 'node:zlib'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { TableName } from './schema.ts'
import { writeError } from './storage-error.ts'

/** What a row holds besides its key: text, bytes, a whole number, or nothing. */
export type Body = string | Uint8Array | number | null
export type Key = string | number

/** Everything a journal holds, verified. */
export interface StoredRows {
  readonly document: ReadonlyMap<string, Body>
  readonly settled: ReadonlyMap<number, Uint8Array | null>
  readonly segment: ReadonlyMap<number, number>
}

const COLUMNS = { document: ['name', 'body'], settled: ['page', 'bits'], segment: ['id', 'bytes'] } as const
const SEAL = 'seal'
const PAGE_BYTES = 4_096

export function rowChecksum(table: TableName, key: Key, body: Body): number {
  // The kind of value belongs to it: one bit of SQLite's row header turns text into bytes.
  const kind = body === null ? 'null' : typeof body
  const start = crc32(`${table}\0${key}\0${kind}\0`)
  if (body === null) return start
  return crc32(typeof body === 'number' ? String(body) : body, start)
}

/** @throws JobError `E_JOURNAL_CORRUPT` when a row's checksum, or the seal over all rows, is not right. */
export function readRows(database: DatabaseSync, path: string): StoredRows {
  const rows = {
    document: new Map<Key, Body>(),
    settled: new Map<Key, Body>(),
    segment: new Map<Key, Body>(),
  }
  let seal = 0
  for (const table of Object.keys(COLUMNS) as TableName[]) {
    for (const { key, body, crc } of selectAll(database, table)) {
      if (rowChecksum(table, key, body) !== crc)
        throw new JobError('E_JOURNAL_CORRUPT', `${path}: checksum of ${table} ${key} differs`)
      rows[table].set(key, body)
      if (key !== SEAL) seal ^= crc
    }
  }
  if (rows.document.get(SEAL) !== seal >>> 0)
    throw new JobError('E_JOURNAL_CORRUPT', `${path}: rows are missing or older than the others`)
  return rows as unknown as StoredRows
}

/** @returns Single documents, verified one by one: enough for a list of runs. */
export function readDocuments(
  database: DatabaseSync,
  path: string,
  names: readonly string[],
): Map<string, Body> {
  const select = database.prepare('SELECT body, crc FROM document WHERE name = ?')
  const found = new Map<string, Body>()
  for (const name of names) {
    const row = select.get(name) as { body: Body; crc: number } | undefined
    if (row === undefined) continue
    if (rowChecksum('document', name, row.body) !== row.crc)
      throw new JobError('E_JOURNAL_CORRUPT', `${path}: checksum of document ${name} differs`)
    found.set(name, row.body)
  }
  return found
}

function* selectAll(
  database: DatabaseSync,
  table: TableName,
): Iterable<{ key: Key; body: Body; crc: number }> {
  const [key, body] = COLUMNS[table]
  const rows = database.prepare(`SELECT ${key} AS "key", ${body} AS "body", crc FROM ${table}`).iterate()
  yield* rows as Iterable<{ key: Key; body: Body; crc: number }>
}

/** What one transaction changes. */
export interface Change {
  put(table: TableName, key: Key, body: Body): void
}

/** Writes rows with their checksums and keeps the seal; knows every row's checksum, so nothing is read back. */
export class SealedStore {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #checksums: Map<string, number>
  #seal: number
  readonly #puts: Readonly<Record<TableName, StatementSync>>
  #synchronous: 'NORMAL' | 'FULL' = 'NORMAL'

  constructor(database: DatabaseSync, path: string, rows: StoredRows | null) {
    this.#database = database
    this.#path = path
    this.#checksums = new Map()
    this.#seal = 0
    for (const table of Object.keys(COLUMNS) as TableName[]) {
      for (const [key, body] of rows?.[table] ?? []) {
        if (key === SEAL) continue
        const crc = rowChecksum(table, key, body)
        this.#checksums.set(`${table}/${key}`, crc)
        this.#seal ^= crc
      }
    }
    const prepare = (table: TableName) => database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`)
    this.#puts = { document: prepare('document'), settled: prepare('settled'), segment: prepare('segment') }
  }

  /**
   * Applies all of `work` or nothing.
   *
   * @param durability `full` returns only when the disk holds it.
   * @throws JobError `E_DISK_FULL`, `E_SRC_IO` or `E_JOURNAL_CORRUPT`; the same change may be tried again.
   */
  transact(durability: 'normal' | 'full', work: (change: Change) => void): void {
    const changed = new Map<string, number>()
    let seal = this.#seal
    let bytes = 0
    const put = (table: TableName, key: Key, body: Body) => {
      const crc = rowChecksum(table, key, body)
      this.#puts[table].run(key, body, crc)
      const name = `${table}/${key}`
      seal ^= (changed.get(name) ?? this.#checksums.get(name) ?? 0) ^ crc
      changed.set(name, crc)
      bytes += typeof body === 'object' && body !== null ? body.length : String(body).length
    }
    try {
      this.#setSynchronous(durability === 'full' ? 'FULL' : 'NORMAL')
      this.#database.exec('BEGIN IMMEDIATE')
      work({ put })
      this.#puts.document.run(SEAL, seal >>> 0, rowChecksum('document', SEAL, seal >>> 0))
      this.#database.exec('COMMIT')
    } catch (error) {
      // Some errors, a full disk among them, have rolled the transaction back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      // Every row that changes takes a page of the log, or more.
      throw writeError(error, this.#path, bytes + changed.size * PAGE_BYTES)
    }
    for (const [name, crc] of changed) this.#checksums.set(name, crc)
    this.#seal = seal
  }

  #setSynchronous(wanted: 'NORMAL' | 'FULL'): void {
    if (wanted === this.#synchronous) return
    this.#database.exec(`PRAGMA synchronous = ${wanted}`)
    this.#synchronous = wanted
  }
}
