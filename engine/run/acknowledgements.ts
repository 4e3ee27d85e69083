import type { Slot } from '../pool/pool.ts'

interface TakenReport {
  readonly slot: Slot
  readonly incarnation: number
  readonly seq: number
}

/** Reports in the ledger that their workers must be told of once they are committed. */
export class Acknowledgements {
  readonly #acknowledge: (slot: Slot, seq: number) => void
  #next: TakenReport[] = []
  #now: TakenReport[] = []

  constructor(acknowledge: (slot: Slot, seq: number) => void) {
    this.#acknowledge = acknowledge
  }

  taken(slot: Slot, seq: number): void {
    this.#next.push({ slot, incarnation: slot.incarnation, seq })
  }

  /** A commit is composed of all that was taken. */
  composed(): void {
    this.#now.push(...this.#next.splice(0))
  }

  committed(): void {
    for (const { slot, incarnation, seq } of this.#now.splice(0)) {
      if (slot.incarnation === incarnation) this.#acknowledge(slot, seq)
    }
  }
}
