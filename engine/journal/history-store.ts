import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { LOG_ENTRIES, type LogEntry } from '../../shared/model/run-history.ts'
import { ADDED_COLUMNS, SAMPLE, SAMPLE_WIDTH } from '../../shared/model/sample.ts'
import type { NewHistory } from '../records/protocol.ts'

/** Lines of the log that stay for good; of those behind them, as many of the newest do. */
const FIRST_LINES = LOG_ENTRIES / 2

/** What a journal holds of a run's history; rows whose checksum differs are left out. */
export interface StoredHistory {
  /** Rows, oldest first, each with the columns of the version that wrote it. */
  readonly samples: readonly Float64Array[]
  /** Oldest first. */
  readonly log: readonly LogEntry[]
  readonly logOmitted: number
}

const EMPTY: StoredHistory = { samples: [], log: [], logOmitted: 0 }

/** Appends to a run's history within the transactions of its journal. */
export class HistoryStore {
  readonly #putSample: StatementSync
  readonly #putLine: StatementSync
  #samples: number
  #lines: number

  /** @param database Has the tables; see `createHistoryTables`. */
  constructor(database: DatabaseSync) {
    this.#putSample = database.prepare('INSERT OR REPLACE INTO sample VALUES (?, ?, ?)')
    this.#putLine = database.prepare('INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?)')
    this.#samples = nextOf(database, 'sample')
    this.#lines = nextOf(database, 'log')
  }

  /** @returns Call it once the transaction is committed: until then the same may be put again. */
  put({ samples, log }: NewHistory): () => void {
    let at = this.#samples
    for (let from = 0; from + SAMPLE_WIDTH <= samples.length; from += SAMPLE_WIDTH, at += 1) {
      const numbers = bytesOf(samples.subarray(from, from + SAMPLE_WIDTH))
      this.#putSample.run(at, numbers, checksum('sample', at, numbers))
    }
    let line = this.#lines
    for (const { elapsedMs, event } of log) {
      const entry = JSON.stringify({ elapsedMs, event } satisfies LogEntry)
      this.#putLine.run(placeOf(line), line, entry, checksum('log', line, entry))
      line += 1
    }
    return () => {
      this.#samples = at
      this.#lines = line
    }
  }
}

/** Reads a run's history; empty for a run of an earlier version. */
export function readHistory(database: DatabaseSync): StoredHistory {
  if (!hasHistory(database)) return EMPTY
  const samples: Float64Array[] = []
  for (const row of database.prepare('SELECT at, numbers, crc FROM sample ORDER BY at').iterate()) {
    const { at, numbers, crc } = row as { at: number; numbers: Uint8Array; crc: number }
    if (checksum('sample', at, numbers) === crc) samples.push(numbersOf(numbers))
  }
  const log: LogEntry[] = []
  for (const row of database.prepare('SELECT at, entry, crc FROM log ORDER BY at').iterate()) {
    const { at, entry, crc } = row as { at: number; entry: string; crc: number }
    if (checksum('log', at, entry) === crc) log.push(JSON.parse(entry) as LogEntry)
  }
  return { samples, log, logOmitted: Math.max(0, nextOf(database, 'log') - LOG_ENTRIES) }
}

/** @returns Sums of all rows, by column; `null` when there are none. */
export function sumHistory(database: DatabaseSync): Float64Array | null {
  const { samples } = readHistory(database)
  if (samples.length === 0) return null
  const sums = new Float64Array(SAMPLE_WIDTH)
  for (const row of samples)
    for (const column of ADDED_COLUMNS) sums[SAMPLE[column]]! += row[SAMPLE[column]] ?? 0
  return sums
}

const hasHistory = (database: DatabaseSync): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sample'").get() !== undefined

function nextOf(database: DatabaseSync, table: 'sample' | 'log'): number {
  const { last } = database.prepare(`SELECT max(at) AS last FROM ${table}`).get() as { last: number | null }
  return last === null ? 0 : last + 1
}

const placeOf = (line: number): number =>
  line < FIRST_LINES ? line : FIRST_LINES + ((line - FIRST_LINES) % (LOG_ENTRIES - FIRST_LINES))

const checksum = (table: 'sample' | 'log', at: number, content: string | Uint8Array): number =>
  crc32(content, crc32(`${table}\0${at}\0`))

/** Little-endian, whatever the machine. */
function bytesOf(numbers: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * 8))
  for (const [at, number] of numbers.entries()) view.setFloat64(at * 8, number, true)
  return new Uint8Array(view.buffer)
}

function numbersOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Float64Array.from({ length: bytes.length >> 3 }, (_, at) => view.getFloat64(at * 8, true))
}
