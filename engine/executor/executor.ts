import type { Counters } from '../../shared/model/counters.ts'
import type { RecordLayout } from '../../shared/model/record-layout.ts'
import type { Lane } from '../worker/lane.ts'

/** What a worker offers to its executor. */
export interface ExecutorContext {
  /** Milliseconds on the machine's monotonic clock, the same in every process. */
  readonly nowMs: () => number
  /** Increments of the current report; the executor adds what it counts (requests, bytes, phases), never outcomes. */
  readonly counters: Counters
  /**
   * Bounds requests that are not the lane's first one (redirects, robots.txt), which pass the same host cap and rate.
   * `start` is called once, synchronously when nothing is bounded; the returned function withdraws the wish.
   */
  readonly enterHost: (host: string, start: () => void) => () => void
  /**
   * Gives one permit for `host` back. The permit that a lane's start holds for its {@link Executor.gateOf} host is the
   * executor's to give back, before or when the task settles; so is each one that {@link enterHost} let in.
   */
  readonly leaveHost: (host: string) => void
  /** No task starts at `host` before then, in any worker of the run; further requests of tasks do. */
  readonly holdHost: (host: string, untilMs: number) => void
}

/**
 * Does one kind of task. Made once in each worker.
 *
 * Neither a promise nor an object is needed per task: `start` is called with a reused lane, and the lane is told
 * when its task has ended. `start` must not throw; it may settle the lane before it returns.
 */
export interface Executor {
  /**
   * The host that the task's first request counts against, whether or not it has a bound now, or `''` when the task
   * needs none. Called before a lane is taken, so that no lane is held while a host waits.
   */
  gateOf(input: string): string
  start(lane: Lane): void
  /** Fills the columns that say which task this is, for a record whose task is not executed. */
  describe(lane: Lane): void
  /** Ends the lane's task soon: it must settle as cancelled within about 100 ms. */
  abort(lane: Lane): void
  /** Frees sockets and files; no lane is in use any more. */
  close(): Promise<void>
}

/** What bounds the requests of a job besides its semaphore. */
export interface HostPolicy {
  /** Most requests in flight for a host over the whole run; `Infinity` for no cap. */
  readonly capOf: (host: string) => number
  /** Least time between the starts of two requests to one host. */
  readonly delayMs: number
  readonly ratePerSec: number | null
}

/** One kind of executor: extension point of the engine. */
export interface ExecutorKind<Options> {
  readonly kind: string
  readonly layout: RecordLayout
  /** What bounds its requests; `null` for work that needs no host. */
  policyOf(options: Options): HostPolicy | null
  make(options: Options, context: ExecutorContext): Executor
}

export const defineExecutor = <Options>(kind: ExecutorKind<Options>): ExecutorKind<Options> => kind
