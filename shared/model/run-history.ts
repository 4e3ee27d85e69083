import type { RunEvent } from './run.ts'

/** Everything of a run's log but its ticks, which samples stand for. */
export type LoggedRunEvent = Exclude<RunEvent, { readonly type: 'tick' }>

/** One line of a run's log; also what marks its charts. */
export interface LogEntry {
  /** Milliseconds since the run began, running times of earlier sessions included. */
  readonly elapsedMs: number
  readonly event: LoggedRunEvent
}

/** Most lines of the log that a run keeps: the first half of them and the last. */
export const LOG_ENTRIES = 2_000

/** What a run's charts, markers and log are drawn from, as far as its journal has it: at most a second old. */
export interface RunHistory {
  /** `SAMPLE_WIDTH` numbers a row, oldest first, at most `SAMPLES_PER_ANSWER` rows. */
  readonly samples: Float64Array
  /** What failed, in threes: row of `samples`, number of the kind, how many tasks; rows in rising order. */
  readonly failures: Float64Array
  /** At most {@link LOG_ENTRIES}, oldest first; without `task.failed`, which the table of tasks has. */
  readonly log: readonly LogEntry[]
  /** Lines that were left out in the middle. */
  readonly logOmitted: number
  /** Latencies of settled tasks over the whole run: `[bucket, count, bucket, count, …]`, for percentiles of choice. */
  readonly latency: { readonly buckets: readonly number[]; readonly maxMs: number }
}
