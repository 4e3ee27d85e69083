import {
  SPAN,
  SPAN_WIDTH,
  SPANS_PER_ANSWER,
  VIEW_SPAN_WIDTH,
  VIEW_SPAN_WORKER,
} from '../../shared/model/span.ts'

const CAPACITY = 65_536

/**
 * The newest spans of a run, read by an index that only grows: independent of clocks, and a reader that comes too
 * late learns how many it missed.
 */
export class SpanRing {
  readonly #numbers = new Float64Array(CAPACITY * VIEW_SPAN_WIDTH)
  #written = 0
  #firstStartMs: number | null = null

  /** When the first task started, in milliseconds since the run began; `null` before it is told of. */
  get firstStartMs(): number | null {
    return this.#firstStartMs
  }

  /** @param spans `SPAN_WIDTH` numbers a span. */
  add(worker: number, spans: Float64Array): void {
    for (let at = 0; at + SPAN_WIDTH <= spans.length; at += SPAN_WIDTH) {
      const to = (this.#written % CAPACITY) * VIEW_SPAN_WIDTH
      this.#numbers.set(spans.subarray(at, at + SPAN_WIDTH), to)
      this.#numbers[to + VIEW_SPAN_WORKER] = worker
      this.#written += 1
      const startMs = spans[at + SPAN.startMs]!
      if (this.#firstStartMs === null || startMs < this.#firstStartMs) this.#firstStartMs = startMs
    }
  }

  /** @param from Index of the first span wanted; 0 for the oldest kept. */
  read(from: number): { readonly next: number; readonly dropped: number; readonly spans: Float64Array } {
    const oldest = Math.max(0, this.#written - CAPACITY)
    const start = Math.min(Math.max(from, oldest), this.#written)
    const next = Math.min(start + SPANS_PER_ANSWER, this.#written)
    const spans = new Float64Array((next - start) * VIEW_SPAN_WIDTH)
    for (let index = start; index < next; index += 1) {
      const at = (index % CAPACITY) * VIEW_SPAN_WIDTH
      spans.set(this.#numbers.subarray(at, at + VIEW_SPAN_WIDTH), (index - start) * VIEW_SPAN_WIDTH)
    }
    return { next, dropped: Math.max(0, start - from), spans }
  }
}
