import type { Span } from '../plan/planner.ts'
import type { SettledBitmap } from '../journal/settled-bitmap.ts'
import type { Lease, LeaseProgress } from '../worker/protocol.ts'

/** How the tasks of a span are to be run. */
export interface Manner {
  /** Deaths of workers that held them. */
  readonly deaths: number
  /** A worker had them before and may have begun with them. */
  readonly isBegun: boolean
  /** Alone in its worker: a single suspected task. */
  readonly isAlone: boolean
  readonly quarantine: string | null
}

/** One past the largest index a task can have. */
const LARGEST_END = 2 ** 32 - 1

export const PLAIN: Manner = { deaths: 0, isBegun: false, isAlone: false, quarantine: null }

/** A span that a worker held when it was lost. */
export interface Returned {
  readonly span: Span
  readonly manner: Manner
}

interface Entry {
  readonly lease: Lease
  readonly slot: number
  readonly span: Span
  readonly manner: Manner
  /** Tasks not settled yet; `null` while the lease's end is not known. */
  unsettled: number | null
}

/**
 * Who holds which tasks. A report is accepted whole or not at all: every index must belong to a lease that this
 * worker holds in this attempt, must not be settled, and must not be named twice.
 */
export class LeaseBook {
  readonly #settled: SettledBitmap
  readonly #entries = new Map<number, Entry>()
  readonly #bySlot = new Map<number, Set<Entry>>()
  #nextId = 1

  constructor(settled: SettledBitmap) {
    this.#settled = settled
  }

  /** @returns The lease, or `null` when every task of the span is settled already. */
  issue(slot: number, span: Span, manner: Manner): Lease | null {
    const unsettled = this.#countUnsettled(span)
    if (unsettled === 0) return null
    const lease: Lease = {
      id: this.#nextId,
      attempt: manner.deaths + 1,
      first: span.first,
      step: span.step,
      end: span.end,
      data: span.data,
      settled: this.#settled.excerpt(
        span.first,
        span.step,
        Math.min(span.end ?? Infinity, this.#settled.end),
      ),
      careful: manner.deaths > 0,
      quarantine: manner.quarantine,
    }
    this.#nextId += 1
    const entry: Entry = { lease, slot, span, manner, unsettled }
    this.#entries.set(lease.id, entry)
    const held = this.#bySlot.get(slot) ?? new Set()
    this.#bySlot.set(slot, held.add(entry))
    return lease
  }

  /**
   * Marks what a worker reports as settled.
   *
   * @returns How many tasks settled; `null` when the report names a task its worker does not hold, and is dropped.
   */
  apply(slot: number, progress: readonly LeaseProgress[]): number | null {
    if (new Set(progress.map(part => part.id)).size < progress.length) return null
    for (const part of progress) if (!this.#isHeld(slot, part)) return null
    let count = 0
    for (const part of progress) {
      const entry = this.#entries.get(part.id)!
      const settled = this.#settle(part)
      count += settled
      if (entry.unsettled !== null) entry.unsettled -= settled
      else if (part.endIndex !== null) {
        entry.unsettled = this.#countUnsettled({ ...entry.span, end: part.endIndex })
      }
      if (entry.unsettled === 0) this.#drop(entry)
    }
    return count
  }

  /** Whether the worker holds no unsettled task. */
  isIdle(slot: number): boolean {
    return (this.#bySlot.get(slot)?.size ?? 0) === 0
  }

  /** Whether every task below `index` is settled. */
  isSettledBefore(index: number): boolean {
    return this.#settled.nextUnset(0) >= index
  }

  /** @returns The first task of the latest lease that the worker holds; -1 when it holds none. */
  lastHeldBy(slot: number): number {
    let last = -1
    for (const { span } of this.#bySlot.get(slot) ?? []) last = Math.max(last, span.first)
    return last
  }

  /** @returns What the lost worker of this slot held; nothing of it is leased any more. */
  revoke(slot: number): Returned[] {
    const held = [...(this.#bySlot.get(slot) ?? [])]
    for (const entry of held) this.#drop(entry)
    return held.map(({ span, manner }) => ({ span, manner }))
  }

  #isHeld(slot: number, part: LeaseProgress): boolean {
    const entry = this.#entries.get(part.id)
    if (entry === undefined || entry.slot !== slot || entry.lease.attempt !== part.attempt) return false
    const { first, step, end: knownEnd } = entry.span
    if (knownEnd !== null && part.endIndex !== null) return false
    const end = knownEnd ?? part.endIndex ?? Infinity
    let previous = -1
    let isRising = true
    for (const index of part.settled) {
      if (index < first || index >= end || (step !== 1 && (index - first) % step !== 0)) return false
      if (this.#settled.has(index)) return false
      isRising &&= index > previous
      previous = index
    }
    if (!isRising && new Set(part.settled).size !== part.settled.length) return false
    return (
      part.settledSpans === undefined ||
      (step === 1 && this.#areFree(part.settledSpans, part, { first, end }))
    )
  }

  /** Whether the spans rise within the lease, and nothing in them is settled, nor named one by one beside them. */
  #areFree(
    spans: Float64Array,
    { settled }: LeaseProgress,
    lease: { readonly first: number; readonly end: number },
  ): boolean {
    if (spans.length % 2 !== 0) return false
    let least = lease.first
    for (let at = 0; at < spans.length; at += 2) {
      const from = spans[at]!
      const to = spans[at + 1]!
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < least || to <= from || to > lease.end)
        return false
      if (to > LARGEST_END || this.#settled.countRange(from, to) > 0) return false
      if (settled.some(index => index >= from && index < to)) return false
      least = to
    }
    return true
  }

  #settle({ settled, settledSpans }: LeaseProgress): number {
    let count = 0
    for (const index of settled) if (this.#settled.set(index)) count += 1
    for (let at = 0; settledSpans !== undefined && at < settledSpans.length; at += 2) {
      count += this.#settled.setRange(settledSpans[at]!, settledSpans[at + 1]!)
    }
    return count
  }

  /** @returns `null` while the span's end is not known. */
  #countUnsettled({ first, step, end }: Span): number | null {
    if (end === null) return null
    let count = Math.max(0, Math.ceil((end - first) / step))
    const settledEnd = Math.min(end, this.#settled.end)
    if (step === 1) return count - this.#settled.countRange(first, settledEnd)
    for (let index = first; index < settledEnd; index += step) if (this.#settled.has(index)) count -= 1
    return count
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.lease.id)
    this.#bySlot.get(entry.slot)?.delete(entry)
  }
}
