import { printable } from '../../shared/model/error.ts'
import type { Slot } from '../pool/pool.ts'
import { readStarts } from '../worker/starts-file.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { LeaseBook, Returned } from './lease-book.ts'

/** Deaths alone after which a task is not tried again. */
const STRIKES = 2

interface CasualtyParts {
  readonly book: LeaseBook
  readonly dispatcher: Dispatcher
  /** Where the worker of this slot noted its careful starts. */
  readonly startsPathOf: (slot: Slot) => string
}

/**
 * Finds the task that kills its workers, without punishing its neighbours.
 *
 * What a dead worker held is leased again, and every start is noted on disk from then on. If a worker dies again, the
 * notes name the tasks that were in flight: each of them runs alone. A task that kills its worker twice while alone
 * is quarantined.
 */
export class Casualties {
  readonly #parts: CasualtyParts
  readonly #strikes = new Map<number, number>()

  /** @param strikes Deaths alone, by task, from earlier sessions of the run. */
  constructor(parts: CasualtyParts, strikes: readonly { readonly index: number; readonly deaths: number }[]) {
    this.#parts = parts
    for (const { index, deaths } of strikes) this.#strikes.set(index, deaths)
  }

  /** Tasks with at least one death alone, for the journal. */
  get strikes(): { index: number; deaths: number }[] {
    return [...this.#strikes].map(([index, deaths]) => ({ index, deaths }))
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

type Bounds = Returned['span']

const isWithin = (index: number, { first, step, end }: Bounds): boolean =>
  index >= first && (end === null || index < end) && (index - first) % step === 0

/** @returns The span without the given indexes, as spans between them. */
function cutAround(span: Bounds, indexes: readonly number[]): Bounds[] {
  const rest: Bounds[] = []
  let first = span.first
  for (const index of [...indexes].sort((a, b) => a - b)) {
    if (index > first) rest.push({ ...span, first, end: index })
    first = index + span.step
  }
  if (span.end === null || first < span.end) rest.push({ ...span, first })
  return rest
}
