import type { Planner, Span } from './planner.ts'
import type { Supply } from './supply.ts'

/** What planners need of the settled bitmap. */
export interface SettledView {
  has(index: number): boolean
  /** @returns The first index at or after `from` that is not settled. */
  nextUnset(from: number): number
}

/** Leases from this size on end where their neighbour can begin to read; smaller ones are small for a fair end. */
const ALIGNED_TASKS = 64

/** Work pulled on demand: each lease is the next unsettled stretch of the input, as long as asked. */
export class DynamicPlanner implements Planner {
  readonly #supply: Supply
  readonly #settled: SettledView
  /** Counts pieces ever added; see {@link Supply.dropped}. */
  #piece = 0
  #cursor = 0

  constructor(supply: Supply, settled: SettledView) {
    this.#supply = supply
    this.#settled = settled
  }

  get unleased(): number {
    return Math.max(0, this.#supply.found - this.#cursor)
  }

  next(_slot: number, size: number): Span | null {
    for (;;) {
      const piece = this.#supply.pieces[this.#piece - this.#supply.dropped]
      if (piece === undefined) return null
      if (piece.isWhole) {
        this.#piece += 1
        return { first: piece.first, step: 1, end: null, data: piece.dataAt(piece.first, null) }
      }
      const from = this.#settled.nextUnset(Math.max(this.#cursor, piece.first))
      if (from < piece.leasable) {
        const wanted = Math.min(from + size, piece.leasable)
        const end = size < ALIGNED_TASKS ? wanted : Math.min(piece.boundaryFrom(wanted), piece.leasable)
        this.#cursor = end
        if (end === piece.end) this.#pass()
        return { first: from, step: 1, end, data: piece.dataAt(from, end) }
      }
      if (piece.end === null || piece.leasable < piece.end) return null
      this.#cursor = Math.max(this.#cursor, piece.end)
      this.#pass()
    }
  }

  #pass(): void {
    this.#piece += 1
    this.#supply.dropBefore(this.#piece)
  }
}
