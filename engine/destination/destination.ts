import type { Counters } from '../../shared/model/counters.ts'
import type { ErrorCode, Failure, JobError } from '../../shared/model/error.ts'
import type { LoadOptions } from '../../shared/model/fields/load.ts'
import type { RunOptions, Secrets } from '../../shared/model/job.ts'
import type { RecordView } from '../load/record-view.ts'
import type { Refusal } from '../source/cursor.ts'
import type { RecordFormat } from '../worker/protocol.ts'

/**
 * Where a load's records go. Each kind has two halves: a control, which the records worker uses at the start and the end
 * of a run, and a writer, one in each worker.
 *
 * The position lives in the destination, so that it is lost or kept together with the data. It is a set of spans: for
 * the lease that began at task `first` with `step`, the task index `next` up to which everything is done. A batch is
 * told as settled only when its position is in the destination: so what the journal holds as settled is a subset of
 * what the destination says, unless the destination has forgotten something.
 */
export interface DestinationKind {
  readonly kind: 'redis' | 'sqlite' | 'jsonl' | 'null'
  /** `null` for destinations without a position of their own. */
  readonly openControl: ((request: DestinationRequest) => Promise<DestinationControl>) | null
  openWriter(request: DestinationRequest, context: WriterContext): Promise<DestinationWriter>
}

export interface DestinationRequest {
  readonly runId: string
  readonly options: LoadOptions
  readonly pass: RunOptions['pass']
  readonly secrets: Secrets
}

/** For the lease that began at `first`, every `step`-th task below `next` is done. */
export interface AppliedSpan {
  readonly first: number
  readonly step: number
  readonly next: number
}

/** What a destination holds of a run that goes on. */
export interface Reconciled {
  /** To be kept by the journal together with what follows from the spans, in one transaction. */
  readonly identity: string
  readonly spans: readonly AppliedSpan[]
  /**
   * The destination was started anew (or can lose its last transactions) since the journal last kept its identity:
   * spans may then be behind what the journal holds. Else a missing span means that someone changed the destination.
   */
  readonly mayHaveForgotten: boolean
}

export interface DestinationControl {
  /**
   * For a new run: checks what can be checked before the first write, and leaves the mark that {@link reconcile} looks
   * for.
   *
   * @returns The identity of the destination as it is now, which the journal keeps before the first task starts.
   * @throws JobError `E_DEST_DOWN`, `E_DEST_FULL`, `E_LOCKED`, `E_SCHEMA`, `E_CONFIG` with what to do.
   */
  begin(): Promise<string>
  /**
   * For a run that goes on: makes sure that no earlier connection can still write, then reads the positions.
   *
   * @param identity What the journal keeps; `null` when it was interrupted before it could.
   * @throws JobError `E_SRC_CHANGED` when the mark is gone and nothing explains it.
   */
  reconcile(identity: string | null): Promise<Reconciled>
  /** The run is finishing: everything but the data is removed. May be called again. */
  end(): Promise<void>
  /** The run has written nothing: like {@link end}, and what {@link begin} had to create goes too. Where it is missing, `end` is enough. */
  takeBack?(): Promise<void>
  close(): Promise<void>
}

export interface WriterContext {
  /** Number of this worker's segment: names its connection among those of the run. */
  readonly segment: number
  /** Main module of the thread that writes an SQLite database for this worker; known to the host, needed for `sqlite:` alone. */
  readonly sqliteThread?: URL
  readonly nowMs: () => number
  readonly counters: Counters
  /** The destination cannot be written since so many milliseconds; called again and again while that lasts. */
  readonly onStalled: (failure: Failure, sinceMs: number) => void
  /** The destination was started anew: every worker stops and the run compares positions. Nothing is settled after it. */
  readonly onRewind: (reason: string) => void
  /** The writer cannot go on; told once, the worker ends. */
  readonly onFailed: (error: JobError) => void
  /** The writer has room again. */
  readonly onRoom: () => void
}

/** Which records of a lease the destination holds already. */
export interface AppliedRecords {
  isApplied(taskIndex: number): boolean
  /** Why the destination refused the record when it was applied; `null` when it took it. */
  failureOf(taskIndex: number): { readonly code: ErrorCode; readonly message: string } | null
}

/** Consecutive tasks of one lease, sent together. */
export interface SentBatch {
  /** First task and step of the lease: the name of its position. */
  readonly first: number
  readonly step: number
  /** Task at which the batch begins: where the batch before it ended, or the lease's first. */
  readonly from: number
  /** The position once the batch is done: one past its last task. */
  readonly next: number
  /** Task indexes of the records that were added, in their order; empty when all of them were refused before. Read only until `settle`. */
  readonly tasks: Float64Array
  readonly records: number
  /**
   * The data is in the destination, though its position is not yet: the batch no longer counts as in flight. May be
   * left out, and is called at most once, before `settle`.
   */
  written(): void
  /** Called exactly once, unless `cancel` is: the data and the position are in the destination. `at` counts the records added. */
  settle(failures: readonly RecordFailure[]): void
  /** The batch was given up and may or may not be in the destination. */
  cancel(): void
}

export interface RecordFailure {
  readonly at: number
  readonly code: ErrorCode
  readonly message: string
}

/**
 * Writes the batches of one worker. Synchronous where it is called for each record; `add` must not throw.
 *
 * A lost connection or a destination's own trouble (full, loading, read-only) is waited out inside: batches stay, and
 * `onStalled` says so. Only what is wrong with a record ends as its failure.
 */
export interface DestinationWriter {
  /** A batch is sent when it has reached either; `bytes` is of encoded records. */
  readonly most: { readonly records: number; readonly bytes: number }
  /** Most batches that can be under way to some effect; the semaphore may allow fewer. */
  readonly batches: number
  /**
   * Before the first record of a lease. With `living`, fences connections of workers that live no more and reads the
   * positions; `null` when nothing of the lease can have been applied, or when writing it again is harmless.
   *
   * @param living See `Lease.living`.
   */
  openLease(lease: {
    readonly first: number
    readonly step: number
    readonly living: readonly number[] | null
    readonly format: RecordFormat
  }): Promise<AppliedRecords | null>
  /** Encodes the record behind those of the open batch. @returns Why it cannot be written; nothing of it is kept then. */
  add(record: RecordView): Refusal | null
  /**
   * Only where the destination is a file that follows the segments: its line for the record that was added last. Must be
   * asked for once behind each `add`.
   */
  takeOutput?(): string
  /** Bytes of the open batch. */
  readonly openBytes: number
  /** Sends what was added since the last call; with no record added, the position alone. */
  send(batch: SentBatch): void
  /** Gives up what is under way: every batch is settled or cancelled before it resolves, within about 100 ms. */
  abort(): void
  close(): Promise<void>
}
