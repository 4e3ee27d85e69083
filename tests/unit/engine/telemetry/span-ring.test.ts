import { describe, expect, it } from 'vitest'
import { SpanRing } from '../../../../engine/telemetry/span-ring.ts'
import {
  SPAN_WIDTH,
  SPANS_PER_ANSWER,
  VIEW_SPAN_WIDTH,
  VIEW_SPAN_WORKER,
} from '../../../../shared/model/span.ts'

const CAPACITY = 65_536

/** Spans of the tasks from `first` on. */
const spansFrom = (first: number, count: number): Float64Array =>
  Float64Array.from({ length: count * SPAN_WIDTH }, (_, at) =>
    at % SPAN_WIDTH === 0 ? first + at / SPAN_WIDTH : 0.5,
  )

/** Task and worker of each span of an answer. */
const tasksOf = (spans: Float64Array): [index: number, worker: number][] =>
  Array.from({ length: spans.length / VIEW_SPAN_WIDTH }, (_, at) => [
    spans[at * VIEW_SPAN_WIDTH]!,
    spans[at * VIEW_SPAN_WIDTH + VIEW_SPAN_WORKER]!,
  ])

describe('SpanRing', () => {
  it('gives spans with their worker, from where the reader stopped', () => {
    const ring = new SpanRing()
    ring.add(3, spansFrom(0, 2))
    ring.add(5, spansFrom(2, 1))
    const first = ring.read(0)
    expect([first.next, first.dropped, tasksOf(first.spans)]).toEqual([
      3,
      0,
      [
        [0, 3],
        [1, 3],
        [2, 5],
      ],
    ])
    ring.add(3, spansFrom(3, 1))
    const second = ring.read(first.next)
    expect([second.next, tasksOf(second.spans)]).toEqual([4, [[3, 3]]])
    expect(ring.read(second.next)).toEqual({ next: 4, dropped: 0, spans: new Float64Array() })
  })

  it('answers with a bounded number of them', () => {
    const ring = new SpanRing()
    ring.add(1, spansFrom(0, 5_000))
    const { next, spans } = ring.read(0)
    expect([next, spans.length]).toEqual([SPANS_PER_ANSWER, SPANS_PER_ANSWER * VIEW_SPAN_WIDTH])
  })

  it('tells a late reader how many it missed', () => {
    const ring = new SpanRing()
    for (let first = 0; first < CAPACITY + 1_000; first += 1_000) ring.add(1, spansFrom(first, 1_000))
    const written = Math.ceil((CAPACITY + 1_000) / 1_000) * 1_000
    const { dropped, spans } = ring.read(10)
    expect([dropped, tasksOf(spans)[0]]).toEqual([written - CAPACITY - 10, [written - CAPACITY, 1]])
    const last = ring.read(written - 1)
    expect([last.next, tasksOf(last.spans)]).toEqual([written, [[written - 1, 1]]])
  })

  it('gives nothing to a reader that is ahead, and a broken span is left out', () => {
    const ring = new SpanRing()
    ring.add(1, spansFrom(0, 2).subarray(0, SPAN_WIDTH + 3))
    expect(ring.read(100)).toEqual({ next: 1, dropped: 0, spans: new Float64Array() })
  })
})
