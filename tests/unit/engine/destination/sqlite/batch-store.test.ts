import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BatchStore, type StoredBatch } from '../../../../../engine/destination/sqlite/batch-store.ts'
import { openForWriting } from '../../../../../engine/destination/sqlite/open-database.ts'
import { PackedRows } from '../../../../../engine/destination/sqlite/packed-rows.ts'
import { createPositions, leaveMark, readSpans } from '../../../../../engine/destination/sqlite/positions.ts'
import { faultOf } from '../../../../../engine/destination/sqlite/sqlite-fault.ts'
import { temporaryDirectory } from '../../../../support/records/temporary.ts'

let path = ''
let database: DatabaseSync
let store: BatchStore

beforeEach(() => {
  path = join(temporaryDirectory(), 'out.db')
  database = openForWriting(path)
  createPositions(database)
  leaveMark(database, 'a-run', { tableExisted: false, wasWriteAhead: false })
  store = new BatchStore(database, { path, table: 'records', runId: 'a-run' })
  store.useSlots({ shape: 'pairs', key: 'index', names: ['key', 'value'], required: ['key', 'value'] })
})

afterEach(() => database.close())

function batchOf(values: readonly string[]): StoredBatch {
  const rows = new PackedRows({ records: 10, bytes: 1_000 })
  for (const [index, value] of values.entries()) {
    rows.beginRow(index)
    const bytes = Buffer.from(value)
    const at = rows.addCell(bytes.length)
    bytes.copy(rows.bytes, at)
    rows.endRow()
  }
  const { batch, refused } = rows.take()
  const span = { first: 0, step: 1, next: values.length }
  return { span, tasks: Float64Array.from(values.keys()), batch, refused }
}

it('leaves nothing of a batch for which there is no space, and writes it when there is', () => {
  const pages = Object.values(database.prepare('PRAGMA page_count').get()!)[0] as number
  database.exec(`PRAGMA max_page_count = ${pages}`)
  const batch = batchOf(Array.from({ length: 100 }, (_, at) => `${at}`.repeat(1_000)))

  let error: unknown
  try {
    store.write(batch)
  } catch (caught) {
    error = caught
  }
  expect(faultOf(error, path)).toMatchObject({ kind: 'wait', code: 'E_DISK_FULL' })
  expect(database.prepare('SELECT count(*) AS rows FROM records').get()).toEqual({ rows: 0 })
  expect(readSpans(database, 'a-run')).toEqual([])

  database.exec('PRAGMA max_page_count = 100000')
  expect(store.write(batch)).toEqual([])
  expect(database.prepare('SELECT count(*) AS rows FROM records').get()).toEqual({ rows: 100 })
  expect(readSpans(database, 'a-run')).toEqual([{ first: 0, step: 1, next: 100 }])
})

it('begins a batch again when the rows of another one were taken back', () => {
  database.exec(
    "CREATE TRIGGER t BEFORE INSERT ON records WHEN NEW.value = 'x' BEGIN SELECT RAISE(FAIL, 'no x'); END",
  )
  const values = Array.from({ length: 120 }, (_, at) => (at === 70 ? 'x' : String(at)))

  expect(store.write(batchOf(values))).toEqual([
    { at: 70, code: 'E_DEST_DATA', message: 'table "records": no x' },
  ])
  expect(database.prepare('SELECT count(*) AS rows FROM records').get()).toEqual({ rows: 119 })
})
