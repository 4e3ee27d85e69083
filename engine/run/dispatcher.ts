import type { Planner, Span } from '../plan/planner.ts'
import type { Slot } from '../pool/pool.ts'
import type { Lease } from '../worker/protocol.ts'
import { cutAround } from './cut-around.ts'
import { PLAIN, type LeaseBook, type Manner } from './lease-book.ts'

/** How large leases are. */
export interface LeaseSizes {
  /** A lease is sized to keep its worker busy for about this long, in milliseconds. */
  readonly busyMs: number
  /** No lease is smaller while there is plenty. */
  readonly least: number
  /** No lease is smaller, also towards the end, unless nothing is left. */
  readonly leastShare: number
  readonly most: number
}

/** What is known of single tasks before they are handed out. */
export interface Suspicions {
  /** @returns Tasks of the span that killed a worker while they ran alone, and how they are to be run therefore. */
  struckWithin(span: Span): readonly { readonly index: number; readonly manner: Manner }[]
  /** Whether the journal knows that the task is quarantined, so that its record may be written. */
  isKept(index: number): boolean
}

interface DispatcherParts {
  readonly planner: Planner
  readonly book: LeaseBook
  /** Number of workers that are to share what there is. */
  readonly workers: () => number
  readonly sizes: () => LeaseSizes
  /** Whether any worker may take what another gave back; otherwise it stays with its slot. */
  readonly isShared: boolean
  /** Whether a lease waits for all tasks before it: a worker must not hold it in front of an earlier one. */
  readonly isOrdered: boolean
  readonly throughputOf: (slot: Slot) => number
  readonly suspicions: Suspicions
  /** @param isBegun Whether another worker may have begun with it. */
  readonly grant: (slot: Slot, lease: Lease, isBegun: boolean) => void
}

interface Queued {
  readonly span: Span
  readonly manner: Manner
  readonly slot: number
}

/**
 * Hands leases to workers that want one: first what lost workers gave back, then what the planner says.
 *
 * Tasks that must run alone go to one worker at a time, which gets nothing else until it has done them, and neither do
 * the other workers of its process, whom a death would take along: a death then names its task without doubt, and no
 * neighbour is punished.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #hungry = new Set<Slot>()
  readonly #returned: Queued[] = []
  readonly #alone: { readonly span: Span; readonly manner: Manner }[] = []
  readonly #known = new Set<Slot>()
  /** The worker that runs tasks alone. */
  #probation: Slot | null = null
  /** Workers that get nothing new, only what was given back. */
  #retiring: ReadonlySet<Slot> = new Set()
  #isClosed = false

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  /** The worker has room for a lease. */
  want(slot: Slot): void {
    this.#known.add(slot)
    this.#hungry.add(slot)
    this.#serve(slot)
  }

  /** These get nothing new from now on, and all others do again. */
  retire(slots: ReadonlySet<Slot>): void {
    this.#retiring = slots
    this.serveAll()
  }

  /** Whether something that was given back waits for a worker. */
  get hasReturned(): boolean {
    return this.#returned.length > 0 || this.#alone.length > 0
  }

  /** The worker is gone. */
  forget(slot: Slot): void {
    this.#hungry.delete(slot)
    if (this.#probation === slot) this.#probation = null
  }

  putBack(slot: Slot, span: Span, manner: Manner): void {
    if (manner.isAlone) this.#alone.push({ span, manner })
    else this.#returned.push({ span, manner, slot: slot.position })
    if (!this.#parts.isOrdered) return
    this.#returned.sort((a, b) => a.span.first - b.span.first)
    this.#alone.sort((a, b) => a.span.first - b.span.first)
  }

  /** New tasks are known, or a worker has settled what it held: whoever is hungry may be served. */
  serveAll(): void {
    for (const slot of this.#hungry) this.#serve(slot)
  }

  /** Nothing is handed out any more. */
  close(): void {
    this.#isClosed = true
    this.#hungry.clear()
  }

  #serve(slot: Slot): void {
    if (this.#isClosed || slot.state !== 'ready') return
    if (this.#parts.isOrdered) return this.#serveInOrder(slot)
    if (this.#alone.length > 0) this.#probation ??= slot
    if (this.#probation === slot) return this.#serveAlone(slot)
    if (this.#probation?.pid === slot.pid) return
    this.#serveNext(slot)
  }

  #serveNext(slot: Slot): void {
    for (;;) {
      const next = this.#takeReturned(slot) ?? this.#takePlanned(slot)
      if (next === null) return
      if (this.#issue(slot, next.span, next.manner)) return
    }
  }

  /**
   * A task that runs alone would wait for all tasks before it, and some of them for its worker: it is handed out when
   * they are settled, and nothing behind it earlier. Other workers of its process may hold later tasks, since these wait
   * for it.
   */
  #serveInOrder(slot: Slot): void {
    const { book } = this.#parts
    if (this.#probation === slot) {
      if (!book.isIdle(slot.position)) return
      this.#probation = null
    }
    for (let [next] = this.#alone; next !== undefined; [next] = this.#alone) {
      if (!book.isSettledBefore(next.span.first)) break
      if (!book.isIdle(slot.position) || !this.#mayIssue(next)) return
      this.#alone.shift()
      if (!this.#issue(slot, next.span, next.manner)) continue
      this.#probation = slot
      return
    }
    this.#serveNext(slot)
  }

  #serveAlone(slot: Slot): void {
    if (!this.#isProcessIdle(slot)) return
    for (;;) {
      const [next] = this.#alone
      if (next === undefined) {
        this.#probation = null
        return this.serveAll()
      }
      if (!this.#mayIssue(next)) return
      this.#alone.shift()
      if (this.#issue(slot, next.span, next.manner)) return
    }
  }

  #mayIssue({ span, manner }: Pick<Queued, 'span' | 'manner'>): boolean {
    return manner.quarantine === null || this.#parts.suspicions.isKept(span.first)
  }

  #isProcessIdle({ pid }: Slot): boolean {
    for (const slot of this.#known) {
      if (slot.pid === pid && !this.#parts.book.isIdle(slot.position)) return false
    }
    return true
  }

  /** @returns False when every task of the span was settled meanwhile. */
  #issue(slot: Slot, span: Span, manner: Manner): boolean {
    const lease = this.#parts.book.issue(slot.position, span, manner)
    if (lease === null) return false
    // A worker in probation asks for more at once and must not get it: it stays hungry until it is idle.
    if (!manner.isAlone) this.#hungry.delete(slot)
    this.#parts.grant(slot, lease, manner.isBegun)
    return true
  }

  #takeReturned(slot: Slot): Queued | null {
    const at = this.#returned.findIndex(queued => this.#mayTake(slot, queued))
    return at < 0 ? null : this.#returned.splice(at, 1)[0]!
  }

  #mayTake({ position }: Slot, { span, slot }: Queued): boolean {
    const { book, isShared, isOrdered } = this.#parts
    if (!isShared && slot !== position) return false
    return !isOrdered || (book.lastHeldBy(position) < span.first && this.#isBeforeAlone(span))
  }

  #isBeforeAlone(span: Span): boolean {
    const [alone] = this.#alone
    return alone === undefined || span.first < alone.span.first
  }

  #takePlanned(slot: Slot): Queued | null {
    if (this.#retiring.has(slot)) return null
    const { planner, isShared, isOrdered } = this.#parts
    const isHeldBack = isOrdered && this.#alone.length > 0
    // Where anybody may take what comes next, it is behind all that was ever handed out.
    if (isHeldBack && isShared) return null
    const span = planner.next(slot.position, this.#sizeFor(slot))
    if (span === null) return null
    const struck = this.#parts.suspicions.struckWithin(span)
    if (struck.length > 0) return this.#takeApart(slot, span, struck)
    if (!isHeldBack || this.#isBeforeAlone(span)) return { span, manner: PLAIN, slot: slot.position }
    this.putBack(slot, span, PLAIN)
    return null
  }

  /** Tasks that have killed before, in an earlier session of the run, run alone; the others of the span as usual. */
  #takeApart(slot: Slot, span: Span, struck: ReturnType<Suspicions['struckWithin']>): Queued | null {
    for (const { index, manner } of struck) {
      this.putBack(slot, { first: index, step: 1, end: index + 1, data: span.data }, manner)
    }
    const indexes = struck.map(({ index }) => index)
    for (const rest of cutAround(span, indexes)) this.putBack(slot, rest, PLAIN)
    const next = this.#takeReturned(slot)
    if (next === null) this.#serve(slot)
    return next
  }

  /** Guided self-scheduling (Polychronopoulos and Kuck, 1987): leases shrink towards the end, so that all end together. */
  #sizeFor(slot: Slot): number {
    const { planner, throughputOf } = this.#parts
    const workers = this.#parts.workers()
    const sizes = this.#parts.sizes()
    const steady = Math.max(sizes.least, Math.ceil((throughputOf(slot) * sizes.busyMs) / 1_000))
    const fairShare = workers === 1 ? steady : Math.ceil(planner.unleased / (workers * 2))
    return Math.max(sizes.leastShare, Math.min(steady, fairShare, sizes.most))
  }
}
