import type { ErrorCode, Failure } from './error.ts'
import type { FailureCount, StatusKind } from './failure-kind.ts'
import type { JobKind, JobSpec, RunOptions } from './job.ts'
import type { Model, Parallelism } from './fields/parallelism.ts'

/**
 * A run's life.
 *
 * `planned`: accepted, workers not started. `running`: tasks are started. `paused`: nothing new is started;
 * tasks in flight settle. `draining`: stop was asked, tasks in flight get their deadline. `stopped`: ended
 * early with its state kept, resumable. `finishing`: every task is settled, outputs are completed.
 * `done`: finished (failed tasks included). `failed`: could not go on; state kept, resumable unless it says not.
 */
export const RUN_STATES = [
  'planned',
  'running',
  'paused',
  'draining',
  'stopped',
  'finishing',
  'done',
  'failed',
] as const
export type RunState = (typeof RUN_STATES)[number]

/** Shutdown is one number that only rises. */
export const PHASE = { run: 0, stop: 1, drain: 2, abort: 3, kill: 4 } as const
export type Phase = (typeof PHASE)[keyof typeof PHASE]

/** `total = ok + failed + skipped + quarantined + remaining`, at every moment. */
export interface TaskCounts {
  readonly total: number
  readonly ok: number
  readonly failed: number
  readonly skipped: number
  readonly quarantined: number
  readonly remaining: number
}

export interface Latencies {
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** How far the records of a load have come. */
export interface LoadCounts {
  readonly read: number
  /** Handed to the destination, those included that had to be handed over again. */
  readonly sent: number
  readonly acknowledged: number
  /** Failed and quarantined. */
  readonly failed: number
  /** Absolute path of the file of rejects; `null` when none was made. */
  readonly rejects: string | null
}

/** Sums over settled tasks, in milliseconds: where their time went. */
export interface PhaseTimes {
  readonly queueMs: number
  readonly connectMs: number
  readonly firstByteMs: number
  readonly bodyMs: number
  readonly cpuMs: number
}

export interface WorkerTick {
  readonly worker: number
  readonly pid: number
  /** 0 when the worker is its process's main thread. */
  readonly threadId: number
  readonly state: 'starting' | 'ready' | 'draining' | 'dead' | 'cooling'
  readonly inFlight: number
  readonly waiting: number
  readonly settled: number
  readonly failed: number
  readonly throughputPerSec: number
  /** 0..1, over the last report. */
  readonly loopUtilisationRatio: number
  /** CPU seconds of the worker's process over the last second; shared by the threads of one process. */
  readonly cpuRatio: number
  readonly rssBytes: number
  /** What a lane is working on, for people; absent when idle. */
  readonly current: string | null
  readonly restarts: number
}

/** What may be changed while a run goes on, as it is now. */
export interface Steering {
  readonly processes: number
  readonly threads: number
  readonly inFlight: number
  /** `null` without a limit, and for what is no crawl. */
  readonly ratePerSec: number | null
  readonly perHost: number | null
}

/** What bounds the requests of a crawl besides its permits. */
export type RequestBounds = Pick<Steering, 'ratePerSec' | 'perHost'>

/** One aggregated sample, pushed every 200 ms. */
export interface RunTick {
  readonly runId: string
  /** Milliseconds since the run began, running times of earlier sessions included. */
  readonly elapsedMs: number
  readonly state: RunState
  readonly tasks: TaskCounts
  /** False while the input is still being counted: `total` is then what was found so far. */
  readonly totalIsFinal: boolean
  /** 0..1 when known from tasks or from the position in the input. */
  readonly progressRatio: number | null
  readonly bytes: { readonly read: number; readonly body: number; readonly wire: number }
  /** `null` for other kinds of jobs. */
  readonly load: LoadCounts | null
  /** Settled tasks per second over the last second, and over the whole run. */
  readonly throughput: { readonly nowPerSec: number; readonly averagePerSec: number }
  /** Latency of tasks that settled in the last second, and of the whole run. */
  readonly latencyNowMs: Latencies
  readonly latencyMs: Latencies
  readonly inFlight: number
  readonly limit: number
  readonly waiting: number
  readonly steering: Steering
  readonly retries: number
  /** What failed since the run began, by kind; absent in ticks of a process of an earlier build. */
  readonly failures?: readonly FailureCount[]
  readonly phases: PhaseTimes
  readonly workers: readonly WorkerTick[]
  readonly etaMs: { readonly low: number; readonly high: number } | null
}

export interface ErrorGroup {
  readonly code: ErrorCode
  readonly count: number
  readonly sample: string
  /** Of `E_HTTP_STATUS`: how many of them were of each kind. */
  readonly statuses?: Readonly<Partial<Record<StatusKind, number>>>
}

/** `interleave/summary@1`: the final document of a run. */
export interface RunSummary {
  readonly schema: 'interleave/summary@1'
  readonly runId: string
  readonly kind: JobKind
  readonly state: RunState
  readonly model: Model
  readonly parallelism: {
    readonly processes: number
    readonly threads: number
    readonly inFlight: number
    readonly total: number
  }
  readonly tasks: TaskCounts
  readonly bytes: { readonly read: number; readonly body: number; readonly wire: number }
  /** `null` for other kinds of jobs. */
  readonly load: LoadCounts | null
  readonly elapsedMs: number
  readonly throughputPerSec: number
  readonly latencyMs: Latencies
  readonly phases: PhaseTimes
  readonly cpuSec: number
  readonly peakRssBytes: number
  readonly retries: number
  readonly requests: number
  readonly errors: readonly ErrorGroup[]
  readonly out: readonly string[]
  readonly digest: string | null
  /** What people should know of how the inputs were read; absent where there is nothing to say. */
  readonly notices?: readonly string[]
  readonly exit: { readonly code: number; readonly reason: string }
  /** Why the run could not start or go on. */
  readonly error: Failure | null
}

/** What `runs list` shows of a run, cheap to read. */
export interface RunEntry {
  readonly runId: string
  readonly kind: JobKind
  readonly state: RunState
  /** True while a living process owns the run. */
  readonly isOwned: boolean
  readonly startedAt: string
  readonly title: string
  readonly tasks: TaskCounts
  readonly elapsedMs: number
  /** What people call it by, in their order. */
  readonly tags: readonly string[]
}

export interface RunDetail extends RunEntry {
  readonly job: JobSpec
  readonly options: RunOptions
  readonly parallelism: Parallelism
  readonly summary: RunSummary
}

/** Everything a run pushes while it lives, in order. */
export type RunEvent =
  | {
      readonly type: 'run.started'
      readonly runId: string
      readonly pid: number
      readonly dataDir: string
      readonly parallelism: Parallelism
      readonly resumable: boolean
      readonly resumed: boolean
      readonly notices: readonly string[]
    }
  | {
      readonly type: 'worker.started'
      readonly worker: number
      readonly pid: number
      readonly threadId: number
    }
  | { readonly type: 'worker.exited'; readonly worker: number; readonly pid: number; readonly reason: string }
  | { readonly type: 'tick'; readonly tick: RunTick }
  | {
      readonly type: 'task.failed'
      readonly index: number
      readonly input: string | null
      readonly outcome: 'failed' | 'quarantined'
      readonly error: Failure
    }
  /** More failures happened than were reported one by one in this interval. */
  | { readonly type: 'task.failed.omitted'; readonly count: number }
  /** People should hear of it, although nothing stops for it: a part of an input that is not read, for one. */
  | { readonly type: 'run.notice'; readonly text: string }
  /** How the run goes on was changed. */
  | { readonly type: 'run.tuned'; readonly steering: Steering }
  | { readonly type: 'run.state'; readonly state: RunState; readonly reason: string | null }
  | { readonly type: 'run.summary'; readonly summary: RunSummary }
