import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { randomInt } from 'node:crypto'
import { JobError, type ErrorCode } from '../../../shared/model/error.ts'
import type { AppliedSpan } from '../destination.ts'

/** How far each lease of a run has come, in the transaction of its rows; gone when the run is done. */
export const POSITION_TABLE = '_interleave_position'
/** Records that the run could not write, each in the transaction that passed it over. */
export const FAILURE_TABLE = '_interleave_failure'

/** `first` of the row that says that this is the database the run began with; `step` is the run's random number there. */
const MARK = -1
/** Bits of `next` in that row. */
const STATE = { tableExisted: 1, wasWriteAhead: 2, pairs: 4, fields: 8 } as const

/** What the rows of a run are: pairs of key and value, or one column a field. */
export type TableShape = 'pairs' | 'fields'

/** What a run left in its database when it began. */
export interface Mark {
  readonly identity: string
  /** The run found its table and does not change its columns. */
  readonly tableExisted: boolean
  readonly wasWriteAhead: boolean
  /** `null` until the first row. */
  readonly shape: TableShape | null
}

export function createPositions(database: DatabaseSync): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${POSITION_TABLE} (run TEXT NOT NULL, first INTEGER NOT NULL, step INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (run, first, step)) STRICT, WITHOUT ROWID`,
  )
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${FAILURE_TABLE} (run TEXT NOT NULL, task INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (run, task)) STRICT, WITHOUT ROWID`,
  )
}

export function hasPositions(database: DatabaseSync): boolean {
  const row = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(POSITION_TABLE)
  return row !== undefined
}

/** Leaves the mark of a run unless it is there already. */
export function leaveMark(
  database: DatabaseSync,
  runId: string,
  found: { readonly tableExisted: boolean; readonly wasWriteAhead: boolean },
): Mark {
  const state =
    (found.tableExisted ? STATE.tableExisted : 0) | (found.wasWriteAhead ? STATE.wasWriteAhead : 0)
  const present = readMark(database, runId)
  if (present !== null) return present
  database
    .prepare(`INSERT INTO ${POSITION_TABLE} VALUES (?, ${MARK}, ?, ?)`)
    .run(runId, randomInt(2 ** 47), state)
  return readMark(database, runId) as Mark
}

export function readMark(database: DatabaseSync, runId: string): Mark | null {
  const row = database
    .prepare(`SELECT step, next FROM ${POSITION_TABLE} WHERE run = ? AND first = ${MARK}`)
    .get(runId)
  if (row === undefined) return null
  const state = Number(row['next'])
  return {
    identity: String(row['step']),
    tableExisted: (state & STATE.tableExisted) !== 0,
    wasWriteAhead: (state & STATE.wasWriteAhead) !== 0,
    shape: (state & STATE.pairs) !== 0 ? 'pairs' : (state & STATE.fields) !== 0 ? 'fields' : null,
  }
}

export function saveShape(database: DatabaseSync, runId: string, shape: TableShape): void {
  database
    .prepare(`UPDATE ${POSITION_TABLE} SET next = next | ${STATE[shape]} WHERE run = ? AND first = ${MARK}`)
    .run(runId)
}

export function readSpans(database: DatabaseSync, runId: string): AppliedSpan[] {
  const rows = database
    .prepare(`SELECT first, step, next FROM ${POSITION_TABLE} WHERE run = ? AND first <> ${MARK}`)
    .all(runId)
  return rows.map(row => ({
    first: Number(row['first']),
    step: Number(row['step']),
    next: Number(row['next']),
  }))
}

/** Removes what a run left besides its rows; the tables go with the last run. */
export function removeRun(database: DatabaseSync, runId: string): void {
  for (const table of [POSITION_TABLE, FAILURE_TABLE])
    database.prepare(`DELETE FROM ${table} WHERE run = ?`).run(runId)
  if (database.prepare(`SELECT 1 FROM ${POSITION_TABLE} LIMIT 1`).get() !== undefined) return
  for (const table of [POSITION_TABLE, FAILURE_TABLE]) database.exec(`DROP TABLE IF EXISTS ${table}`)
}

/** A record that was passed over. */
export interface PassedOver {
  readonly task: number
  readonly code: ErrorCode
  readonly message: string
}

/**
 * The position of one writer's leases.
 *
 * What stands in the database must be what this writer left there: else someone else writes the same lease, or changed
 * the table, and going on could write rows twice.
 */
export class PositionBook {
  readonly #runId: string
  readonly #identity: string
  readonly #mark: StatementSync
  readonly #read: StatementSync
  readonly #save: StatementSync
  readonly #fail: StatementSync
  /** Last known position of each lease, by `first/step`. */
  readonly #known = new Map<string, number>()

  constructor(database: DatabaseSync, runId: string, identity: string) {
    this.#runId = runId
    this.#identity = identity
    this.#mark = database.prepare(`SELECT step FROM ${POSITION_TABLE} WHERE run = ? AND first = ${MARK}`)
    this.#read = database.prepare(
      `SELECT next FROM ${POSITION_TABLE} WHERE run = ? AND first = ? AND step = ?`,
    )
    this.#save = database.prepare(`INSERT OR REPLACE INTO ${POSITION_TABLE} VALUES (?, ?, ?, ?)`)
    this.#fail = database.prepare(`INSERT OR REPLACE INTO ${FAILURE_TABLE} VALUES (?, ?, ?, ?)`)
  }

  /** @param next Where the lease stands; `null` when nothing of it can be in the database. */
  openLease(first: number, step: number, next: number | null): void {
    const name = `${first}/${step}`
    if (next === null) this.#known.delete(name)
    else this.#known.set(name, next)
  }

  /** @throws JobError `E_SRC_CHANGED` when the position is not where this writer left it. */
  assertUnmoved(first: number, step: number): void {
    if (String(this.#mark.get(this.#runId)?.['step']) !== this.#identity) throw changed()
    const found = this.#read.get(this.#runId, first, step)
    const next = found === undefined ? undefined : Number(found['next'])
    if (next !== this.#known.get(`${first}/${step}`)) throw changed()
  }

  /** Belongs into the transaction of the rows. */
  save({ first, step, next }: AppliedSpan, failures: readonly PassedOver[]): void {
    for (const { task, code, message } of failures) this.#fail.run(this.#runId, task, code, message)
    this.#save.run(this.#runId, first, step, this.#ahead(first, step, next))
  }

  /** The transaction of {@link save} is committed. */
  saved({ first, step, next }: AppliedSpan): void {
    this.#known.set(`${first}/${step}`, this.#ahead(first, step, next))
  }

  /** A lease that is read again begins behind its position. */
  #ahead(first: number, step: number, next: number): number {
    return Math.max(next, this.#known.get(`${first}/${step}`) ?? next)
  }
}

const changed = (): JobError =>
  new JobError(
    'E_SRC_CHANGED',
    `the destination was changed meanwhile: ${POSITION_TABLE} is not as this run left it`,
  )
