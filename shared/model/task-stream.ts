import type { TaskPage } from './task-table.ts'

/** Where the time of a span went. `other`: before the request, or what was not told apart. */
export const STREAM_PHASES = ['cpu', 'connect', 'firstByte', 'body', 'other'] as const
export type StreamPhase = (typeof STREAM_PHASES)[number]

/** Numbers of one span of a stream. */
export const STREAM_SPAN_WIDTH = 10

/** Positions in it; times in milliseconds since the run began, phases as how long they took together. */
export const STREAM_SPAN = {
  /** Of the answer's lanes, from 0. */
  row: 0,
  index: 1,
  outcome: 2,
  attempts: 3,
  startMs: 4,
  endMs: 5,
  cpuMs: 6,
  connectMs: 7,
  firstByteMs: 8,
  bodyMs: 9,
} as const

/** Bytes of one cell: the share of its time that went into each phase, in 255ths, then {@link CELL_MARK}. */
export const STREAM_CELL_BYTES = STREAM_PHASES.length + 1
export const CELL_MARK_AT = STREAM_PHASES.length
/** `busy`: a span lies in the cell, however short; `failed`: one that failed or was quarantined ended there. */
export const CELL_MARK = { busy: 1, failed: 2 } as const

/** Most single spans, cells, lanes and bins of one answer. */
export const SPANS_PER_STREAM = 8_000
export const CELLS_PER_STREAM = 65_536
export const LANES_PER_STREAM = 1_024
export const BINS_PER_STREAM = 2_048
/** Most bins of the whole run at a glance. */
export const OVERVIEW_BINS = 512

/** The number of the lane that shows what a worker computed for all of its lanes. */
export const CPU_LANE = 65_536

/** Bins of equal width; of each lane all bins, one lane after the other, `STREAM_CELL_BYTES` a bin. */
export interface StreamBins {
  readonly fromMs: number
  /** A power of two, and {@link fromMs} a multiple of it: neighbouring answers fit together. */
  readonly binMs: number
  readonly count: number
  readonly cells: Uint8Array
}

/** What a window of time and lanes is asked for by. */
export interface StreamQuestion {
  readonly fromMs: number
  readonly toMs: number
  /** Of the run's lanes in their order. */
  readonly firstLane: number
  readonly lanes: number
  /** How many bins the window is cut into where it has more than `spans` single ones; half of them at least. */
  readonly bins: number
  readonly spans: number
}

/** What the lanes of a run did in a window of time. */
export interface StreamWindow {
  /** Of the whole run. */
  readonly spanCount: number
  readonly endMs: number
  readonly laneCount: number
  readonly firstLane: number
  /** Worker and lane, in pairs: those asked for that there are. */
  readonly lanes: Uint32Array
  readonly fromMs: number
  readonly toMs: number
  /** `STREAM_SPAN_WIDTH` numbers each, lane by lane, each lane's in the order of their ends; `null` where there are too many. */
  readonly spans: Float64Array | null
  readonly bins: StreamBins | null
  /** All lanes together, over the whole run; a CPU lane is left out. */
  readonly overview: StreamBins
}

/** The execution path of a run from its records. */
export interface TaskStream extends StreamWindow {
  readonly gap: TaskPage['gap']
}
