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
    this.clear()
    this.#omitted = logOmitted
    for (const entry of log) this.#add(entry)
    for (const entry of before) this.#add(entry)
    this.#entries.sort((a, b) => a.elapsedMs - b.elapsedMs)
  }

  /** @returns Whether it is new, and something for a log. */
  push(elapsedMs: number, event: RunEvent): boolean {
    if (!isLogged(event)) return false
    if (!this.#add({ elapsedMs, event })) return false
    const count = this.#entries.length
    const isLate = count > 1 && this.#entries[count - 2]!.elapsedMs > elapsedMs
    // A new list, so that whoever shows the old one sees that it is another.
    this.#entries = isLate
      ? this.#entries.toSorted((a, b) => a.elapsedMs - b.elapsedMs)
      : this.#entries.slice()
    if (count > LOG_ENTRIES * 2) this.#leaveOut(count - LOG_ENTRIES)
    return true
  }

  #add(entry: LogEntry): boolean {
    const key = `${entry.elapsedMs} ${JSON.stringify(entry.event)}`
    if (this.#known.has(key)) return false
    this.#known.add(key)
    this.#entries.push(entry)
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
