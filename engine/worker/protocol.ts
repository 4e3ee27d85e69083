import type { ErrorCode, Failure } from '../../shared/model/error.ts'
import type { SparseBuckets } from '../../shared/model/histogram.ts'
import type { CpuOptions } from '../../shared/model/fields/cpu.ts'
import type { CrawlOptions } from '../../shared/model/fields/crawl.ts'
import type { EncodingName, LoadFormat, LoadOptions } from '../../shared/model/fields/load.ts'
import type { RunOptions, Secrets } from '../../shared/model/job.ts'
import type { ErrorGroup, Phase, RequestBounds } from '../../shared/model/run.ts'

/**
 * What the supervisor and a worker say to each other. Plain data, copied between processes; a worker never
 * sends results, only which indexes settled and how far its segment is synced.
 */

/** Which executor a worker runs, with its options; extended by one line for each new kind. */
export type Work =
  | { readonly kind: 'crawl'; readonly options: CrawlOptions }
  | { readonly kind: 'load'; readonly options: LoadOptions; readonly pass: RunOptions['pass'] }
  | { readonly kind: 'cpu'; readonly options: CpuOptions }

/** Where the records of a lease are. */
export type LeaseData =
  /** The index itself is the task. */
  | { readonly type: 'none' }
  /** Records are parsed from a file, from `byteStart` on, where record `indexAtStart` begins on line `lineAtStart`. */
  | {
      readonly type: 'range'
      readonly input: RangeInput
      readonly byteStart: number
      readonly indexAtStart: number
      readonly lineAtStart: number
      /** No record of the lease lies at or beyond this byte; absent when unknown. It bounds what is read ahead. */
      readonly byteEnd?: number
    }
  /** Records were parsed by the reader: {@link packBatch} bytes whose first record has index `firstIndex`. */
  | {
      readonly type: 'batch'
      readonly firstIndex: number
      readonly payload: Uint8Array
      /** How the records of a load are cut and encoded; absent for URLs. */
      readonly format?: RecordFormat
    }

/** A file that workers may read by byte ranges, and how its records are cut. */
export type RangeInput = UrlInput | RecordInput

/** A file whose records a load moves. */
export interface RecordInput {
  readonly path: string
  /** Bytes to read at most: the size when the run began. */
  readonly sizeBytes: number
  readonly records: RecordFormat
}

/** How the bytes of an input of a load are cut into records, and how a record is read. */
export interface RecordFormat {
  readonly format: LoadFormat
  readonly encoding: EncodingName
  /** Between the cells of a row; `null` for formats without cells. */
  readonly delimiter: string | null
  /** Names of the cells, from the header row; `null` for formats without one. */
  readonly header: readonly string[] | null
  /** Where the first record begins: behind a byte order mark, a `sep=` line and the header row. */
  readonly bodyStart: number
  /** Line on which the first record begins, from 1. */
  readonly bodyLine: number
  /** The input as the job names it, for the rejects of a load of several; absent where there is but one. */
  readonly input?: string
}

/** A file of URLs. */
export interface UrlInput {
  readonly path: string
  /** Bytes to read at most: the size when the run began. */
  readonly sizeBytes: number
  readonly format: 'list' | 'jsonl'
  /** Name of the member that holds the URL in each JSONL record. */
  readonly field: string | null
}

/**
 * Consecutive tasks (or every `step`-th of them) handed to one worker at once.
 *
 * A lease is fenced by `(id, attempt)` inside the run's epoch: a report that names another attempt is
 * counted as fenced and dropped whole.
 */
export interface Lease {
  readonly id: number
  readonly attempt: number
  readonly first: number
  readonly step: number
  /** One past the last index; `null` when only reading to the end of the data tells. */
  readonly end: number | null
  readonly data: LeaseData
  /** Bit `k` is set when task `first + k * step` is settled already; absent when none is. */
  readonly settled: Uint8Array | null
  /**
   * True after a worker died holding these tasks: every start is then noted on disk first, so that a second death
   * names its suspects exactly.
   */
  readonly careful: boolean
  /** Why these tasks are not executed but recorded as quarantined; `null` as a rule. */
  readonly quarantine: string | null
  /**
   * Set when another worker, or this run before it was interrupted, may have begun with these tasks, so that a
   * destination must be asked which of them it holds: segment numbers of the workers that live now. Connections of all
   * others are fenced first. Absent or `null` for tasks nobody has had before, and for kinds without destination.
   */
  readonly living?: readonly number[] | null
}

export interface WorkerSetup {
  readonly worker: number
  readonly runId: string
  readonly work: Work
  readonly secrets: Secrets
  /** Whether earlier tasks must be settled before later ones are written (`--order input`, loads only). */
  readonly isOrdered: boolean
  /** Semaphore permits of this worker's loop. */
  readonly permits: number
  /** The run's zero on the machine's monotonic clock, in milliseconds. */
  readonly originMs: number
  readonly segment: { readonly id: number; readonly path: string }
  /** Where starts of careful leases are noted: eight bytes a lane. */
  readonly startsPath: string
  /** True when host permits and rate slots come from the supervisor because other workers share them, or may later. */
  readonly sharedGates: boolean
  /** Version of the bounds in the options of {@link work}. */
  readonly boundsVersion: number
  /** Test faults by task index, from `INTERLEAVE_TEST_FAULTS`. */
  readonly faults: readonly (readonly [kind: FaultKind, index: number])[]
}

export const FAULT_KINDS = ['abort', 'crash', 'exit', 'oom', 'overflow', 'spin'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export type ToWorker =
  | { readonly type: 'setup'; readonly setup: WorkerSetup }
  | { readonly type: 'grant'; readonly lease: Lease }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'pause'; readonly isPaused: boolean }
  | { readonly type: 'permits'; readonly permits: number }
  /** Report `seq` is committed: the next may follow. */
  | { readonly type: 'ack'; readonly seq: number }
  /** Tasks at or beyond this index must not start yet (`--order input`). */
  | { readonly type: 'horizon'; readonly index: number }
  /**
   * The requests of a crawl have other bounds from now on; where gates are shared, answered by `bounds.taken`. Versions
   * rise.
   */
  | { readonly type: 'bounds'; readonly version: number; readonly bounds: RequestBounds }
  /** Void when the bounds have changed since it was asked for. */
  | { readonly type: 'rate.slots'; readonly version: number; readonly atMs: Float64Array }
  | { readonly type: 'host.grant'; readonly host: string; readonly count: number }
  /** Others wait for this host: give its permits back instead of reusing them. */
  | { readonly type: 'host.recall'; readonly host: string }
  /** Another worker was asked by this host to come back later. */
  | { readonly type: 'host.hold'; readonly host: string; readonly untilMs: number }

export interface LeaseProgress {
  readonly id: number
  readonly attempt: number
  /** Indexes that settled since the last report, in any order. */
  readonly settled: Uint32Array
  /**
   * The same for many consecutive indexes: pairs `[first, end)` in rising order, without overlap. Only for leases with
   * step 1; absent when there are none.
   */
  readonly settledSpans?: Float64Array
  /** The index after the last record, once the data's end was read; only for leases without `end`. */
  readonly endIndex: number | null
}

export interface FailureSample {
  readonly index: number
  readonly outcome: 'failed' | 'quarantined'
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly input: string | null
}

/** What a worker measured of itself; a snapshot. */
export interface WorkerGauges {
  readonly inFlight: number
  /** Tasks read from leases but not started: parked for a host, delayed for a retry, or queued. */
  readonly waiting: number
  readonly loopUtilisationRatio: number
  /** CPU seconds of the whole process since it began, user and system. */
  readonly cpuSec: number
  readonly rssBytes: number
  readonly current: string | null
}

/**
 * One report covers what settled since the last one. Its segment bytes are synced before it is sent, so the
 * supervisor may commit it as it stands.
 */
export interface WorkerReport {
  readonly type: 'report'
  /** Counts from 1; a gap or a repetition is a protocol error. */
  readonly seq: number
  readonly leases: readonly LeaseProgress[]
  readonly segmentBytes: number
  /** Increments in the order of `COUNTERS`. */
  readonly counters: Float64Array
  /** One entry for each of `HISTOGRAMS`. */
  readonly histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[]
  /** Spans as `SPAN_WIDTH` numbers each; the first ones, bounded; drops are in the counters. */
  readonly spans: Float64Array
  readonly errors: readonly ErrorGroup[]
  readonly failures: readonly FailureSample[]
  readonly failuresOmitted: number
  readonly gauges: WorkerGauges
}

export type FromWorker =
  | { readonly type: 'ready'; readonly pid: number; readonly threadId: number }
  | WorkerReport
  /** Few unread tasks are left: the worker has room for another lease. */
  | { readonly type: 'want' }
  | { readonly type: 'rate.ask'; readonly version: number; readonly count: number }
  | { readonly type: 'host.ask'; readonly host: string; readonly count: number }
  /** Only told where the job has a delay between two starts. */
  | { readonly type: 'host.started'; readonly host: string }
  | { readonly type: 'host.return'; readonly host: string; readonly count: number }
  /** So many requests are in flight to a host that had no bounds when they began. */
  | { readonly type: 'host.claim'; readonly host: string; readonly count: number }
  /** The host asks to be left alone until then, on the machine's monotonic clock: the other workers are to know. */
  | { readonly type: 'host.hold'; readonly host: string; readonly untilMs: number }
  /** The bounds of this version hold in this worker, and everything that they bound is claimed. */
  | { readonly type: 'bounds.taken'; readonly version: number }
  /** The segment or the destination cannot be written since so many milliseconds; it is tried again. */
  | { readonly type: 'stalled'; readonly failure: Failure; readonly sinceMs: number }
  /** The destination was started anew and may have forgotten what was settled: the run must compare and go back. */
  | { readonly type: 'rewind'; readonly reason: string }
  /** Everything in flight has ended or was given back, and the last report is sent. */
  | { readonly type: 'drained' }
  /** The worker cannot go on and exits after this; not a task's fault. */
  | { readonly type: 'fatal'; readonly code: ErrorCode; readonly message: string }
