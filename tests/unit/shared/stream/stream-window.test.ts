import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CELL_MARK,
  CELL_MARK_AT,
  CPU_LANE,
  STREAM_CELL_BYTES,
  STREAM_PHASES,
  STREAM_SPAN,
  STREAM_SPAN_WIDTH,
} from '../../../../shared/model/task-stream.ts'
import { OUTCOME } from '../../../../shared/model/outcome.ts'
import { CELL_FAILED, CELL_SPANS, CELL_WIDTH } from '../../../../shared/stream/lane-cells.ts'
import { LaneIndex } from '../../../../shared/stream/lane-index.ts'
import { binLane, gridOf, streamWindow } from '../../../../shared/stream/stream-window.ts'
import { spanColumns, type TestSpan } from '../../../support/stream/spans.ts'

function indexOf(spans: readonly TestSpan[], isSpread = false): LaneIndex {
  const columns = spanColumns()
  columns.push(...spans)
  const index = new LaneIndex(columns, { isSpread })
  index.extend()
  return index
}

const whole = (index: LaneIndex) => ({ fromMs: 0, toMs: index.endMs, firstLane: 0, lanes: 100, bins: 64 })
const sumOf = (bins: Float64Array, position: number): number => {
  let sum = 0
  for (let at = position; at < bins.length; at += CELL_WIDTH) sum += bins[at]!
  return sum
}
const timeOf = (bins: Float64Array): number =>
  STREAM_PHASES.reduce((sum, _, position) => sum + sumOf(bins, position), 0)

/** Spans one after the other on a few lanes, as lanes have them. */
const someSpans = fc
  .array(
    fc.record({
      lane: fc.integer({ min: 0, max: 3 }),
      pauseMs: fc.integer({ min: 0, max: 2_000 }),
      connectMs: fc.integer({ min: 0, max: 50 }),
      firstByteMs: fc.integer({ min: 0, max: 400 }),
      bodyMs: fc.integer({ min: 0, max: 400 }),
      restMs: fc.integer({ min: 0, max: 20 }),
      hasFailed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(drawn => {
    const endOf = new Map<number, number>()
    return drawn.map(({ lane, pauseMs, restMs, hasFailed, ...phases }): TestSpan => {
      const startedAtMs = (endOf.get(lane) ?? 0) + pauseMs
      const totalMs = phases.connectMs + phases.firstByteMs + phases.bodyMs + restMs
      endOf.set(lane, startedAtMs + totalMs)
      return { lane, startedAtMs, totalMs, outcome: hasFailed ? OUTCOME.failed : OUTCOME.ok, ...phases }
    })
  })

describe('gridOf', () => {
  it('has bins of a power of two, as many as asked for or half of it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.double({ min: 1, max: 1e7, noNaN: true }),
        fc.integer({ min: 8, max: 2_048 }),
        (fromMs, lengthMs, most) => {
          const grid = gridOf(fromMs, fromMs + lengthMs, most)
          expect(Number.isInteger(Math.log2(grid.binMs))).toBe(true)
          expect(grid.fromMs).toBeLessThanOrEqual(fromMs)
          expect(grid.fromMs + grid.count * grid.binMs).toBeGreaterThanOrEqual(fromMs + lengthMs)
          expect(grid.count).toBeLessThanOrEqual(most + 1)
          expect(grid.count).toBeGreaterThanOrEqual(Math.floor(most / 2) - 1)
        },
      ),
    )
  })
})

describe('binLane', () => {
  it('has the time of all spans, each once, at any zoom', () => {
    fc.assert(
      fc.property(someSpans, fc.integer({ min: 2, max: 1_000 }), (spans, most) => {
        const index = indexOf(spans)
        const grid = gridOf(0, index.endMs, most)
        for (const lane of index.lanes) {
          const own = spans.filter(span => span.lane === lane.lane)
          const bins = binLane(index, lane, grid)
          const expectedMs = own.reduce((sum, { totalMs }) => sum + totalMs, 0)
          expect(timeOf(bins)).toBeCloseTo(expectedMs, 1)
          expect(sumOf(bins, CELL_SPANS)).toBe(own.length)
          expect(sumOf(bins, CELL_FAILED)).toBe(own.filter(({ outcome }) => outcome !== OUTCOME.ok).length)
        }
      }),
    )
  })

  it('never has more time in a bin than the bin has', () => {
    fc.assert(
      fc.property(someSpans, fc.integer({ min: 2, max: 600 }), (spans, most) => {
        const index = indexOf(spans)
        const grid = gridOf(0, index.endMs, most)
        for (const lane of index.lanes) {
          const bins = binLane(index, lane, grid)
          let mostMs = 0
          for (let at = 0; at < bins.length; at += CELL_WIDTH)
            mostMs = Math.max(mostMs, timeOf(bins.subarray(at, at + CELL_WIDTH)))
          expect(mostMs).toBeLessThanOrEqual(grid.binMs * 1.001)
        }
      }),
    )
  })
})

describe('streamWindow', () => {
  it('has each span that reaches into the window, and no other, however its rows came', () => {
    fc.assert(
      fc.property(someSpans, fc.double({ min: 0, max: 1, noNaN: true }), (spans, part) => {
        const index = indexOf([...spans].reverse())
        const fromMs = index.endMs * part * 0.7
        const toMs = fromMs + index.endMs * 0.2
        const answer = streamWindow(index, { ...whole(index), fromMs, toMs, spans: 8_000 })
        const starts: number[] = []
        for (let at = 0; at < answer.spans!.length; at += STREAM_SPAN_WIDTH)
          starts.push(answer.spans![at + STREAM_SPAN.startMs]!)
        const expected = spans.filter(
          ({ startedAtMs, totalMs }) => startedAtMs < toMs && startedAtMs + totalMs >= fromMs,
        )
        expect(starts.length).toBe(expected.length)
      }),
    )
  })

  it('tells bins where there are more spans than asked for, and loses none of them', () => {
    fc.assert(
      fc.property(someSpans, spans => {
        const index = indexOf(spans)
        const answer = streamWindow(index, { ...whole(index), spans: 0 })
        expect(answer.spans).toBeNull()
        const { cells, binMs, count } = answer.bins!
        for (const { lane, startedAtMs } of spans) {
          const position = index.lanes.findIndex(each => each.lane === lane)
          const cell = position * count + Math.min(count - 1, Math.floor(startedAtMs / binMs))
          expect(cells[cell * STREAM_CELL_BYTES + CELL_MARK_AT]! & CELL_MARK.busy).toBe(CELL_MARK.busy)
        }
      }),
    )
  })

  it('orders lanes by worker, and shows what a worker with several of them computed', () => {
    const answer = streamWindow(
      indexOf([
        { worker: 2, lane: 1, startedAtMs: 0, totalMs: 10, cpuMs: 4, firstByteMs: 6 },
        { worker: 2, lane: 0, startedAtMs: 4, totalMs: 10, cpuMs: 4, firstByteMs: 6 },
        { worker: 1, lane: 0, startedAtMs: 0, totalMs: 10, cpuMs: 10 },
      ]),
      { fromMs: 0, toMs: 100, firstLane: 0, lanes: 10, bins: 16, spans: 100 },
    )
    expect([...answer.lanes]).toEqual([1, 0, 2, 0, 2, 1, 2, CPU_LANE])
    const cpu = [...answer.spans!].slice(-2 * STREAM_SPAN_WIDTH)
    expect([cpu[STREAM_SPAN.startMs], cpu[STREAM_SPAN.endMs]]).toEqual([0, 4])
    expect([
      cpu[STREAM_SPAN_WIDTH + STREAM_SPAN.startMs],
      cpu[STREAM_SPAN_WIDTH + STREAM_SPAN.endMs],
    ]).toEqual([4, 8])
  })

  it('draws of a task that was tried again what its last try measured, or the time since the lane was free', () => {
    const { spans } = streamWindow(
      indexOf([
        { startedAtMs: 0, totalMs: 100, attempts: 2, laneMs: 30, firstByteMs: 30 },
        { startedAtMs: 10, totalMs: 200, attempts: 3, outcome: OUTCOME.failed },
      ]),
      { fromMs: 0, toMs: 1_000, firstLane: 0, lanes: 10, bins: 16, spans: 100 },
    )
    const times = [0, STREAM_SPAN_WIDTH].map(at => [
      spans![at + STREAM_SPAN.startMs],
      spans![at + STREAM_SPAN.endMs],
    ])
    expect(times).toEqual([
      [70, 100],
      [100, 210],
    ])
  })

  it('leaves out what was never started', () => {
    const index = indexOf([{ startedAtMs: 0, totalMs: 0, attempts: 0 }])
    expect(index.spanCount).toBe(0)
    expect(streamWindow(index, { ...whole(index), spans: 10 })).toMatchObject({ laneCount: 0, endMs: 0 })
  })

  it('spreads CPU over spans whose moments of it nobody measured', () => {
    const index = indexOf([{ startedAtMs: 0, totalMs: 8, cpuMs: 2 }], true)
    const bins = binLane(index, index.lanes[0]!, { fromMs: 0, binMs: 4, count: 2 })
    expect([...bins.subarray(0, 3), ...bins.subarray(CELL_WIDTH, CELL_WIDTH + 3)]).toEqual([1, 0, 3, 1, 0, 3])
  })
})

describe('LaneIndex', () => {
  it('answers the same when rows come later and cells grow wider', () => {
    const spans = Array.from({ length: 2_000 }, (_, at) => ({
      lane: at % 8,
      startedAtMs: Math.floor(at / 8) * 1_000,
      totalMs: 900,
      firstByteMs: 900,
    }))
    const columns = spanColumns()
    const later = new LaneIndex(columns)
    columns.push(...spans.slice(0, 10))
    later.extend()
    const narrowMs = later.cellMs
    columns.push(...spans.slice(10))
    later.extend()
    const question = { fromMs: 0, toMs: 250_000, firstLane: 0, lanes: 8, bins: 100, spans: 0 }
    expect(later.cellMs).toBeGreaterThan(narrowMs)
    expect(streamWindow(later, question)).toEqual(streamWindow(indexOf(spans), question))
  })
})
