import { CELL_MARK, CELL_MARK_AT, STREAM_CELL_BYTES, STREAM_PHASES } from '../model/task-stream.ts'

/** Numbers of one cell: milliseconds of each phase, spans that begin there, failed ones that end there. */
export const CELL_WIDTH = STREAM_PHASES.length + 2
export const CELL_SPANS = STREAM_PHASES.length
export const CELL_FAILED = STREAM_PHASES.length + 1

const FIRST_CELLS = 32

/** The time of one lane in cells of equal width, from the beginning of the run. */
export class LaneCells {
  readonly fromMs = 0
  readonly toMs = Infinity
  #numbers = new Float32Array(FIRST_CELLS * CELL_WIDTH)
  /** Cells up to the last one that has something. */
  count = 0

  add(cell: number, position: number, amount: number): void {
    this.#numbers[cell * CELL_WIDTH + position]! += amount
  }

  /** Makes room for so many cells. */
  reserve(count: number): void {
    if (count <= this.count) return
    this.count = count
    if (count * CELL_WIDTH <= this.#numbers.length) return
    const larger = new Float32Array(Math.max(count * CELL_WIDTH, this.#numbers.length * 2))
    larger.set(this.#numbers)
    this.#numbers = larger
  }

  /** Two neighbours become one. */
  halve(): void {
    const numbers = this.#numbers
    const count = Math.ceil(this.count / 2)
    for (let cell = 0; cell < count; cell += 1)
      for (let at = 0; at < CELL_WIDTH; at += 1) {
        const from = cell * 2 * CELL_WIDTH + at
        numbers[cell * CELL_WIDTH + at] = numbers[from]! + (numbers[from + CELL_WIDTH] ?? 0)
      }
    numbers.fill(0, count * CELL_WIDTH, this.count * CELL_WIDTH)
    this.count = count
  }

  /**
   * Adds cells into bins, each of which is `perBin` cells wide.
   *
   * @param firstCell The first cell of the first bin.
   */
  addTo(bins: Float64Array, firstCell: number, perBin: number): void {
    const numbers = this.#numbers
    const binCount = bins.length / CELL_WIDTH
    for (let bin = 0; bin < binCount; bin += 1) {
      const start = Math.max(0, firstCell + bin * perBin)
      const end = Math.min(this.count, firstCell + (bin + 1) * perBin)
      const into = bin * CELL_WIDTH
      for (let from = start * CELL_WIDTH; from < end * CELL_WIDTH; from += CELL_WIDTH)
        for (let at = 0; at < CELL_WIDTH; at += 1) bins[into + at]! += numbers[from + at]!
    }
  }
}

/**
 * Writes bins as bytes: what took any time is never nothing.
 *
 * @param spaceMs The time that a whole bin has.
 * @param at Where in `bytes` they begin.
 */
export function packBins(bins: Float64Array, spaceMs: number, bytes: Uint8Array, at: number): void {
  for (let from = 0, to = at; from < bins.length; from += CELL_WIDTH, to += STREAM_CELL_BYTES) {
    let isBusy = bins[from + CELL_SPANS]! > 0
    for (let phase = 0; phase < STREAM_PHASES.length; phase += 1) {
      const ms = bins[from + phase]!
      isBusy ||= ms > 0
      bytes[to + phase] = ms > 0 ? Math.max(1, Math.min(255, Math.round((ms / spaceMs) * 255))) : 0
    }
    const hasFailed = bins[from + CELL_FAILED]! > 0
    bytes[to + CELL_MARK_AT] = (isBusy ? CELL_MARK.busy : 0) | (hasFailed ? CELL_MARK.failed : 0)
  }
}
