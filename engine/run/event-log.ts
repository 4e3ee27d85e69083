import type { RunEvent } from '../../shared/model/run.ts'

/** An event with its place in the run's log. */
export interface LoggedEvent {
  readonly cursor: number
  readonly elapsedMs: number
  readonly event: RunEvent
}

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
    if (this.#events.length > KEPT * 2) this.#events = this.#events.slice(-KEPT)
    for (const listener of this.#listeners) listener(logged)
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
