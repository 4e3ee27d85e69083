import type { Pool, Slot } from '../pool/pool.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { LeaseBook } from './lease-book.ts'

interface RetirementParts {
  readonly pool: Pick<Pool, 'surplusOf' | 'resize'>
  readonly book: Pick<LeaseBook, 'isIdle'>
  readonly dispatcher: Pick<Dispatcher, 'retire' | 'hasReturned'>
}

/**
 * How the pool of a load shrinks that keeps the order of its input: whoever holds later tasks waits for the earlier ones
 * and could not take them over. So those who are to go get nothing new, are started again if they die, and leave together
 * when everything they hold is settled.
 */
export class Retirement {
  readonly #parts: RetirementParts
  #wanted: { readonly processes: number; readonly threads: number } | null = null
  #retiring: readonly Slot[] = []

  constructor(parts: RetirementParts) {
    this.#parts = parts
  }

  /** The pool is to have this size; what was wanted before is void. */
  begin(processes: number, threads: number): void {
    const { pool, dispatcher } = this.#parts
    this.#wanted = { processes, threads }
    this.#retiring = pool.surplusOf(processes, threads)
    dispatcher.retire(new Set(this.#retiring))
    this.check()
  }

  /** Something settled, or went back. */
  check(): void {
    const { pool, book, dispatcher } = this.#parts
    if (this.#wanted === null) return
    const mustStay = dispatcher.hasReturned || this.#retiring.some(({ position }) => !book.isIdle(position))
    if (this.#retiring.length > 0 && mustStay) return
    const { processes, threads } = this.#wanted
    this.#wanted = null
    this.#retiring = []
    // Those who are to go must not be served in between.
    pool.resize(processes, threads)
    dispatcher.retire(new Set())
  }
}
