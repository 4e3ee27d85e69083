import type { ErrorCode } from '../../../shared/model/error.ts'
import type { Parallelism } from '../../../shared/model/fields/parallelism.ts'
import type { JobFacts } from '../job-title.ts'
import type { RunEvent, RunState, RunTick } from '../../../shared/model/run.ts'

export interface FailureGroup {
  readonly code: ErrorCode
  count: number
  sample: string
}

/** Seconds of throughput that the sparkline looks back. */
export const HISTORY_SECONDS = 60

/** What the progress displays show, gathered from a run's events. */
export class ProgressView {
  readonly job: JobFacts
  runId = ''
  parallelism: Parallelism | null = null
  state: RunState = 'planned'
  tick: RunTick | null = null
  /** Why nothing goes on at the moment, such as a server that does not answer; `null` as a rule. */
  waitingFor: string | null = null
  /** Settled tasks per second, one sample a second, the newest last. */
  readonly history: number[] = []
  readonly failures = new Map<ErrorCode, FailureGroup>()
  /** Failures that were counted but not reported one by one. */
  failuresOmitted = 0
  #historySecond = -1

  constructor(job: JobFacts) {
    this.job = job
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.runId = event.runId
        this.parallelism = event.parallelism
        return
      case 'tick':
        this.#takeTick(event.tick)
        return
      case 'run.state':
        // The same state told again: something is waited for, or no longer.
        this.waitingFor = event.state === this.state ? event.reason : null
        this.state = event.state
        return
      case 'run.summary':
        this.state = event.summary.state
        return
      case 'task.failed':
        this.#takeFailure(event.error.code, event.error.message)
        return
      case 'task.failed.omitted':
        this.failuresOmitted += event.count
        return
      case 'run.notice':
      case 'run.tuned':
      case 'worker.started':
      case 'worker.exited':
        return
    }
  }

  #takeTick(tick: RunTick): void {
    this.tick = tick
    this.state = tick.state
    const second = Math.floor(tick.elapsedMs / 1_000)
    if (second === this.#historySecond) return
    this.#historySecond = second
    this.history.push(tick.throughput.nowPerSec)
    if (this.history.length > HISTORY_SECONDS) this.history.shift()
  }

  #takeFailure(code: ErrorCode, sample: string): void {
    const group = this.failures.get(code)
    if (group === undefined) this.failures.set(code, { code, count: 1, sample })
    else {
      group.count += 1
      group.sample = sample
    }
  }
}
