import type { Planner, Span } from './planner.ts'
import type { Supply } from './supply.ts'

/** Contiguous ranges: the input cut into as many equal parts as there are workers, once its length is known. */
export class ChunkPlanner implements Planner {
  readonly #supply: Supply
  readonly #workers: number
  #queues: Span[][] | null = null

  constructor(supply: Supply, workers: number) {
    this.#supply = supply
    this.#workers = workers
    supply.isNeededWhole = true
  }

  get unleased(): number {
    return this.#queues === null ? this.#supply.found : 0
  }

  next(slot: number): Span | null {
    if (this.#queues === null) {
      const { total, isEnded } = this.#supply
      if (!isEnded || total === null) return null
      this.#queues = this.#cut(total)
    }
    return this.#queues[slot]?.shift() ?? null
  }

  #cut(total: number): Span[][] {
    return Array.from({ length: this.#workers }, (_, slot) => {
      const from = Math.floor((slot * total) / this.#workers)
      const to = Math.floor(((slot + 1) * total) / this.#workers)
      return this.#supply.pieces.flatMap(piece => {
        const first = Math.max(from, piece.first)
        const end = Math.min(to, piece.end ?? to)
        return first >= end ? [] : [{ first, step: 1, end, data: piece.dataAt(first, end) }]
      })
    })
  }
}
