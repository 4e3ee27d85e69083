interface HostState {
  cap: number
  inFlight: number
  /** No request to this host before this time; `Infinity` while one was let in that has not started. */
  nextMs: number
}

const IDLE_HOSTS_KEPT = 10_000

/**
 * Counts requests in flight a host, against its cap, and keeps the least delay between two starts.
 *
 * A request that was let in may start later, when it gets a lane or a rate slot. With a delay, the next one is let in
 * only after {@link started} told when that was.
 */
export class HostLedger {
  #capOf: (host: string) => number
  readonly #delayMs: number
  readonly #hosts = new Map<string, HostState>()
  /** Number of hosts at which idle ones are looked for again. */
  #crowdedAt = IDLE_HOSTS_KEPT

  /**
   * @param capOf Most requests in flight for a host; `Infinity` for no cap.
   * @param delayMs Least time between the starts of two requests to one host.
   */
  constructor(capOf: (host: string) => number, delayMs: number) {
    this.#capOf = capOf
    this.#delayMs = delayMs
  }

  /** Changes the caps: what is in flight beyond a lower one stays, and nothing more is let in until it has left. */
  useCaps(capOf: (host: string) => number): void {
    this.#capOf = capOf
    for (const [host, state] of this.#hosts) state.cap = capOf(host)
  }

  isBounded(host: string): boolean {
    return this.#delayMs > 0 || this.#capOf(host) !== Infinity
  }

  /** @returns 0 when a permit was taken, else the time to try again; `Infinity` when a start or a return comes first. */
  tryEnter(host: string, nowMs: number): number {
    const state = this.#stateOf(host, nowMs)
    if (state.inFlight >= state.cap) return Infinity
    if (state.nextMs > nowMs) return state.nextMs
    state.inFlight += 1
    if (this.#delayMs > 0) state.nextMs = Infinity
    return 0
  }

  /** Counts requests that are in flight already, whatever the cap says. */
  claim(host: string, count: number, nowMs: number): void {
    this.#stateOf(host, nowMs).inFlight += count
  }

  /** The request that was let in last starts now. */
  started(host: string, nowMs: number): void {
    const state = this.#hosts.get(host)
    if (state?.nextMs === Infinity) state.nextMs = nowMs + this.#delayMs
  }

  /** @throws RangeError when no permit for `host` is held. */
  leave(host: string, nowMs: number): void {
    const state = this.#hosts.get(host)
    if (state === undefined || state.inFlight === 0) {
      throw new RangeError(`a permit for ${host} was released that nobody holds`)
    }
    state.inFlight -= 1
    // Nobody is left who could tell of a start.
    if (state.inFlight === 0) this.started(host, nowMs)
  }

  #stateOf(host: string, nowMs: number): HostState {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    this.#forgetIdle(nowMs)
    const state = { cap: this.#capOf(host), inFlight: 0, nextMs: -Infinity }
    this.#hosts.set(host, state)
    return state
  }

  #forgetIdle(nowMs: number): void {
    if (this.#hosts.size < this.#crowdedAt) return
    for (const [host, state] of this.#hosts) {
      if (state.inFlight === 0 && state.nextMs <= nowMs) this.#hosts.delete(host)
    }
    this.#crowdedAt = Math.max(IDLE_HOSTS_KEPT, this.#hosts.size * 2)
  }
}
