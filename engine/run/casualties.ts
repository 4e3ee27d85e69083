import { printable } from '../../shared/model/error.ts'
import type { Slot } from '../pool/pool.ts'
import { readStarts } from '../worker/starts-file.ts'
import type { Span } from '../plan/planner.ts'
import { cutAround, isWithin } from './cut-around.ts'
import type { Dispatcher, Suspicions } from './dispatcher.ts'
import type { LeaseBook, Manner, Returned } from './lease-book.ts'

/** Deaths alone after which a task is not tried again. */
const STRIKES = 2

interface CasualtyParts {
  readonly book: LeaseBook
  readonly dispatcher: Dispatcher
  /** Where the worker of this slot noted its careful starts. */
  readonly startsPathOf: (slot: Slot) => string
  /** The strikes have changed, and the journal should know soon. */
  readonly onStruck: () => void
}

/**
 * Finds the task that kills its workers, without punishing its neighbours.
 *
 * What a dead worker held is leased again, and every start is noted on disk from then on. If a worker dies again, the
 * notes name the tasks that were in flight: each of them runs alone. A task that kills its worker twice while alone
 * is quarantined.
 *
 * Strikes are in the journal: a run that was interrupted runs such tasks alone from the start. The record of a
 * quarantined task is written when the journal knows of its strikes and not before, since a destination may then pass
 * the task by for good, and a run that has forgotten why would take it for applied.
 */
export class Casualties implements Suspicions {
  readonly #parts: CasualtyParts
  readonly #strikes = new Map<number, number>()
  /** Quarantined tasks whose strikes are in the journal, and in the commit under way. */
  readonly #kept = new Set<number>()
  #composed: readonly number[] = []

  /** @param strikes Deaths alone, by task, from earlier sessions of the run. */
  constructor(parts: CasualtyParts, strikes: readonly { readonly index: number; readonly deaths: number }[]) {
    this.#parts = parts
    for (const { index, deaths } of strikes) this.#strikes.set(index, deaths)
    this.compose()
    this.committed()
  }

  /** Tasks with at least one death alone. */
  get strikes(): { index: number; deaths: number }[] {
    return [...this.#strikes].map(([index, deaths]) => ({ index, deaths }))
  }

  /** @returns The strikes, for a commit. */
  compose(): { index: number; deaths: number }[] {
    const { strikes } = this
    this.#composed = strikes.filter(({ deaths }) => deaths >= STRIKES).map(({ index }) => index)
    return strikes
  }

  /** What was composed is in the journal. */
  committed(): void {
    const before = this.#kept.size
    for (const index of this.#composed) this.#kept.add(index)
    if (this.#kept.size > before) this.#parts.dispatcher.serveAll()
  }

  isKept(index: number): boolean {
    return this.#kept.has(index)
  }

  struckWithin(span: Span): { index: number; manner: Manner }[] {
    if (this.#strikes.size === 0) return []
    return this.strikes
      .filter(({ index }) => isWithin(index, span))
      .map(({ index, deaths }) => {
        const quarantine = deaths < STRIKES ? null : `${deaths} workers died of it while it ran alone`
        return { index, manner: { deaths, isBegun: true, isAlone: true, quarantine } }
      })
  }

  /** A worker has left in order: what it did not settle is nobody's fault, and goes to others as it was. */
  onLeft(slot: Slot): void {
    for (const { span, manner } of this.#parts.book.revoke(slot.position)) {
      this.#parts.dispatcher.putBack(slot, span, { ...manner, isBegun: true })
    }
  }

  /** @returns Whether the death is explained: by a task that ran alone, or by suspects that will. */
  onLost(slot: Slot, detail: string): boolean {
    const returned = this.#parts.book.revoke(slot.position)
    const alone = returned.find(({ manner }) => manner.isAlone && manner.quarantine === null)
    if (alone !== undefined) {
      this.#strike(slot, alone, detail)
      return true
    }
    const careful = returned.some(({ manner }) => manner.deaths > 0)
    // A task that was tried again may have been noted by two lanes.
    const started = careful ? [...new Set(readStarts(this.#parts.startsPathOf(slot)))] : []
    let suspects = 0
    for (const held of returned) suspects += this.#return(slot, held, started)
    return suspects > 0
  }

  #strike(slot: Slot, { span, manner }: Returned, detail: string): void {
    const index = span.first
    const strikes = (this.#strikes.get(index) ?? 0) + 1
    this.#strikes.set(index, strikes)
    this.#parts.onStruck()
    const quarantine =
      strikes < STRIKES ? null : printable(`${strikes} workers died of it while it ran alone (${detail})`)
    this.#parts.dispatcher.putBack(slot, span, {
      deaths: manner.deaths + 1,
      isBegun: true,
      isAlone: true,
      quarantine,
    })
  }

  /** @returns How many tasks of the lease are suspected now. */
  #return(slot: Slot, { span, manner }: Returned, started: readonly number[]): number {
    const { dispatcher } = this.#parts
    if (manner.quarantine !== null) {
      // It is not executed, only recorded, so the death is none of its doing.
      dispatcher.putBack(slot, span, manner)
      return 0
    }
    const deaths = manner.deaths + 1
    const suspects = manner.deaths === 0 ? [] : started.filter(index => isWithin(index, span))
    for (const index of suspects) {
      const alone = { first: index, step: 1, end: index + 1, data: span.data }
      dispatcher.putBack(slot, alone, { deaths, isBegun: true, isAlone: true, quarantine: null })
    }
    // What was not started is innocent of this death, but may hold another task that kills: it stays careful, so that
    // none costs more than one death in company before it is named.
    for (const rest of cutAround(span, suspects)) {
      dispatcher.putBack(slot, rest, { deaths, isBegun: true, isAlone: false, quarantine: null })
    }
    return suspects.length
  }
}
