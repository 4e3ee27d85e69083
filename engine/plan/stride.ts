import type { Planner, Span } from './planner.ts'
import type { Supply } from './supply.ts'

/**
 * The article's scheme, `k % n == i`: every worker reads everything and takes each n-th record. Simple, and n times
 * the reading. A file is handed out once its last record is known, or when its readers are the ones to find out.
 */
export class StridePlanner implements Planner {
  readonly #supply: Supply
  readonly #workers: number
  /** Next piece of each worker, counted from the first piece ever added. */
  readonly #positions: number[]

  constructor(supply: Supply, workers: number) {
    this.#supply = supply
    this.#workers = workers
    this.#positions = new Array<number>(workers).fill(0)
  }

  get unleased(): number {
    return 0
  }

  next(slot: number): Span | null {
    for (;;) {
      const position = this.#positions[slot]!
      const piece = this.#supply.pieces[position - this.#supply.dropped]
      if (piece === undefined || (piece.end === null && !piece.isWhole)) return null
      this.#positions[slot] = position + 1
      this.#supply.dropBefore(Math.min(...this.#positions))
      const first = piece.first + ((slot - (piece.first % this.#workers) + this.#workers) % this.#workers)
      if (piece.end !== null && first >= piece.end) continue
      // Read from the piece's first byte, as the scheme has it, not from the nearest mark.
      return { first, step: this.#workers, end: piece.end, data: piece.dataAt(piece.first, piece.end) }
    }
  }
}
