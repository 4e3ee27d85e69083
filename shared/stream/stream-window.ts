import {
  BINS_PER_STREAM,
  CELLS_PER_STREAM,
  CPU_LANE,
  LANES_PER_STREAM,
  OVERVIEW_BINS,
  SPANS_PER_STREAM,
  STREAM_CELL_BYTES,
  STREAM_SPAN,
  STREAM_SPAN_WIDTH,
  type StreamBins,
  type StreamQuestion,
  type StreamWindow,
} from '../model/task-stream.ts'
import { CELL_WIDTH, packBins } from './lane-cells.ts'
import type { CellSink, Lane, LaneIndex } from './lane-index.ts'

/** The bins that a window of time is cut into. */
export interface BinGrid {
  readonly fromMs: number
  readonly binMs: number
  readonly count: number
}

const LEAST_BIN_MS = 2 ** -10
const FEW_SPANS = 50_000

/** @returns Bins of a power of two, from a multiple of it on, as few as `most` and at least half of that. */
export function gridOf(fromMs: number, toMs: number, most: number): BinGrid {
  const leastMs = Math.max(LEAST_BIN_MS, (toMs - fromMs) / Math.max(1, most - 1))
  const binMs = 2 ** Math.ceil(Math.log2(leastMs))
  const first = Math.floor(fromMs / binMs)
  return { fromMs: first * binMs, binMs, count: Math.max(1, Math.ceil(toMs / binMs) - first) }
}

/** @returns What the lanes asked for did in the window, span by span where these are few enough. */
export function streamWindow(index: LaneIndex, question: StreamQuestion): StreamWindow {
  const all = index.lanes
  const firstLane = Math.min(question.firstLane, Math.max(0, all.length - 1))
  const lanes = all.slice(firstLane, firstLane + Math.min(question.lanes, LANES_PER_STREAM))
  const { fromMs, toMs } = question
  const most = Math.min(question.spans, SPANS_PER_STREAM)
  const spans = countSpans(index, lanes, fromMs, toMs, most) <= most ? spansOf(index, lanes, question) : null
  return {
    spanCount: index.spanCount,
    endMs: index.endMs,
    laneCount: all.length,
    firstLane,
    lanes: Uint32Array.from(lanes.flatMap(({ worker, lane }) => [worker, lane])),
    fromMs,
    toMs,
    spans,
    bins: spans === null ? binsOf(index, lanes, question) : null,
    overview: overviewOf(index),
  }
}

/** Calls `take` with each row of the lane whose span reaches into the window, until it returns false. */
function eachSpan(
  index: LaneIndex,
  lane: Lane,
  fromMs: number,
  toMs: number,
  take: (row: number) => boolean,
): void {
  const rows = lane.rows.all()
  for (let at = firstEndingAt(index, lane, rows, fromMs); at < rows.length; at += 1) {
    const row = rows[at]!
    // Nothing that ends later can have begun before the window's end.
    if (index.endOf(lane, row) - lane.longestMs >= toMs) return
    if (index.startOf(lane, row) < toMs && !take(row)) return
  }
}

function firstEndingAt(index: LaneIndex, lane: Lane, rows: Uint32Array, fromMs: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (index.endOf(lane, rows[middle]!) < fromMs) low = middle + 1
    else high = middle
  }
  return low
}

/** @returns How many there are, or some number above `most`. */
function countSpans(
  index: LaneIndex,
  lanes: readonly Lane[],
  fromMs: number,
  toMs: number,
  most: number,
): number {
  let count = 0
  for (const lane of lanes) {
    eachSpan(index, lane, fromMs, toMs, () => {
      count += 1
      return count <= most
    })
    if (count > most) break
  }
  return count
}

function spansOf(
  index: LaneIndex,
  lanes: readonly Lane[],
  { fromMs, toMs }: Pick<StreamQuestion, 'fromMs' | 'toMs'>,
): Float64Array {
  const numbers: number[] = []
  for (const [position, lane] of lanes.entries())
    eachSpan(index, lane, fromMs, toMs, row => {
      numbers.push(...spanOf(index, lane, row, position))
      return true
    })
  return Float64Array.from(numbers)
}

function spanOf(index: LaneIndex, lane: Lane, row: number, position: number): Float64Array {
  const { columns } = index
  const isCpu = lane.lane === CPU_LANE
  const span = new Float64Array(STREAM_SPAN_WIDTH)
  span[STREAM_SPAN.row] = position
  span[STREAM_SPAN.index] = columns.index[row]!
  span[STREAM_SPAN.outcome] = columns.outcome[row]!
  span[STREAM_SPAN.attempts] = columns.attempts[row]!
  span[STREAM_SPAN.startMs] = index.startOf(lane, row)
  span[STREAM_SPAN.endMs] = index.endOf(lane, row)
  span[STREAM_SPAN.cpuMs] = columns.cpuMs[row]!
  span[STREAM_SPAN.connectMs] = isCpu ? 0 : columns.connectMs[row]!
  span[STREAM_SPAN.firstByteMs] = isCpu ? 0 : columns.firstByteMs[row]!
  span[STREAM_SPAN.bodyMs] = isCpu ? 0 : columns.bodyMs[row]!
  return span
}

function binsOf(index: LaneIndex, lanes: readonly Lane[], question: StreamQuestion): StreamBins {
  const most = Math.floor(CELLS_PER_STREAM / Math.max(1, lanes.length))
  const grid = gridOf(question.fromMs, question.toMs, Math.min(question.bins, BINS_PER_STREAM, most))
  const laneBytes = grid.count * STREAM_CELL_BYTES
  const cells = new Uint8Array(laneBytes * lanes.length)
  for (const [position, lane] of lanes.entries())
    packBins(binLane(index, lane, grid), grid.binMs, cells, position * laneBytes)
  return { ...grid, cells }
}

/** @returns `CELL_WIDTH` sums a bin: from the index's cells where bins are as wide, and else from each span. */
export function binLane(index: LaneIndex, lane: Lane, { fromMs, binMs, count }: BinGrid): Float64Array {
  const bins = new Float64Array(count * CELL_WIDTH)
  const { cellMs } = index
  if (binMs >= cellMs) {
    lane.cells.addTo(bins, fromMs / cellMs, binMs / cellMs)
    return bins
  }
  const sink = new BinSink(bins, { fromMs, binMs, count })
  eachSpan(index, lane, fromMs, fromMs + binMs * count, row => {
    index.spread(lane, row, binMs, sink)
    return true
  })
  return bins
}

/** What lies outside of the bins is left out. */
class BinSink implements CellSink {
  readonly fromMs: number
  readonly toMs: number
  readonly #bins: Float64Array
  readonly #first: number

  constructor(bins: Float64Array, { fromMs, binMs, count }: BinGrid) {
    this.fromMs = fromMs
    this.toMs = fromMs + binMs * count
    this.#bins = bins
    this.#first = fromMs / binMs
  }

  add(cell: number, position: number, amount: number): void {
    const at = (cell - this.#first) * CELL_WIDTH
    if (at >= 0 && at < this.#bins.length) this.#bins[at + position]! += amount
  }
}

interface Overview {
  readonly spanCount: number
  readonly bins: StreamBins
}
/** Of each index that of its rows so far: whoever pans asks for it with each window. */
const overviews = new WeakMap<LaneIndex, Overview>()

/** Span by span only where that is quick. */
function overviewGrid({ endMs, cellMs, spanCount }: LaneIndex): BinGrid {
  const grid = gridOf(0, Math.max(endMs, LEAST_BIN_MS), OVERVIEW_BINS)
  if (grid.binMs >= cellMs || spanCount <= FEW_SPANS) return grid
  return { fromMs: 0, binMs: cellMs, count: Math.floor(endMs / cellMs) + 1 }
}

function overviewOf(index: LaneIndex): StreamBins {
  const known = overviews.get(index)
  if (known?.spanCount === index.spanCount) return known.bins
  const grid = overviewGrid(index)
  const bins = new Float64Array(grid.count * CELL_WIDTH)
  const lanes = index.lanes.filter(({ lane }) => lane !== CPU_LANE)
  for (const lane of lanes) {
    const sums = binLane(index, lane, grid)
    for (let at = 0; at < bins.length; at += 1) bins[at]! += sums[at]!
  }
  const cells = new Uint8Array(grid.count * STREAM_CELL_BYTES)
  packBins(bins, grid.binMs * Math.max(1, lanes.length), cells, 0)
  const overview = { ...grid, cells }
  overviews.set(index, { spanCount: index.spanCount, bins: overview })
  return overview
}
