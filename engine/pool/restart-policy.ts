const FIRST_BACKOFF_MS = 200
const LAST_BACKOFF_MS = 30_000
const WINDOW_MS = 60_000
const DEATHS_IN_WINDOW = 5

/**
 * When a dead worker is started again, and when the pool gives up.
 *
 * A death after progress restarts at once and is not counted: a worker that is killed every second still gets its
 * work done. Deaths without progress wait 200 ms × 2^n with full jitter, at most 30 s; more than five of them in
 * a minute mean that restarting does not help.
 */
export class RestartPolicy {
  readonly #random: () => number
  readonly #deathsAtMs: number[] = []
  #fruitless = 0

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** @returns How long to wait before the restart, in milliseconds; `null` when the pool should give up. */
  onDeath(nowMs: number, hadProgress: boolean): number | null {
    if (hadProgress) {
      this.#fruitless = 0
      return 0
    }
    while (this.#deathsAtMs.length > 0 && this.#deathsAtMs[0]! < nowMs - WINDOW_MS) this.#deathsAtMs.shift()
    this.#deathsAtMs.push(nowMs)
    if (this.#deathsAtMs.length > DEATHS_IN_WINDOW) return null
    const backoffMs = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#fruitless)
    this.#fruitless += 1
    return this.#random() * backoffMs
  }

  /** A death that a quarantined or suspected task explains. */
  onExplainedDeath(): number {
    return 0
  }
}
