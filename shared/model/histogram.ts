/** Buckets grow by 1 % from 1 µs, so a percentile is at most 1 % above the true value. */
const GROWTH = 1.01
const SMALLEST_MS = 0.001
const LARGEST_MS = 3_600_000
const LOG_GROWTH = Math.log(GROWTH)
const BUCKETS = Math.ceil(Math.log(LARGEST_MS / SMALLEST_MS) / LOG_GROWTH) + 1

/** Which durations are kept as histograms, in the order in which reports and the journal carry them. Only ever appended. */
export const HISTOGRAMS = ['latency', 'queue', 'connect', 'firstByte', 'body'] as const
export type HistogramName = (typeof HISTOGRAMS)[number]

/** Bucket and count pairs, `[bucket, count, …]`, then nothing else; what crosses processes. */
export type SparseBuckets = Uint32Array

/**
 * Durations in buckets 1 % wide from 1 µs to 1 h; shorter and longer ones count in the first and last bucket.
 *
 * Histograms merge exactly, which percentiles do not: a percentile of a run is always taken from the
 * merged histogram of its workers, never averaged.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS)
  #total = 0
  #maxMs = 0

  get count(): number {
    return this.#total
  }

  /** Milliseconds; the exact largest sample, 0 before the first. */
  get maxMs(): number {
    return this.#maxMs
  }

  /** @param ms A duration; anything below 1 µs, and NaN, counts as 1 µs. */
  record(ms: number): void {
    this.recordMany(ms, 1)
  }

  /** Records the same duration `count` times, for tasks that settle together. */
  recordMany(ms: number, count: number): void {
    if (count === 0) return
    let bucket = 0
    if (ms > SMALLEST_MS) {
      bucket = Math.ceil(Math.log(ms / SMALLEST_MS) / LOG_GROWTH)
      if (bucket >= BUCKETS) bucket = BUCKETS - 1
    }
    if (ms > this.#maxMs) this.#maxMs = ms
    this.#counts[bucket]! += count
    this.#total += count
  }

  /**
   * @param ratio 0..1, so 0.95 for p95.
   * @returns Milliseconds, the upper edge of the bucket but never above the largest sample; `undefined` before the first sample.
   */
  percentile(ratio: number): number | undefined {
    if (this.#total === 0) return undefined
    const rank = Math.max(1, Math.ceil(ratio * this.#total))
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket]!
      if (seen >= rank) return Math.min(SMALLEST_MS * GROWTH ** bucket, Math.max(this.#maxMs, SMALLEST_MS))
    }
    return this.#maxMs
  }

  /** Adds another histogram's buckets, as {@link drain} or {@link toSparse} gave them. */
  merge(buckets: SparseBuckets, maxMs: number): void {
    for (let at = 0; at + 1 < buckets.length; at += 2) {
      const bucket = buckets[at]!
      if (bucket >= BUCKETS) continue
      this.#counts[bucket]! += buckets[at + 1]!
      this.#total += buckets[at + 1]!
    }
    if (maxMs > this.#maxMs) this.#maxMs = maxMs
  }

  toSparse(): SparseBuckets {
    const pairs: number[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      if (this.#counts[bucket]! > 0) pairs.push(bucket, this.#counts[bucket]!)
    }
    return Uint32Array.from(pairs)
  }

  /** @returns What was recorded since the last drain; the histogram is empty afterwards. */
  drain(): { readonly buckets: SparseBuckets; readonly maxMs: number } {
    const drained = { buckets: this.toSparse(), maxMs: this.#maxMs }
    this.#counts.fill(0)
    this.#total = 0
    this.#maxMs = 0
    return drained
  }
}
