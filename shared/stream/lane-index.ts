import { OUTCOME } from '../model/outcome.ts'
import { CPU_LANE, STREAM_PHASES } from '../model/task-stream.ts'
import { CELL_FAILED, CELL_SPANS, LaneCells } from './lane-cells.ts'
import { SortedRows } from './sorted-rows.ts'
import type { SpanColumns } from './span-columns.ts'
import { PIECE_PHASE, PIECES, pieceEnds } from './span-pieces.ts'

/** One row of a stream. */
export interface Lane {
  readonly worker: number
  /** `CPU_LANE` for what the worker computed. */
  readonly lane: number
  readonly rows: SortedRows
  readonly cells: LaneCells
  /** End of the last span that was added, and the longest of all: bounds for who searches. */
  lastEndMs: number
  longestMs: number
}

const FIRST_CELL_MS = 1 / 16
/** Cells that all lanes may have together: one for two spans, within these bounds. */
const LEAST_CELLS = 65_536
const MOST_CELLS = 2_000_000
const [CPU, , FIRST_BYTE] = STREAM_PHASES.keys()

/** What times are added to. */
export interface CellSink {
  /** What lies outside of these times is not added. */
  readonly fromMs: number
  readonly toMs: number
  add(cell: number, position: number, amount: number): void
}

/**
 * The spans of a run by lane and time. Rows are taken in as they come; cells of one width, which doubles when there
 * would be too many of them, answer for windows that are too wide to be looked at span by span.
 */
export class LaneIndex {
  readonly columns: SpanColumns
  /** CPU is spread over each span: its moments were not measured. */
  readonly isSpread: boolean
  readonly #lanes = new Map<number, Lane>()
  readonly #ends = new Float64Array(PIECES)
  #ordered: readonly Lane[] | null = null
  #seen = 0
  #cells = 0
  cellMs = FIRST_CELL_MS
  spanCount = 0
  endMs = 0

  constructor(columns: SpanColumns, { isSpread = false }: { readonly isSpread?: boolean } = {}) {
    this.columns = columns
    this.isSpread = isSpread
  }

  /** Takes in rows that were appended since, `most` of them at once. @returns Whether every row is in now. */
  extend(most = Infinity): boolean {
    const { length } = this.columns
    const end = Math.min(length, this.#seen + most)
    for (; this.#seen < end; this.#seen += 1) this.#add(this.#seen)
    return end === length
  }

  /** By worker and number, a worker's CPU lane last; that of a worker with a single lane would only repeat it. */
  get lanes(): readonly Lane[] {
    this.#ordered ??= this.#order()
    return this.#ordered
  }

  startOf({ lane }: Lane, row: number): number {
    const { startedAtMs, totalMs, laneMs } = this.columns
    if (lane === CPU_LANE) return startedAtMs[row]!
    return Math.max(0, startedAtMs[row]! + totalMs[row]! - laneMs[row]!)
  }

  endOf({ lane }: Lane, row: number): number {
    const { startedAtMs, totalMs, cpuMs } = this.columns
    return startedAtMs[row]! + (lane === CPU_LANE ? cpuMs[row]! : totalMs[row]!)
  }

  hasFailed(row: number): boolean {
    const outcome = this.columns.outcome[row]!
    return outcome === OUTCOME.failed || outcome === OUTCOME.quarantined
  }

  /** Adds a span's times to cells of any width. */
  spread(lane: Lane, row: number, cellMs: number, sink: CellSink): void {
    const [startMs, endMs] = [this.startOf(lane, row), this.endOf(lane, row)]
    sink.add(Math.floor(startMs / cellMs), CELL_SPANS, 1)
    if (lane.lane === CPU_LANE) {
      addPiece(sink, CPU!, startMs, endMs, cellMs, 1)
      return
    }
    if (this.hasFailed(row)) sink.add(lastCellOf(endMs, startMs, cellMs), CELL_FAILED, 1)
    if (this.isSpread) this.#spreadShares(row, startMs, endMs, cellMs, sink)
    else this.#spreadPieces(row, startMs, endMs, cellMs, sink)
  }

  // Positional, since it is called for each span.
  #spreadPieces(row: number, startMs: number, endMs: number, cellMs: number, sink: CellSink): void {
    const ends = this.#ends
    pieceEnds(phasesAt(this.columns, row), startMs, endMs, ends)
    let fromMs = startMs
    for (let piece = 0; piece < PIECES; piece += 1) {
      addPiece(sink, PIECE_PHASE[piece]!, fromMs, ends[piece]!, cellMs, 1)
      fromMs = ends[piece]!
    }
  }

  /** A batch computes for its parts as they come: how much is known, when is not. */
  #spreadShares(row: number, startMs: number, endMs: number, cellMs: number, sink: CellSink): void {
    const wholeMs = endMs - startMs
    if (wholeMs <= 0) return
    const share = Math.min(1, this.columns.cpuMs[row]! / wholeMs)
    addPiece(sink, CPU!, startMs, endMs, cellMs, share)
    addPiece(sink, FIRST_BYTE!, startMs, endMs, cellMs, 1 - share)
  }

  #add(row: number): void {
    const { attempts, worker, lane, startedAtMs, totalMs, laneMs, cpuMs } = this.columns
    const endMs = startedAtMs[row]! + totalMs[row]!
    // A task that never began, and one whose worker died with its times, held no lane that anybody measured.
    if (attempts[row] === 0 || !(totalMs[row]! >= 0) || !(endMs >= 0)) return
    const own = this.#laneOf(worker[row]!, lane[row]!)
    // What was not measured began after what the lane did before, at the earliest.
    const mostMs = Math.max(0, Math.min(totalMs[row]!, endMs - own.lastEndMs))
    if (Number.isNaN(laneMs[row]!)) laneMs[row] = own.lastEndMs <= endMs ? mostMs : totalMs[row]!
    else laneMs[row] = Math.min(laneMs[row]!, totalMs[row]!)
    this.spanCount += 1
    if (endMs > this.endMs) this.endMs = endMs
    this.#addTo(own, row)
    if (!this.isSpread && cpuMs[row]! > 0) this.#addTo(this.#laneOf(worker[row]!, CPU_LANE), row)
  }

  #addTo(lane: Lane, row: number): void {
    const [startMs, endMs] = [this.startOf(lane, row), this.endOf(lane, row)]
    lane.lastEndMs = Math.max(lane.lastEndMs, endMs)
    lane.longestMs = Math.max(lane.longestMs, endMs - startMs)
    lane.rows.add(row)
    this.#reserve(lane, endMs)
    this.spread(lane, row, this.cellMs, lane.cells)
  }

  #reserve(lane: Lane, endMs: number): void {
    const most = Math.max(LEAST_CELLS, Math.min(MOST_CELLS, this.spanCount / 2))
    const needed = (): number => Math.max(lane.cells.count, Math.floor(endMs / this.cellMs) + 1)
    while (this.#cells - lane.cells.count + needed() > most && this.cellMs < 2 ** 40) this.#coarsen()
    this.#cells += needed() - lane.cells.count
    lane.cells.reserve(needed())
  }

  #coarsen(): void {
    this.cellMs *= 2
    this.#cells = 0
    for (const { cells } of this.#lanes.values()) {
      cells.halve()
      this.#cells += cells.count
    }
  }

  #laneOf(worker: number, number: number): Lane {
    const key = worker * (CPU_LANE + 1) + number
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const lane: Lane = {
      worker,
      lane: number,
      rows: new SortedRows(row => this.endOf(lane, row)),
      cells: new LaneCells(),
      lastEndMs: -Infinity,
      longestMs: 0,
    }
    this.#lanes.set(key, lane)
    this.#ordered = null
    return lane
  }

  #order(): Lane[] {
    const lanesOf = new Map<number, number>()
    for (const { worker, lane } of this.#lanes.values())
      if (lane !== CPU_LANE) lanesOf.set(worker, (lanesOf.get(worker) ?? 0) + 1)
    return [...this.#lanes]
      .filter(([, { worker, lane }]) => lane !== CPU_LANE || lanesOf.get(worker)! > 1)
      .sort(([one], [other]) => one - other)
      .map(([, lane]) => lane)
  }
}

const phases = { cpuMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0 }

/** @returns The phases of a row, valid until the next call: a million of them cost no object. */
function phasesAt({ cpuMs, connectMs, firstByteMs, bodyMs }: SpanColumns, row: number): typeof phases {
  phases.cpuMs = cpuMs[row]!
  phases.connectMs = connectMs[row]!
  phases.firstByteMs = firstByteMs[row]!
  phases.bodyMs = bodyMs[row]!
  return phases
}

// Positional, since it is called for each piece of each span.
function addPiece(
  sink: CellSink,
  position: number,
  fromMs: number,
  toMs: number,
  cellMs: number,
  share: number,
): void {
  let atMs = Math.max(fromMs, sink.fromMs)
  const endMs = Math.min(toMs, sink.toMs)
  for (let cell = Math.floor(atMs / cellMs); atMs < endMs; cell += 1) {
    const untilMs = Math.min(endMs, (cell + 1) * cellMs)
    sink.add(cell, position, (untilMs - atMs) * share)
    atMs = untilMs
  }
}

/** The cell that a span ends in: one that ends with a cell does not reach into the next. */
const lastCellOf = (endMs: number, startMs: number, cellMs: number): number =>
  Math.max(Math.floor(startMs / cellMs), Math.ceil(endMs / cellMs) - 1)
