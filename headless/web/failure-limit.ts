const WINDOW_MS = 60_000

/**
 * Counts wrong credentials of a minute, of all callers together: on loopback they cannot be told apart. Right ones are
 * accepted nevertheless, so that nobody can lock out whoever has one.
 */
export class FailureLimit {
  readonly #most: number
  readonly #nowMs: () => number
  #timesMs: number[] = []

  constructor(mostPerMinute: number, nowMs: () => number) {
    this.#most = mostPerMinute
    this.#nowMs = nowMs
  }

  /** Counts one more. @returns Whether there were too many before. */
  fail(): boolean {
    const nowMs = this.#nowMs()
    this.#timesMs = this.#timesMs.filter(timeMs => timeMs > nowMs - WINDOW_MS)
    if (this.#timesMs.length >= this.#most) return true
    this.#timesMs.push(nowMs)
    return false
  }
}
