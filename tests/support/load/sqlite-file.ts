import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { DestinationControl, DestinationRequest } from '../../../engine/destination/destination.ts'
import { sqliteDestination } from '../../../engine/destination/sqlite/sqlite.ts'

/** @returns What a statement finds in a file, each row as its values. */
export function rowsOf(path: string, sql: string): SQLOutputValue[][] {
  using database = new DatabaseSync(path, { readOnly: true })
  return database
    .prepare(sql)
    .all()
    .map(row => Object.values(row))
}

/** @returns The first value of the first row. */
export const valueOf = (path: string, sql: string): SQLOutputValue => rowsOf(path, sql)[0]![0]!

export function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path)
  database.exec(sql)
}

export const controlOf = async (request: DestinationRequest): Promise<DestinationControl> =>
  await sqliteDestination.openControl!(request)
