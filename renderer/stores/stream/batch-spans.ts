import { SPAN, VIEW_SPAN_WIDTH, VIEW_SPAN_WORKER } from '../../../shared/model/span.ts'
import type { StreamQuestion, StreamWindow } from '../../../shared/model/task-stream.ts'
import { LaneIndex } from '../../../shared/stream/lane-index.ts'
import type { SpanColumns } from '../../../shared/stream/span-columns.ts'
import { streamWindow } from '../../../shared/stream/stream-window.ts'

/** Batches that are kept: when twice as many have come, the older half goes. */
export const BATCHES_KEPT = 65_536
const MOST = 2 * BATCHES_KEPT

/** The batches of a load that goes on, as far as its host still tells them: no record has a time of its own. */
export class BatchSpans {
  #columns = makeColumns()
  #index = new LaneIndex(this.#columns, { isSpread: true })

  /** @param spans `VIEW_SPAN_WIDTH` numbers each. */
  add(spans: Float64Array): void {
    for (let at = 0; at + VIEW_SPAN_WIDTH <= spans.length; at += VIEW_SPAN_WIDTH) {
      if (this.#columns.length === MOST) this.#forget()
      this.#push(spans, at)
    }
    this.#index.extend()
  }

  window(question: StreamQuestion): StreamWindow {
    return streamWindow(this.#index, question)
  }

  #push(spans: Float64Array, at: number): void {
    const columns = this.#columns
    const row = columns.length
    const totalMs = spans[at + SPAN.endMs]! - spans[at + SPAN.startMs]!
    columns.index[row] = spans[at + SPAN.index]!
    columns.outcome[row] = spans[at + SPAN.outcome]!
    columns.attempts[row] = 1
    columns.worker[row] = spans[at + VIEW_SPAN_WORKER]!
    columns.lane[row] = spans[at + SPAN.lane]!
    columns.startedAtMs[row] = spans[at + SPAN.startMs]!
    columns.totalMs[row] = totalMs
    columns.laneMs[row] = totalMs
    columns.cpuMs[row] = Math.min(totalMs, spans[at + SPAN.cpuMs]!)
    columns.firstByteMs[row] = totalMs - columns.cpuMs[row]
    columns.length = row + 1
  }

  #forget(): void {
    const before = this.#columns
    this.#columns = makeColumns()
    for (const name of NAMES) this.#columns[name].set(before[name].subarray(BATCHES_KEPT))
    this.#columns.length = BATCHES_KEPT
    this.#index = new LaneIndex(this.#columns, { isSpread: true })
  }
}

const NAMES = [
  ...(['index', 'outcome', 'attempts', 'worker', 'lane', 'startedAtMs', 'totalMs'] as const),
  ...(['laneMs', 'cpuMs', 'connectMs', 'firstByteMs', 'bodyMs'] as const),
] satisfies readonly (keyof SpanColumns)[]

const makeColumns = () => ({
  length: 0,
  index: new Uint32Array(MOST),
  outcome: new Uint8Array(MOST),
  attempts: new Uint16Array(MOST),
  worker: new Uint16Array(MOST),
  lane: new Uint16Array(MOST),
  startedAtMs: new Float64Array(MOST),
  totalMs: new Float64Array(MOST),
  laneMs: new Float32Array(MOST),
  cpuMs: new Float32Array(MOST),
  connectMs: new Float32Array(MOST),
  firstByteMs: new Float32Array(MOST),
  bodyMs: new Float32Array(MOST),
})
