import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { LOG_ENTRIES, type LogEntry } from '../../shared/model/run-history.ts'
import { failureKindOf, type FailureCount } from '../../shared/model/failure-kind.ts'
import { ADDED_COLUMNS, SAMPLE, SAMPLE_WIDTH } from '../../shared/model/sample.ts'
import type { NewHistory } from '../records/protocol.ts'
import { failuresOf, storedSamples, type StoredSample } from './stored-sample.ts'

/** Lines of the log that stay for good; of those behind them, as many of the newest do. */
const FIRST_LINES = LOG_ENTRIES / 2

/** What a journal holds of a run's history; rows whose checksum differs are left out. */
export interface StoredHistory {
  /** Rows, oldest first, each with the columns of the version that wrote it. */
  readonly samples: readonly StoredSample[]
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
  put({ samples, failures, log }: NewHistory): () => void {
    let at = this.#samples
    for (const row of storedSamples(samples, failures)) {
      const numbers = bytesOf(row)
      this.#putSample.run(at, numbers, checksum('sample', at, numbers))
      at += 1
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

/** What the rows of a history amount to. */
export interface HistorySums {
  /** By column; `null` when there are no rows. */
  readonly sampled: Float64Array | null
  /** `null` when some rows do not tell. */
  readonly sampledFailures: readonly FailureCount[] | null
}

export function sumHistory(database: DatabaseSync): HistorySums {
  const { samples } = readHistory(database)
  if (samples.length === 0) return { sampled: null, sampledFailures: null }
  const sampled = new Float64Array(SAMPLE_WIDTH)
  for (const row of samples)
    for (const column of ADDED_COLUMNS) sampled[SAMPLE[column]]! += row[SAMPLE[column]] ?? 0
  return { sampled, sampledFailures: sumFailures(samples) }
}

function sumFailures(samples: readonly StoredSample[]): FailureCount[] | null {
  const sums = new Map<number, number>()
  for (const row of samples) {
    const failures = failuresOf(row)
    if (failures === null) return null
    for (const [kind, count] of failures) sums.set(kind, (sums.get(kind) ?? 0) + count)
  }
  return [...sums].flatMap(([number, count]) => {
    const kind = failureKindOf(number)
    return kind === undefined ? [] : [{ kind, count }]
  })
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
