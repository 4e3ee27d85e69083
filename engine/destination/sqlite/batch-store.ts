import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { JobError } from '../../../shared/model/error.ts'
import type { AppliedSpan, RecordFailure } from '../destination.ts'
import { PositionBook, readMark, saveShape, type PassedOver } from './positions.ts'
import { RowInserter, rowFaultOf } from './row-inserter.ts'
import { TargetTable } from './target-table.ts'
import type { PackedBatch, Slots, WriterThreadData } from './writer-protocol.ts'

export interface StoredBatch {
  /** The position once the batch is in. */
  readonly span: AppliedSpan
  readonly tasks: Float64Array
  readonly batch: PackedBatch
  readonly refused: readonly PassedOver[]
}

/**
 * Writes batches into one database, each in a transaction together with its position and its failures.
 *
 * Every method leaves the database as it was when it throws, and may then be called again with the same.
 */
export class BatchStore {
  readonly positions: PositionBook
  readonly #database: DatabaseSync
  readonly #data: WriterThreadData
  readonly #table: TargetTable
  readonly #file: string
  #inserter: RowInserter | null = null

  /** @throws JobError `E_SRC_CHANGED` when this is not the database that the run began with. */
  constructor(database: DatabaseSync, data: WriterThreadData) {
    const { path, table, runId } = data
    const mark = readMark(database, runId)
    if (mark === null) throw replaced(path)
    this.#database = database
    this.#data = data
    this.#file = fileIdentity(path)
    this.#table = new TargetTable(database, table, { mayChange: !mark.tableExisted })
    this.positions = new PositionBook(database, runId, mark.identity)
  }

  /**
   * Makes sure that the table has what rows name.
   *
   * @throws JobError `E_SCHEMA`, `E_CONFIG`, or what `node:sqlite` throws.
   */
  useSlots(slots: Slots): void {
    this.#inserter = this.#transact(() => {
      this.#claimShape(slots)
      const plan = this.#table.provide(slots)
      const { path, table } = this.#data
      return plan.columns.length === 0
        ? null
        : new RowInserter(this.#database, { path, table, key: slots.key, plan })
    })
  }

  /** @returns Rows that the table did not take, in their order. */
  write(stored: StoredBatch): readonly RecordFailure[] {
    try {
      return this.#write(stored, 'plain')
    } catch (error) {
      if (rowFaultOf(error, this.#data.path) === null) throw error
      return this.#write(stored, 'careful')
    }
  }

  #write({ span, tasks, batch, refused }: StoredBatch, pass: 'plain' | 'careful'): readonly RecordFailure[] {
    // A database that was replaced or removed would still take rows, which nobody could ever find.
    if (fileIdentity(this.#data.path) !== this.#file) throw replaced(this.#data.path)
    const failures = this.#transact(() => {
      this.positions.assertUnmoved(span.first, span.step)
      const found = this.#insert(batch, tasks.length, pass)
      const passedOver = found.map(({ at, code, message }) => ({ task: tasks[at] ?? 0, code, message }))
      this.positions.save(span, [...refused, ...passedOver])
      return found
    })
    this.positions.saved(span)
    return failures
  }

  #insert(batch: PackedBatch, rows: number, pass: 'plain' | 'careful'): readonly RecordFailure[] {
    if (rows === 0) return []
    if (this.#inserter !== null) return this.#inserter.insert(batch, pass)
    const message = 'a record without fields cannot be a row of a table that has no columns yet'
    return Array.from({ length: rows }, (_, at) => ({ at, code: 'E_SCHEMA' as const, message }))
  }

  /** All inputs of a run fill one table in one way; the first lease decides it. */
  #claimShape({ shape }: Slots): void {
    const { runId, path } = this.#data
    const mark = readMark(this.#database, runId)
    if (mark === null) throw replaced(path)
    if (mark.shape === null) saveShape(this.#database, runId, shape)
    else if (mark.shape !== shape)
      throw new JobError(
        'E_CONFIG',
        'lines and records with fields do not fit one table; give --value, or load them one after the other',
      )
  }

  #transact<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      // Some faults end the transaction by themselves.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

const fileIdentity = (path: string): string => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? 'none' : `${found.dev}/${found.ino}`
}

const replaced = (path: string): JobError =>
  new JobError('E_SRC_CHANGED', `${path} is not the database that this run began with`)
