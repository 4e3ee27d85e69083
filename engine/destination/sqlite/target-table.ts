import type { DatabaseSync } from 'node:sqlite'
import { JobError } from '../../../shared/model/error.ts'
import { quoted, sameName } from './names.ts'
import type { Slots } from './writer-protocol.ts'

/** Column of what `--key` makes. */
export const KEY_COLUMN = 'key'
/** SQLite's own bound. */
export const MOST_COLUMNS = 2_000

/** How the slots of rows map to the columns of a table. */
export interface ColumnPlan {
  /** Columns of an INSERT, in the order of their slots. */
  readonly columns: readonly string[]
  /** Position in {@link columns} for each slot; -1 for a slot without column. */
  readonly columnOf: Int32Array
  /** Why a slot has no column. */
  readonly problems: ReadonlyMap<number, string>
}

/** The table that rows go into, seen and changed inside transactions only. */
export class TargetTable {
  readonly name: string
  readonly #database: DatabaseSync
  /** Columns are only added to a table that the run made. */
  readonly #mayChange: boolean

  constructor(database: DatabaseSync, name: string, options: { readonly mayChange: boolean }) {
    this.name = name
    this.#database = database
    this.#mayChange = options.mayChange
  }

  /**
   * Makes the table, or the columns that it lacks.
   *
   * @throws JobError `E_SCHEMA` when a name that is required cannot be a column.
   */
  provide(slots: Slots): ColumnPlan {
    const present = tableColumns(this.#database, this.name)
    const added: string[] = []
    const plan = this.#plan(slots, present, added)
    if (present.length > 0) {
      for (const column of added)
        this.#database.exec(`ALTER TABLE ${quoted(this.name)} ADD COLUMN ${quoted(column)} TEXT`)
    } else if (added.length > 0) {
      const definitions = added.map((column, at) =>
        at === 0 && slots.key !== null
          ? `${quoted(column)} ${slots.key === 'index' ? 'INTEGER' : 'TEXT'} PRIMARY KEY`
          : `${quoted(column)} TEXT`,
      )
      this.#database.exec(`CREATE TABLE ${quoted(this.name)} (${definitions.join(', ')})`)
    }
    return plan
  }

  #plan(slots: Slots, present: readonly string[], added: string[]): ColumnPlan {
    const columns: string[] = []
    const columnOf = new Int32Array(slots.names.length).fill(-1)
    const problems = new Map<number, string>()
    const known = new Map(present.map(column => [sameName(column), column]))
    const required = new Set(slots.required)
    const takenBy = new Map<string, string>()
    for (const [slot, name] of slots.names.entries()) {
      const same = sameName(name)
      const problem = this.#problemOf(name, known.get(same), takenBy.get(same), known.size)
      if (problem === null) {
        if (!known.has(same)) {
          known.set(same, name)
          added.push(name)
        }
        takenBy.set(same, name)
        columnOf[slot] = columns.length
        columns.push(known.get(same) ?? name)
      } else if (required.has(name)) throw new JobError('E_SCHEMA', problem)
      else problems.set(slot, problem)
    }
    return { columns, columnOf, problems }
  }

  /** @returns Why `name` cannot be a column; `null` as a rule. */
  #problemOf(
    name: string,
    present: string | undefined,
    taken: string | undefined,
    columns: number,
  ): string | null {
    if (name.includes('\0')) return `column "${name}": SQLite has no names with a NUL character`
    if (taken !== undefined)
      return taken === name
        ? `two columns are called "${name}"${keyHint(name)}`
        : `columns "${taken}" and "${name}" are the same to SQLite, which ignores case`
    if (present === name || (present !== undefined && !this.#mayChange)) return null
    if (present !== undefined)
      return `columns "${present}" and "${name}" are the same to SQLite, which ignores case`
    if (!this.#mayChange) return `table "${this.name}" has no column "${name}"; add it or name another table`
    return columns < MOST_COLUMNS
      ? null
      : `column "${name}" is beyond the ${MOST_COLUMNS} that SQLite has room for`
  }
}

const keyHint = (name: string): string => (name === KEY_COLUMN ? ', one of them for --key' : '')

/** @returns Names of the columns; none when there is no such table. */
export function tableColumns(database: DatabaseSync, table: string): string[] {
  return database
    .prepare('SELECT name FROM pragma_table_info(?, ?)')
    .all(table, 'main')
    .map(row => String(row['name']))
}

/** @throws JobError `E_SCHEMA` when the name belongs to something that rows cannot be loaded into. */
export function assertTable(database: DatabaseSync, table: string): void {
  const found = database.prepare("SELECT type FROM pragma_table_list(?) WHERE schema = 'main'").get(table)
  if (found !== undefined && found['type'] !== 'table')
    throw new JobError(
      'E_SCHEMA',
      `"${table}" is a ${String(found['type'])}; rows can only be loaded into a table`,
    )
  if (sameName(table).startsWith('sqlite_'))
    throw new JobError('E_SCHEMA', `table "${table}": names that begin with sqlite_ belong to SQLite`)
}
