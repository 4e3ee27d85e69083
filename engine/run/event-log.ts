import type { RunEvent } from '../../shared/model/run.ts'
import type { LogEntry } from '../../shared/model/run-history.ts'

/** An event with its place in the run's log. */
export interface LoggedEvent {
  readonly cursor: number
  readonly elapsedMs: number
  readonly event: RunEvent
}

/** Samples stand for ticks, the table of tasks for failures, and the summary has a place of its own. */
type KeptEvent = Exclude<
  RunEvent,
  { readonly type: 'tick' | 'task.failed' | 'task.failed.omitted' | 'run.summary' }
>

const NOT_KEPT: readonly RunEvent['type'][] = ['tick', 'task.failed', 'task.failed.omitted', 'run.summary']

const isKept = (event: RunEvent): event is KeptEvent => !NOT_KEPT.includes(event.type)

type Listener = (logged: LoggedEvent) => void

const KEPT = 5_000

/**
 * Everything a run pushed, newest {@link KEPT} kept, so that a view which comes late or lost its wire goes on where it
 * stopped. Of ticks only the newest is kept: an older one says nothing that a newer one does not.
 */
export class EventLog {
  #events: LoggedEvent[] = []
  #tick: LoggedEvent | null = null
  #next = 1
  /** What the run's journal does not have yet. */
  #unkept: LogEntry[] = []
  readonly #elapsedMs: () => number
  readonly #listeners = new Set<Listener>()

  /** @param elapsedMs Tells how long the run has lasted. */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs
  }

  push(event: RunEvent): void {
    const logged = { cursor: this.#next, elapsedMs: this.#elapsedMs(), event }
    this.#next += 1
    if (event.type === 'tick') this.#tick = logged
    else this.#events.push(logged)
    if (isKept(event)) this.#unkept.push({ elapsedMs: logged.elapsedMs, event })
    if (this.#events.length > KEPT * 2) this.#events = this.#events.slice(-KEPT)
    for (const listener of this.#listeners) listener(logged)
  }

  /** @returns Entries for the journal since the last call, oldest first. */
  takeUnkept(): LogEntry[] {
    return this.#unkept.splice(0)
  }

  /** @param cursor The last event already seen; 0 for none. @returns Stops listening. */
  follow(cursor: number, listener: Listener): () => void {
    const missed = this.#events.filter(logged => logged.cursor > cursor)
    if (this.#tick !== null && this.#tick.cursor > cursor) missed.push(this.#tick)
    missed.sort((a, b) => a.cursor - b.cursor)
    for (const logged of missed) listener(logged)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
