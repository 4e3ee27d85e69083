import type { RunTick } from '../../shared/model/run.ts'
import type { NewHistory, OpenedRun } from '../records/protocol.ts'
import { failureCountsOf } from '../telemetry/error-tally.ts'
import { Sampler } from '../telemetry/sampler.ts'
import type { EventLog } from './event-log.ts'

/** What one execution leaves behind for its history: rows made of its ticks, and lines of its log. */
export class RunRecorder {
  readonly #log: EventLog
  readonly #sampler: Sampler

  constructor(opened: OpenedRun, log: EventLog) {
    this.#log = log
    // Where rows do not tell what failed, all of it is taken as told: no row tells of what was long before it.
    const failures = opened.sampledFailures ?? failureCountsOf(opened.errors)
    this.#sampler = new Sampler({ ...opened, sampled: opened.sampled ?? null, failures })
  }

  /** Tells the tick to whoever follows the run. @returns Whether there is something new for the journal. */
  tick(tick: RunTick): boolean {
    const isNew = this.#sampler.note(tick)
    this.#log.push({ type: 'tick', tick })
    return isNew
  }

  /** The last tick. */
  end(tick: RunTick): void {
    this.#sampler.end(tick)
    this.#log.push({ type: 'tick', tick })
  }

  /** @returns What is new since the last call. */
  take(): NewHistory {
    return { ...this.#sampler.take(), log: this.#log.takeUnkept() }
  }
}
