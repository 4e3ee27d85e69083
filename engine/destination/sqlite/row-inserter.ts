import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { JobError, printable } from '../../../shared/model/error.ts'
import type { RecordFailure } from '../destination.ts'
import { quoted } from './names.ts'
import { faultOf, type Fault } from './sqlite-fault.ts'
import type { ColumnPlan } from './target-table.ts'
import { ABSENT, type KeyKind, type PackedBatch } from './writer-protocol.ts'

/** More rows gain nothing; see docs/decisions/0016-sqlite-destination.md. */
const MOST_ROWS = 50
/** Bounds what one statement of a wide table binds; SQLite's own bound is 32,766. */
const MOST_VALUES = 1_000

export interface InserterOptions {
  readonly path: string
  readonly table: string
  readonly key: KeyKind
  readonly plan: ColumnPlan
}

/**
 * Inserts packed rows, many by one statement; a row whose key exists takes its place.
 *
 * Values are bound as bytes and become text inside SQLite: nothing is decoded, and bytes that are no UTF-8 stay as they are.
 */
export class RowInserter {
  readonly #database: DatabaseSync
  readonly #options: InserterOptions
  readonly #width: number
  readonly #rows: number
  readonly #insertMany: StatementSync
  readonly #insertOne: StatementSync
  /** Values of the rows that wait for a whole statement, row after row. */
  readonly #values: SQLInputValue[]
  /** Number of each of these rows in the batch. */
  readonly #numbers: Int32Array
  #waiting = 0
  #failures: RecordFailure[] = []
  #isCareful = false

  /** @throws What `node:sqlite` throws when the table does not take such rows. */
  constructor(database: DatabaseSync, options: InserterOptions) {
    this.#database = database
    this.#options = options
    this.#width = options.plan.columns.length
    this.#rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / Math.max(1, this.#width))))
    this.#values = new Array<SQLInputValue>(this.#rows * this.#width).fill(null)
    this.#numbers = new Int32Array(this.#rows)
    this.#insertMany = database.prepare(insertOf(options, this.#rows))
    this.#insertOne = database.prepare(insertOf(options, 1))
  }

  /**
   * Inserts every row of a batch inside the caller's transaction.
   *
   * Rows are first written as if none could fail. When one does, the error is thrown and the caller begins the batch
   * again, `careful` this time: then a group in which a row fails is taken back and its rows are written one by one.
   *
   * @returns Rows that the table did not take, in their order; only a careful pass has any of the table's making.
   */
  insert(batch: PackedBatch, pass: 'plain' | 'careful'): readonly RecordFailure[] {
    this.#waiting = 0
    this.#failures = []
    this.#isCareful = pass === 'careful'
    const { lengths, lengthCount } = batch
    let byteAt = 0
    let row = 0
    for (let at = 0; at < lengthCount; row += 1) {
      const cells = lengths[at] as number
      byteAt = this.#bind(batch, { row, at: at + 1, cells, byteAt })
      at += 1 + cells
      if (this.#waiting === this.#rows) this.#writeGroup()
    }
    this.#writeRest()
    return this.#failures.sort((a, b) => a.at - b.at)
  }

  /** @returns Where the bytes of the next row begin. */
  #bind(
    batch: PackedBatch,
    { row, at, cells, byteAt }: { row: number; at: number; cells: number; byteAt: number },
  ): number {
    const { bytes, lengths, indexes } = batch
    const { columnOf } = this.#options.plan
    const base = this.#waiting * this.#width
    const values = this.#values
    const isNumbered = this.#options.key === 'index'
    // What follows the last cell of a short row was set by an earlier row.
    for (let column = isNumbered ? 1 : 0; column < this.#width; column += 1) values[base + column] = null
    if (isNumbered) values[base] = indexes[row] as number
    let next = byteAt
    let problem: string | undefined
    for (let cell = 0; cell < cells; cell += 1) {
      const length = lengths[at + cell] as number
      if (length === ABSENT) continue
      const slot = isNumbered ? cell + 1 : cell
      const column = columnOf[slot] as number
      // Bytes of length 0 would be bound as NULL.
      if (column >= 0) values[base + column] = length === 0 ? '' : bytes.subarray(next, next + length)
      else problem ??= this.#options.plan.problems.get(slot) ?? 'there is no column for it'
      next += length
    }
    if (problem !== undefined) this.#failures.push({ at: row, code: 'E_SCHEMA', message: printable(problem) })
    else {
      this.#numbers[this.#waiting] = row
      this.#waiting += 1
    }
    return next
  }

  #writeGroup(): void {
    const rows = this.#waiting
    this.#waiting = 0
    if (!this.#isCareful) return this.#run(this.#insertMany, this.#values, rows)
    const fault = this.#attempt(() => this.#run(this.#insertMany, this.#values, rows))
    if (fault !== null) this.#writeOneByOne(rows)
  }

  #writeRest(): void {
    const rows = this.#waiting
    this.#waiting = 0
    if (this.#isCareful) return this.#writeOneByOne(rows)
    for (let row = 0; row < rows; row += 1) this.#run(this.#insertOne, this.#valuesOf(row), 1)
  }

  #writeOneByOne(rows: number): void {
    for (let row = 0; row < rows; row += 1) {
      const fault = this.#attempt(() => this.#run(this.#insertOne, this.#valuesOf(row), 1))
      if (fault !== null)
        this.#failures.push({
          at: this.#numbers[row] as number,
          code: fault.code,
          message: printable(`table "${this.#options.table}": ${fault.message}`),
        })
    }
  }

  #valuesOf(row: number): SQLInputValue[] {
    return this.#values.slice(row * this.#width, (row + 1) * this.#width)
  }

  #run(statement: StatementSync, values: readonly SQLInputValue[], rows: number): void {
    const { changes } = statement.run(...values)
    if (changes !== rows) throw new IgnoredRows()
  }

  /** @returns Why `write` failed; nothing of it is left then. */
  #attempt(write: () => void): Fault | null {
    this.#database.exec('SAVEPOINT group_of_rows')
    try {
      write()
      this.#database.exec('RELEASE group_of_rows')
      return null
    } catch (error) {
      const fault = rowFaultOf(error, this.#options.path)
      if (fault === null) throw error
      if (!this.#database.isTransaction)
        throw new JobError(
          'E_SCHEMA',
          `table "${this.#options.table}" rolls back whole transactions (ROLLBACK in a trigger or constraint); use ABORT: ${fault.message}`,
          { cause: error },
        )
      this.#database.exec('ROLLBACK TO group_of_rows')
      this.#database.exec('RELEASE group_of_rows')
      return fault
    }
  }
}

/** The table has a trigger or constraint that drops rows without an error. */
class IgnoredRows extends Error {
  override readonly name = 'IgnoredRows'
}

/** @returns The fault when a row is to blame; `null` for anything else. */
export function rowFaultOf(error: unknown, path: string): Fault | null {
  if (error instanceof IgnoredRows)
    return { kind: 'row', code: 'E_DEST_DATA', message: 'a trigger or constraint dropped the row' }
  const fault = faultOf(error, path)
  return fault?.kind === 'row' ? fault : null
}

function insertOf({ table, key, plan }: InserterOptions, rows: number): string {
  const columns = plan.columns.map(quoted)
  const marks = columns.map((_, at) =>
    key === 'index' && at === 0 ? 'CAST(? AS INTEGER)' : 'CAST(? AS TEXT)',
  )
  const groups = Array<string>(rows).fill(`(${marks.join(',')})`)
  const insert = `INSERT INTO ${quoted(table)} (${columns.join(',')}) VALUES ${groups.join(',')}`
  const [keyColumn] = columns
  if (key === null || keyColumn === undefined) return insert
  // A row that is nothing but its key sets that to itself, so that it counts as written.
  const set = columns.slice(columns.length > 1 ? 1 : 0).map(column => `${column}=excluded.${column}`)
  return `${insert} ON CONFLICT(${keyColumn}) DO UPDATE SET ${set.join(',')}`
}
