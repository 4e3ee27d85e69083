import { describe, expect, it } from 'vitest'

import { BatchSpans, BATCHES_KEPT } from '../../../../../renderer/stores/stream/batch-spans.ts'
import { SPAN, VIEW_SPAN_WIDTH } from '../../../../../shared/model/span.ts'

const question = { fromMs: 0, toMs: 1e9, firstLane: 0, lanes: 4, bins: 8, spans: 8_000 }

function batches(from: number, count: number): Float64Array {
  const spans = new Float64Array(count * VIEW_SPAN_WIDTH)
  for (let at = 0; at < count; at += 1) {
    const to = at * VIEW_SPAN_WIDTH
    spans[to + SPAN.index] = from + at
    spans[to + SPAN.startMs] = (from + at) * 10
    spans[to + SPAN.endMs] = (from + at) * 10 + 8
    spans[to + SPAN.cpuMs] = 2
  }
  return spans
}

describe('BatchSpans', () => {
  it('shows the batches of a load', () => {
    const kept = new BatchSpans()
    kept.add(batches(0, 3))
    kept.add(batches(3, 2))
    expect(kept.window(question)).toMatchObject({ spanCount: 5, endMs: 48, laneCount: 1 })
  })

  it('keeps the newest', () => {
    const kept = new BatchSpans()
    kept.add(batches(0, 2 * BATCHES_KEPT))
    kept.add(batches(2 * BATCHES_KEPT, 1))
    const { spanCount, endMs } = kept.window(question)
    expect([spanCount, endMs]).toEqual([BATCHES_KEPT + 1, 2 * BATCHES_KEPT * 10 + 8])
  })
})
