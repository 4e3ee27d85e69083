/**
 * The layout of one record in a segment: numbers of fixed width, and strings as references into the heap
 * that follows the rows of a frame. Layouts are frozen: a change is a new layout with a new number.
 */
export type ColumnType = 'u8' | 'u16' | 'u32' | 'i32' | 'f32' | 'f64'

export interface NumberColumn {
  readonly name: string
  readonly type: ColumnType
}

export interface RecordLayout {
  /** Stands in the header of each frame. */
  readonly number: number
  readonly kind: 'crawl' | 'load' | 'cpu'
  /** NaN in an `f32` or `f64` column means "absent". */
  readonly numbers: readonly NumberColumn[]
  readonly strings: readonly string[]
}

/** Every layout begins with these, so that tables, failures and exports read any kind of record alike. */
const common = [
  { name: 'index', type: 'f64' },
  { name: 'startedAtMs', type: 'f64' },
  { name: 'totalMs', type: 'f64' },
  { name: 'outcome', type: 'u8' },
  { name: 'error', type: 'u8' },
  { name: 'retryable', type: 'u8' },
  { name: 'reserved', type: 'u8' },
  { name: 'attempts', type: 'u16' },
  { name: 'worker', type: 'u16' },
  { name: 'lane', type: 'u16' },
] as const satisfies readonly NumberColumn[]

export const CRAWL_LAYOUT = {
  number: 1,
  kind: 'crawl',
  numbers: [
    ...common,
    { name: 'status', type: 'u16' },
    { name: 'redirects', type: 'u16' },
    /** -1 when links were not extracted. */
    { name: 'links', type: 'i32' },
    { name: 'waitMs', type: 'f32' },
    { name: 'connectMs', type: 'f32' },
    { name: 'ttfbMs', type: 'f32' },
    { name: 'downloadMs', type: 'f32' },
    { name: 'bodyBytes', type: 'f64' },
    { name: 'wireBytes', type: 'f64' },
  ],
  /** `finalUrl` is absent when it equals `url`; `meta` is a JSON object. */
  strings: ['errorMessage', 'url', 'finalUrl', 'contentType', 'title', 'bodyHash', 'meta'],
} as const satisfies RecordLayout

export const CPU_LAYOUT = {
  number: 2,
  kind: 'cpu',
  numbers: [
    ...common,
    { name: 'cpuMs', type: 'f32' },
    { name: 'waitMs', type: 'f32' },
    { name: 'digestLow', type: 'u32' },
    { name: 'digestHigh', type: 'u32' },
  ],
  strings: ['errorMessage'],
} as const satisfies RecordLayout

/**
 * Records of a load. Only what the segment alone can tell is kept: records that did not end as `ok`, and, where the
 * destination is a file that follows the segments, what is written to it.
 */
export const LOAD_LAYOUT = {
  number: 3,
  kind: 'load',
  numbers: [
    ...common,
    /** Position in the input that the record first came from: `{index}`; differs from `index` for rejects loaded again. */
    { name: 'recordIndex', type: 'f64' },
    /** From 1. */
    { name: 'line', type: 'f64' },
    { name: 'byteOffset', type: 'f64' },
    /** Without the line end. */
    { name: 'byteLength', type: 'f64' },
  ],
  /**
   * `raw` is Base64 of the record as it stands in the source, absent where it is longer than `RAW_BYTES`; `source` is
   * JSON and says how to read it and which of several inputs it is from, absent for lines of UTF-8 of the only one;
   * `output` is the line for a `jsonl:` destination.
   */
  strings: ['errorMessage', 'raw', 'source', 'output'],
} as const satisfies RecordLayout

export const LAYOUTS: readonly RecordLayout[] = [CRAWL_LAYOUT, CPU_LAYOUT, LOAD_LAYOUT]

/** Positions of a layout's columns by name, for filling {@link RecordLayout} slots without a lookup per task. */
export const positionsOf = <const L extends RecordLayout>(
  layout: L,
): {
  readonly numbers: Readonly<Record<L['numbers'][number]['name'], number>>
  readonly strings: Readonly<Record<L['strings'][number], number>>
} => ({
  numbers: Object.fromEntries(layout.numbers.map((column, at) => [column.name, at])) as Record<
    L['numbers'][number]['name'],
    number
  >,
  strings: Object.fromEntries(layout.strings.map((name, at) => [name, at])) as Record<
    L['strings'][number],
    number
  >,
})

/** Positions of the columns that every layout shares. */
export const COMMON_COLUMN = {
  index: 0,
  startedAtMs: 1,
  totalMs: 2,
  outcome: 3,
  error: 4,
  retryable: 5,
  reserved: 6,
  attempts: 7,
  worker: 8,
  lane: 9,
} as const

export const ERROR_MESSAGE_STRING = 0
