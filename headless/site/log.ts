/** What the site was asked, for a test that wants to know it from the other side. */
export interface SiteLog {
  readonly requests: number
  /** Most requests that were waiting for their response at one moment. */
  readonly inFlightMax: number
  /** Requests by target: path and query. */
  readonly counts: Readonly<Record<string, number>>
}

/** Counts requests; those for the log itself are left out. */
export class RequestLog {
  readonly #counts = new Map<string, number>()
  #requests = 0
  #inFlight = 0
  #inFlightMax = 0

  /** @returns Which request for `target` it is, from 1. */
  begin(target: string): number {
    const count = (this.#counts.get(target) ?? 0) + 1
    this.#counts.set(target, count)
    this.#requests += 1
    this.#inFlight += 1
    if (this.#inFlight > this.#inFlightMax) this.#inFlightMax = this.#inFlight
    return count
  }

  end(): void {
    this.#inFlight -= 1
  }

  /** Forgets every request but those in flight; pages that recover are ill again. */
  reset(): void {
    this.#counts.clear()
    this.#requests = 0
    this.#inFlightMax = this.#inFlight
  }

  snapshot(): SiteLog {
    return {
      requests: this.#requests,
      inFlightMax: this.#inFlightMax,
      counts: Object.fromEntries(this.#counts),
    }
  }
}
