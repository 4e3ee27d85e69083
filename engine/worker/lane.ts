import { OUTCOME } from '../../shared/model/outcome.ts'
import { COMMON_COLUMN, ERROR_MESSAGE_STRING, type RecordLayout } from '../../shared/model/record-layout.ts'
import { errorNumber, type ErrorCode } from '../../shared/model/error.ts'

/** What an executor tells a lane when its task has ended. */
export type Settle = (lane: Lane) => void

/**
 * One concurrency slot of a worker. Lanes are made once and reused for task after task, so that a task costs no
 * object: the executor reads `index` and `input`, fills `numbers` and `strings` by column, and calls one of the
 * `settle…` methods exactly once per start, synchronously or later.
 */
export class Lane {
  readonly number: number
  /** The current task's position in the input, from 0. */
  index = 0
  /** The task's record, such as a URL; empty for kinds whose index is the task. */
  input = ''
  /** Line of the record in its file, from 1; 0 when there is none. */
  line = 0
  /** 1 at the first attempt. */
  attempt = 1
  /** When this attempt was ready to start, on the monotonic clock. */
  queuedAtMs = 0
  /** When this attempt started, on the monotonic clock. */
  startedAtMs = 0
  /** When the first attempt started. */
  firstStartedAtMs = 0
  /** Values of the record by column position; reset before each attempt. */
  readonly numbers: Float64Array
  readonly strings: (string | null)[]
  /** CPU milliseconds of this attempt, added up by the executor. */
  cpuMs = 0
  /** When the attempt ended, where the executor has read the clock for it; NaN to have it read when the lane settles. */
  endedAtMs = NaN
  /** Phase ends of this attempt on the monotonic clock; NaN where a phase did not happen. */
  connectEndMs = NaN
  firstByteMs = NaN
  bodyEndMs = NaN
  /** Set by {@link settleRetry}: when the next attempt may start, on the monotonic clock; NaN when the task is settled. */
  retryAtMs = NaN
  readonly #onSettle: Settle

  constructor(number: number, layout: RecordLayout, onSettle: Settle) {
    this.number = number
    this.numbers = new Float64Array(layout.numbers.length)
    this.strings = new Array<string | null>(layout.strings.length).fill(null)
    this.#onSettle = onSettle
  }

  /** Clears what the previous attempt left. */
  reset(): void {
    // Loops, since `fill` costs a call into the runtime: three times as much for so few elements.
    const { numbers, strings } = this
    for (let at = 0; at < numbers.length; at += 1) numbers[at] = NaN
    for (let at = 0; at < strings.length; at += 1) strings[at] = null
    this.cpuMs = 0
    this.endedAtMs = NaN
    this.connectEndMs = NaN
    this.firstByteMs = NaN
    this.bodyEndMs = NaN
    this.retryAtMs = NaN
  }

  settleOk(): void {
    this.numbers[COMMON_COLUMN.outcome] = OUTCOME.ok
    this.#onSettle(this)
  }

  settleFailed(code: ErrorCode, message: string, retryable: boolean): void {
    this.#settleWith(OUTCOME.failed, code, message, retryable)
  }

  settleSkipped(code: ErrorCode, message: string): void {
    this.#settleWith(OUTCOME.skipped, code, message, false)
  }

  /** The attempt failed, another follows; the lane is free meanwhile and no record is written. */
  settleRetry(atMs: number): void {
    this.retryAtMs = atMs
    this.#onSettle(this)
  }

  /** The attempt was aborted by a stop: the task goes back to its lease untouched. */
  settleCancelled(): void {
    this.retryAtMs = Infinity
    this.#onSettle(this)
  }

  /** Fills the outcome of a task that is not executed; nobody is told. */
  refuse(outcome: number, code: ErrorCode, message: string): void {
    this.numbers[COMMON_COLUMN.outcome] = outcome
    this.numbers[COMMON_COLUMN.error] = errorNumber(code)
    this.numbers[COMMON_COLUMN.retryable] = 0
    this.strings[ERROR_MESSAGE_STRING] = message
  }

  #settleWith(outcome: number, code: ErrorCode, message: string, retryable: boolean): void {
    this.refuse(outcome, code, message)
    this.numbers[COMMON_COLUMN.retryable] = retryable ? 1 : 0
    this.#onSettle(this)
  }
}
