import type { FailureCount } from '../../shared/model/failure-kind.ts'
import type { SparseBuckets } from '../../shared/model/histogram.ts'
import type { JobSpec, RunOptions, Secrets } from '../../shared/model/job.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type {
  ErrorGroup,
  RequestBounds,
  RunDetail,
  RunEntry,
  RunState,
  RunSummary,
  Steering,
} from '../../shared/model/run.ts'
import type { LogEntry, RunHistory } from '../../shared/model/run-history.ts'
import type { Fingerprint } from '../source/reader-protocol.ts'

/**
 * What the supervisor asks of the records worker: it alone touches the journal, follows committed segments, and
 * derives what people read (`--out` files, exports, lists). Each method is one request over a message port.
 */
export interface Records {
  /** Creates the run's directory and journal, takes its lock, and syncs it to disk. */
  create(request: CreateRun): Promise<OpenedRun>
  /** Takes the lock of an existing run (`E_LOCKED`, `E_NOT_FOUND`, `E_VERSION`, `E_JOURNAL_CORRUPT`), cuts torn tails, raises its epoch. */
  open(request: OpenRun): Promise<OpenedRun>
  /** Commits in one transaction; at most ten times a second. Resolves when it is in the journal. */
  commit(commit: RunCommit): Promise<void>
  /**
   * Waits until outputs hold every committed record, syncs them, and reports them complete. When every task is settled
   * (state `finishing`), also removes what the run keeps in its destination; may be called again after `E_DEST_DOWN`,
   * `E_DEST_FULL` or `E_LOCKED`.
   */
  finish(): Promise<Finished>
  /** Records the final state and what is left of the history, and releases the lock. */
  close(ending: RunEnd): Promise<void>

  list(): Promise<readonly RunEntry[]>
  /** @param runId An id, an unambiguous beginning of one, or `latest`. */
  show(runId: string): Promise<RunDetail>
  exportRun(request: {
    readonly runId: string
    readonly out: string
    readonly mode: RunOptions['outMode']
    readonly isSpreadsheetSafe?: boolean | undefined
  }): Promise<{ readonly records: number }>
  /** Removes a run for good, with what it keeps in its destination besides the data. */
  remove(runId: string): Promise<Removed>
  /** Puts a run aside, from where {@link restore} takes it back until {@link purge} removes it. */
  trash(runId: string): Promise<{ readonly runId: string }>
  restore(runId: string): Promise<{ readonly runId: string }>
  /**
   * Removes what was put aside for good: these runs, and those that have lain there for so long; and sockets of owners
   * that died.
   */
  purge(what: { readonly runIds: readonly string[]; readonly olderThanMs: number }): Promise<void>
  /** @returns The full id. */
  resolve(runId: string): Promise<string>
  /** What changed in the list since an earlier answer. */
  changes(since: ListMark | null): Promise<ListChanges>
  tag(request: { readonly runId: string; readonly tags: readonly string[] }): Promise<void>
  history(runId: string): Promise<RunHistory>
  /** The newest unfinished run of the same job and inputs; `null` when there is none. */
  findUnfinished(job: JobSpec): Promise<string | null>
}

/** What a run's history grew by. */
export interface NewHistory {
  /** `SAMPLE_WIDTH` numbers a row. */
  readonly samples: Float64Array
  /** What failed, in threes: row of `samples`, number of the kind, how many tasks; rows in rising order. */
  readonly failures: Float64Array
  readonly log: readonly LogEntry[]
}

export interface RunEnd {
  readonly state: RunState
  readonly summary: RunSummary
  readonly history?: NewHistory
}

export interface Removed {
  readonly runId: string
  /** The destination that still holds the run's position, because it could not be reached without a password. */
  readonly left?: string
}

/** A moment in the life of a list of runs. */
export interface ListMark {
  readonly list: string
  readonly version: number
}

export interface ListChanges {
  readonly mark: ListMark
  /** These are all runs: whatever was known before is void. */
  readonly isWhole: boolean
  readonly entries: readonly RunEntry[]
  readonly gone: readonly string[]
}

export interface Finished {
  readonly out: readonly string[]
  /** The destination does not hold all any more that is settled: the run must be closed and opened again. */
  readonly hasForgotten: boolean
}

export interface CreateRun {
  readonly runId: string
  readonly job: JobSpec
  readonly options: RunOptions
  readonly parallelism: Parallelism
  readonly startedAt: string
  /** For the destination of a load; kept nowhere. */
  readonly secrets?: Secrets
}

export interface OpenRun {
  readonly runId: string
  /** Replace what the run was given at its start, when given anew; `null` keeps it. */
  readonly options: RunOptions | null
  readonly parallelism: Parallelism | null
  readonly secrets?: Secrets
}

/** What a run stands at when it is opened. */
export interface OpenedRun {
  readonly runId: string
  readonly directory: string
  readonly job: JobSpec
  readonly options: RunOptions
  /** As it was given, or tuned last. */
  readonly parallelism: Parallelism
  /** What the requests of a crawl were bounded by when it was tuned last; `null` where its job says it. */
  readonly bounds: RequestBounds | null
  /** Raised at every opening; 1 for a new run. */
  readonly epoch: number
  readonly state: RunState
  /** Bit `k` is set when task `k` is settled; as long as needed. */
  readonly settled: Uint8Array
  readonly counters: Float64Array
  readonly histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[]
  readonly errors: readonly ErrorGroup[]
  /** Number of tasks once the input was read to its end; `null` before. */
  readonly total: number | null
  readonly elapsedMs: number
  readonly cpuSec: number
  readonly peakRssBytes: number
  readonly fingerprints: readonly (Fingerprint | null)[] | null
  /** The first segment number that is free. */
  readonly nextSegment: number
  /** Tasks that must run alone, with their strikes so far. */
  readonly suspects: readonly { readonly index: number; readonly deaths: number }[]
  /** The summary of a run that is finished. */
  readonly summary: RunSummary | null
  /** Sums of the rows of its history, by column; absent when it has none. */
  readonly sampled?: Float64Array
  /** What failed in those rows; absent when some of them do not tell. */
  readonly sampledFailures?: readonly FailureCount[]
  /** What stood on the disk and does not count, in sentences. */
  readonly notices: readonly string[]
}

export interface RunCommit {
  /** Words of the bitmap that changed: pages of {@link SETTLED_PAGE_BYTES}. */
  readonly pages: readonly { readonly page: number; readonly bits: Uint8Array }[]
  /** Committed lengths of segments that grew. */
  readonly segments: readonly { readonly id: number; readonly bytes: number }[]
  /** Sums of the whole run, not increments. */
  readonly counters: Float64Array
  readonly histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[]
  readonly errors: readonly ErrorGroup[]
  readonly total: number | null
  readonly elapsedMs: number
  readonly cpuSec: number
  readonly peakRssBytes: number
  readonly state: RunState
  readonly fingerprints: readonly (Fingerprint | null)[] | null
  readonly suspects: readonly { readonly index: number; readonly deaths: number }[]
  /** How the run goes on since it was tuned; absent before, which changes nothing. */
  readonly steering?: Steering
  /** `full` syncs the journal to the disk before it resolves: state changes, quarantine. */
  readonly durability: 'normal' | 'full'
  /** Absent when nothing is new. */
  readonly history?: NewHistory
}

/** Bytes of one page of the settled bitmap: 65,536 tasks. */
export const SETTLED_PAGE_BYTES = 8_192

/** Segment file of a run, relative to its directory. */
export const segmentName = (id: number): string => `segments/${String(id).padStart(6, '0')}.seg`
