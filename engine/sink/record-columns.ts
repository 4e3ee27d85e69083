import { errorCodeOf } from '../../shared/model/error.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import { OUTCOME, OUTCOMES } from '../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CPU_LAYOUT,
  CRAWL_LAYOUT,
  ERROR_MESSAGE_STRING,
  LOAD_LAYOUT,
  positionsOf,
} from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'

/** One column of the results, the same in every format; absent values are NaN or `null`. */
export type RecordColumn = { readonly name: string } & (
  | { readonly kind: 'integer' | 'milliseconds'; read(row: RowView): number }
  | { readonly kind: 'boolean'; read(row: RowView): boolean }
  /** `json` is text that already is JSON. */
  | { readonly kind: 'json'; read(row: RowView): string | null }
  | {
      readonly kind: 'text'
      read(row: RowView): string | null
      /** The row's strings whose first present one is the value, when it is nothing else. */
      readonly strings: readonly number[]
    }
)

const integer = (name: string, position: number): RecordColumn => ({
  name,
  kind: 'integer',
  read: row => row.number(position),
})
const milliseconds = (name: string, position: number): RecordColumn => ({
  name,
  kind: 'milliseconds',
  read: row => row.number(position),
})
/** @param strings Positions; the first string that is present counts. */
const text = (name: string, ...strings: readonly number[]): RecordColumn => ({
  name,
  kind: 'text',
  strings,
  read: row => {
    for (const position of strings) {
      const value = row.string(position)
      if (value !== null) return value
    }
    return null
  },
})
const computed = (name: string, read: (row: RowView) => string | null): RecordColumn => ({
  name,
  kind: 'text',
  strings: [],
  read,
})

const INDEX = integer('index', COMMON_COLUMN.index)
const OUTCOME_COLUMN = computed('outcome', row => OUTCOMES[row.number(COMMON_COLUMN.outcome)] ?? null)
const OK: RecordColumn = {
  name: 'ok',
  kind: 'boolean',
  read: row => row.number(COMMON_COLUMN.outcome) === OUTCOME.ok,
}
const ERROR: RecordColumn = { name: 'error', kind: 'json', read: readError }
const ATTEMPTS = integer('attempts', COMMON_COLUMN.attempts)
const TOTAL_MS = milliseconds('totalMs', COMMON_COLUMN.totalMs)
const STARTED_AT_MS = milliseconds('startedAtMs', COMMON_COLUMN.startedAtMs)
const WORKER = integer('worker', COMMON_COLUMN.worker)
const LANE = integer('lane', COMMON_COLUMN.lane)

/** `{"code","message","retryable"}` as JSON, `null` without an error. */
function readError(row: RowView): string | null {
  const code = errorCodeOf(row.number(COMMON_COLUMN.error))
  if (code === undefined) return null
  const message = JSON.stringify(row.string(ERROR_MESSAGE_STRING) ?? '')
  const retryable = row.number(COMMON_COLUMN.retryable) === 1
  return `{"code":"${code}","message":${message},"retryable":${retryable}}`
}

const crawl = positionsOf(CRAWL_LAYOUT)
const cpu = positionsOf(CPU_LAYOUT)
const load = positionsOf(LOAD_LAYOUT)

const CRAWL_BEFORE_META: readonly RecordColumn[] = [
  INDEX,
  text('url', crawl.strings.url),
  text('finalUrl', crawl.strings.finalUrl, crawl.strings.url),
  OUTCOME_COLUMN,
  OK,
  // No response, no status.
  { name: 'status', kind: 'integer', read: row => row.number(crawl.numbers.status) || NaN },
  ERROR,
  ATTEMPTS,
  integer('redirects', crawl.numbers.redirects),
  text('contentType', crawl.strings.contentType),
  integer('bodyBytes', crawl.numbers.bodyBytes),
  integer('wireBytes', crawl.numbers.wireBytes),
  text('title', crawl.strings.title),
  { name: 'links', kind: 'integer', read: readLinks },
  text('bodyHash', crawl.strings.bodyHash),
]

const META: RecordColumn = { name: 'meta', kind: 'json', read: row => row.string(crawl.strings.meta) }

const CRAWL_AFTER_META: readonly RecordColumn[] = [
  milliseconds('waitMs', crawl.numbers.waitMs),
  milliseconds('connectMs', crawl.numbers.connectMs),
  milliseconds('ttfbMs', crawl.numbers.ttfbMs),
  milliseconds('downloadMs', crawl.numbers.downloadMs),
  TOTAL_MS,
  STARTED_AT_MS,
  WORKER,
  LANE,
]

const CPU_COLUMNS: readonly RecordColumn[] = [
  INDEX,
  OUTCOME_COLUMN,
  OK,
  ERROR,
  ATTEMPTS,
  computed('digest', readDigest),
  milliseconds('cpuMs', cpu.numbers.cpuMs),
  milliseconds('waitMs', cpu.numbers.waitMs),
  TOTAL_MS,
  STARTED_AT_MS,
  WORKER,
  LANE,
]

/** Of a load only what did not end as `ok` has a row. */
const LOAD_COLUMNS: readonly RecordColumn[] = [
  INDEX,
  integer('recordIndex', load.numbers.recordIndex),
  integer('line', load.numbers.line),
  integer('byteOffset', load.numbers.byteOffset),
  integer('byteLength', load.numbers.byteLength),
  OUTCOME_COLUMN,
  OK,
  ERROR,
  ATTEMPTS,
  text('rawBase64', load.strings.raw),
  WORKER,
  LANE,
]

function readLinks(row: RowView): number {
  const links = row.number(crawl.numbers.links)
  return links < 0 ? NaN : links
}

/** 16 hexadecimal digits; `null` when the kernel did not come to its end. */
function readDigest(row: RowView): string | null {
  if (row.number(COMMON_COLUMN.outcome) !== OUTCOME.ok) return null
  const digits = (half: number): string => half.toString(16).padStart(8, '0')
  return digits(row.number(cpu.numbers.digestHigh)) + digits(row.number(cpu.numbers.digestLow))
}

/** @returns The columns of a job's results, in order. `meta` is one of them only when the job extracts it. */
export function recordColumns(job: JobSpec): readonly RecordColumn[] {
  switch (job.kind) {
    case 'crawl': {
      const meta = job.crawl.extract.includes('meta') ? [META] : []
      return [...CRAWL_BEFORE_META, ...meta, ...CRAWL_AFTER_META]
    }
    case 'load':
      return LOAD_COLUMNS
    case 'cpu':
      return CPU_COLUMNS
  }
}
