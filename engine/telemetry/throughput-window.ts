interface Sample {
  readonly atMs: number
  readonly count: number
}

/** Throughput over the last second, from a running count sampled a few times in it. */
export class ThroughputWindow {
  readonly #windowMs: number
  #samples: Sample[] = []

  constructor(windowMs = 1_000) {
    this.#windowMs = windowMs
  }

  /** @param count Tasks settled so far; never goes back. */
  sample(atMs: number, count: number): void {
    this.#samples.push({ atMs, count })
    // One sample older than the window is kept: it is the window's beginning.
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - this.#windowMs) this.#samples.shift()
  }

  /** @returns Settled tasks per second between the oldest and the newest sample; 0 before there are two. */
  get perSec(): number {
    const oldest = this.#samples[0]
    const newest = this.#samples.at(-1)
    if (oldest === undefined || newest === undefined || newest.atMs <= oldest.atMs) return 0
    return ((newest.count - oldest.count) * 1_000) / (newest.atMs - oldest.atMs)
  }
}
