import {
  CELL_MARK,
  CELL_MARK_AT,
  CPU_LANE,
  STREAM_CELL_BYTES,
  STREAM_PHASES,
  STREAM_SPAN,
  STREAM_SPAN_WIDTH,
  type StreamPhase,
  type StreamQuestion,
  type StreamWindow,
} from '../../../shared/model/task-stream.ts'
import { OUTCOME } from '../../../shared/model/outcome.ts'
import type { StreamLayout } from './layout.ts'
import type { StreamView } from './viewport.ts'

/** One span as a person sees it. */
export interface SpanFacts {
  /** Where it stands in the answer. */
  readonly at: number
  /** Of all rows of the run. */
  readonly row: number
  readonly worker: number
  readonly lane: number
  readonly index: number
  readonly attempts: number
  readonly hasFailed: boolean
  readonly startMs: number
  readonly endMs: number
  readonly phases: Readonly<Record<StreamPhase, number>>
}

export const hasFailed = (outcome: number): boolean =>
  outcome === OUTCOME.failed || outcome === OUTCOME.quarantined

const positive = (value: number): number => (value > 0 ? value : 0)

export function spanFacts(data: StreamWindow, at: number): SpanFacts {
  const number = (name: keyof typeof STREAM_SPAN): number =>
    data.spans![at * STREAM_SPAN_WIDTH + STREAM_SPAN[name]]!
  const position = number('row')
  const [startMs, endMs] = [number('startMs'), number('endMs')]
  const known = {
    cpu: positive(number('cpuMs')),
    connect: positive(number('connectMs')),
    firstByte: positive(number('firstByteMs')),
    body: positive(number('bodyMs')),
  }
  const other = endMs - startMs - known.cpu - known.connect - known.firstByte - known.body
  return {
    at,
    row: data.firstLane + position,
    worker: data.lanes[position * 2]!,
    lane: data.lanes[position * 2 + 1]!,
    index: number('index'),
    attempts: number('attempts'),
    hasFailed: hasFailed(number('outcome')),
    startMs,
    endMs,
    // What single floats leave over is no time of its own.
    phases: { ...known, other: other > (endMs - startMs) * 1e-4 ? other : 0 },
  }
}

export const spanCountOf = ({ spans }: StreamWindow): number =>
  spans === null ? 0 : spans.length / STREAM_SPAN_WIDTH

/** @returns The span of a row nearest to a time, within `withinMs`; −1 for none. */
export function spanNear(data: StreamWindow, row: number, atMs: number, withinMs: number): number {
  let [best, bestMs] = [-1, withinMs]
  for (let at = 0; at < spanCountOf(data); at += 1) {
    const from = at * STREAM_SPAN_WIDTH
    if (data.firstLane + data.spans![from + STREAM_SPAN.row]! !== row) continue
    const awayMs = Math.max(
      0,
      data.spans![from + STREAM_SPAN.startMs]! - atMs,
      atMs - data.spans![from + STREAM_SPAN.endMs]!,
    )
    if (awayMs <= bestMs) [best, bestMs] = [at, awayMs]
    if (awayMs === 0) break
  }
  return best
}

/** @returns The span before or after another on the same lane, of those at hand; −1 for none. */
export function neighbour(data: StreamWindow, at: number, step: 1 | -1): number {
  const next = at + step
  if (next < 0 || next >= spanCountOf(data)) return -1
  const rowOf = (position: number): number => data.spans![position * STREAM_SPAN_WIDTH + STREAM_SPAN.row]!
  return rowOf(next) === rowOf(at) ? next : -1
}

/** What one bin of a lane holds. */
export interface BinFacts {
  readonly row: number
  readonly worker: number
  readonly lane: number
  readonly fromMs: number
  readonly toMs: number
  readonly hasFailed: boolean
  /** 0..1 of the bin's time. */
  readonly shares: Readonly<Record<StreamPhase, number>>
}

export function binAt(data: StreamWindow, row: number, atMs: number): BinFacts | null {
  const { bins, lanes, firstLane } = data
  const position = row - firstLane
  if (bins === null || position < 0 || position * 2 >= lanes.length) return null
  const bin = Math.floor((atMs - bins.fromMs) / bins.binMs)
  if (bin < 0 || bin >= bins.count) return null
  const at = (position * bins.count + bin) * STREAM_CELL_BYTES
  const mark = bins.cells[at + CELL_MARK_AT]!
  if ((mark & CELL_MARK.busy) === 0) return null
  return {
    row,
    worker: lanes[position * 2]!,
    lane: lanes[position * 2 + 1]!,
    fromMs: bins.fromMs + bin * bins.binMs,
    toMs: bins.fromMs + (bin + 1) * bins.binMs,
    hasFailed: (mark & CELL_MARK.failed) !== 0,
    shares: Object.fromEntries(
      STREAM_PHASES.map((phase, phaseAt) => [phase, bins.cells[at + phaseAt]! / 255]),
    ) as Record<StreamPhase, number>,
  }
}

/** What the pointer is on. */
export interface Pointed {
  readonly span: SpanFacts | null
  readonly bin: BinFacts | null
  readonly x: number
  readonly y: number
}

/** How much more than what is seen is asked for, on each side: panning has something to show at once. */
const MARGIN = 0.5
const SPANS = 6_000

export function questionFor(view: StreamView, layout: StreamLayout): StreamQuestion {
  const marginMs = (view.toMs - view.fromMs) * MARGIN
  const seen = Math.ceil(layout.rowsSeen) + 1
  const margin = Math.ceil(seen * MARGIN)
  const firstLane = Math.max(0, Math.floor(view.firstRow) - margin)
  return {
    fromMs: Math.max(0, view.fromMs - marginMs),
    toMs: view.toMs + marginMs,
    firstLane,
    lanes: Math.min(1_024, seen + 2 * margin),
    bins: Math.min(2_048, Math.max(64, Math.ceil(layout.plotWidthPx * (1 + 2 * MARGIN)))),
    spans: SPANS,
  }
}

/** @returns Whether the answer shows all that is seen, as fine as it can be drawn. */
export function isEnough(data: StreamWindow, view: StreamView, layout: StreamLayout): boolean {
  const lastRow = Math.min(data.laneCount, Math.ceil(view.firstRow + layout.rowsSeen))
  const hasRows =
    data.firstLane <= Math.floor(view.firstRow) && data.firstLane + data.lanes.length / 2 >= lastRow
  const hasTime = data.fromMs <= view.fromMs && data.toMs >= Math.min(view.toMs, data.endMs)
  if (!hasRows || !hasTime) return false
  if (data.bins === null) return true
  const { lanes, bins } = questionFor(view, layout)
  // Cells are bounded: with many lanes bins are wider than a pixel.
  const mostBins = Math.min(bins, Math.floor(65_536 / Math.max(1, Math.min(lanes, data.laneCount))))
  const wantedMs = ((view.toMs - view.fromMs) * (1 + 2 * MARGIN)) / mostBins
  return data.bins.binMs <= wantedMs * 2.1
}

export const laneName = (lane: number): string => (lane === CPU_LANE ? 'CPU' : String(lane))
