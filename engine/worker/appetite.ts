/** Unread tasks are asked for this long before they are needed. */
const WANT_AHEAD_MS = 8

/** Tells when a worker should ask for its next lease: once, and as long before it is needed as the pace demands. */
export class Appetite {
  /** Tasks that settled since the last report; whoever settles one adds it here. */
  settled = 0
  readonly #onWant: () => void
  #tasksPerMs = 0
  #hasAsked = false

  /** @param onWant Few unread tasks are left. */
  constructor(onWant: () => void) {
    this.#onWant = onWant
  }

  /** Learns how fast tasks settle, weighing what is recent more. */
  noteSettledSince(elapsedMs: number): void {
    if (elapsedMs <= 0) return
    const now = this.settled / elapsedMs
    this.settled = 0
    this.#tasksPerMs = this.#tasksPerMs === 0 ? now : this.#tasksPerMs * 0.7 + now * 0.3
  }

  /** A lease was granted: the next may be asked for again. */
  granted(): void {
    this.#hasAsked = false
  }

  /** @param unreadTasks `Infinity` where nobody knows. */
  askInTime(unreadTasks: number): void {
    if (this.#hasAsked || unreadTasks > Math.max(1, Math.ceil(this.#tasksPerMs * WANT_AHEAD_MS))) return
    this.#hasAsked = true
    this.#onWant()
  }
}
