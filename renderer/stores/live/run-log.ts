import {
  LOG_ENTRIES,
  type LogEntry,
  type LoggedRunEvent,
  type RunHistory,
} from '../../../shared/model/run-history.ts'
import type { RunEvent } from '../../../shared/model/run.ts'

/** A run's log from its journal and from what is pushed, each entry once, in the order of time. */
export class RunLog {
  #entries: LogEntry[] = []
  #known = new Set<string>()
  #omitted = 0

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** Entries in the middle that were left out. */
  get omitted(): number {
    return this.#omitted
  }

  clear(): void {
    this.#entries = []
    this.#known.clear()
    this.#omitted = 0
  }

  /** Takes the journal's log; what was pushed and is not in it stays. */
  adopt({ log, logOmitted }: Pick<RunHistory, 'log' | 'logOmitted'>): void {
    const before = this.#entries
    this.#known.clear()
    this.#omitted = logOmitted
    this.#entries = [...log, ...before]
      .filter(entry => this.#isNew(entry))
      .sort((a, b) => a.elapsedMs - b.elapsedMs)
  }

  /** @returns Whether it is new, and something for a log. */
  push(elapsedMs: number, event: RunEvent): boolean {
    if (!isLogged(event)) return false
    const entry = { elapsedMs, event }
    if (!this.#isNew(entry)) return false
    const isLate = (this.#entries.at(-1)?.elapsedMs ?? 0) > elapsedMs
    // Another list each time, so that whoever shows the one before sees that there is more.
    this.#entries = [...this.#entries, entry]
    if (isLate) this.#entries.sort((a, b) => a.elapsedMs - b.elapsedMs)
    const count = this.#entries.length
    if (count > LOG_ENTRIES * 2) this.#leaveOut(count - LOG_ENTRIES)
    return true
  }

  #isNew(entry: LogEntry): boolean {
    const key = `${entry.elapsedMs} ${JSON.stringify(entry.event)}`
    if (this.#known.has(key)) return false
    this.#known.add(key)
    return true
  }

  /** As the journal does: the first half stays, and the last. */
  #leaveOut(count: number): void {
    this.#entries = this.#entries.toSpliced(LOG_ENTRIES / 2, count)
    this.#omitted += count
  }
}

/** Failures of single tasks are in the table of tasks, ticks in the charts. */
function isLogged(event: RunEvent): event is LoggedRunEvent {
  return event.type !== 'tick' && event.type !== 'task.failed' && event.type !== 'task.failed.omitted'
}
