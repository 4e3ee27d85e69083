interface HostState {
  inFlight: number
  /** No request to this host before this time. */
  nextMs: number
}

const IDLE_HOSTS_KEPT = 10_000

/**
 * Counts requests in flight a host, against its cap, and keeps the least delay between two starts.
 * Hosts with an infinite cap and no delay are not counted at all.
 */
export class HostLedger {
  readonly #capOf: (host: string) => number
  readonly #delayMs: number
  readonly #hosts = new Map<string, HostState>()

  /**
   * @param capOf Most requests in flight for a host; `Infinity` for no cap.
   * @param delayMs Least time between the starts of two requests to one host.
   */
  constructor(capOf: (host: string) => number, delayMs: number) {
    this.#capOf = capOf
    this.#delayMs = delayMs
  }

  isBounded(host: string): boolean {
    return this.#delayMs > 0 || this.#capOf(host) !== Infinity
  }

  /** @returns 0 when a permit was taken, else the time to try again; `Infinity` when a permit must come back first. */
  tryEnter(host: string, nowMs: number): number {
    let state = this.#hosts.get(host)
    if (state === undefined) {
      this.#forgetIdle(nowMs)
      state = { inFlight: 0, nextMs: -Infinity }
      this.#hosts.set(host, state)
    }
    if (state.inFlight >= this.#capOf(host)) return Infinity
    if (state.nextMs > nowMs) return state.nextMs
    state.inFlight += 1
    state.nextMs = nowMs + this.#delayMs
    return 0
  }

  leave(host: string): void {
    const state = this.#hosts.get(host)
    if (state === undefined || state.inFlight === 0) {
      throw new RangeError(`a permit for ${host} was released that nobody holds`)
    }
    state.inFlight -= 1
  }

  inFlight(host: string): number {
    return this.#hosts.get(host)?.inFlight ?? 0
  }

  #forgetIdle(nowMs: number): void {
    if (this.#hosts.size < IDLE_HOSTS_KEPT) return
    for (const [host, state] of this.#hosts) {
      if (state.inFlight === 0 && state.nextMs <= nowMs) this.#hosts.delete(host)
    }
  }
}
