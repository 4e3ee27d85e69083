import { Histogram, type SparseBuckets } from '../../shared/model/histogram.ts'

interface Slice {
  readonly atMs: number
  readonly buckets: SparseBuckets
  readonly maxMs: number
}

const WINDOW_MS = 1_000

/** Latencies of the tasks that settled within the last second, as a histogram merged anew at each reading. */
export class LatencyWindow {
  #slices: Slice[] = []

  add(atMs: number, buckets: SparseBuckets, maxMs: number): void {
    if (buckets.length > 0) this.#slices.push({ atMs, buckets, maxMs })
  }

  read(atMs: number): Histogram {
    this.#slices = this.#slices.filter(slice => slice.atMs > atMs - WINDOW_MS)
    const merged = new Histogram()
    for (const { buckets, maxMs } of this.#slices) merged.merge(buckets, maxMs)
    return merged
  }
}
