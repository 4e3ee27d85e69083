import type { RecordCursor } from '../source/cursor.ts'
import type { HeldLease } from './held-lease.ts'
import { IndexList } from './index-list.ts'
import type { Lease, LeaseProgress } from './protocol.ts'
import type { Refusal } from './task-store.ts'

/**
 * Reads the tasks of the granted leases, one lease after the other, without an object per task: after
 * {@link next} returned `record`, the task is in `index`, `value`, `line` and `refusal`.
 */
export class Intake {
  index = 0
  value = ''
  line = 0
  refusal: Refusal | null = null
  /** The lease of the current task. */
  held: HeldLease | null = null
  /** Called when records can be read again after `wait`. */
  onReadable: (() => void) | null = null
  /** Tasks at or beyond this index stay unread. */
  horizon = Infinity
  readonly #open: (lease: Lease) => RecordCursor
  readonly #queue: HeldLease[] = []
  readonly #held = new Set<HeldLease>()
  #bytesReported = 0
  #bytesOfClosed = 0
  /** Set when the next record is beyond the horizon: it is served before anything else is read. */
  #isHeldBack = false

  constructor(open: (lease: Lease) => RecordCursor) {
    this.#open = open
  }

  /** Leases not yet read to their end. */
  get unread(): number {
    return this.#queue.length
  }

  /** An upper bound of the tasks not read yet; `Infinity` while a lease without end is read. */
  get unreadTasks(): number {
    let tasks = 0
    for (const { lease, cursor } of this.#queue) {
      if (lease.end === null) return Infinity
      const from = cursor === null ? lease.first : Math.max(lease.first, this.index + lease.step)
      tasks += Math.max(0, Math.ceil((lease.end - from) / lease.step))
    }
    return tasks
  }

  grant(lease: Lease): void {
    const held: HeldLease = {
      lease,
      settled: new IndexList(),
      cursor: null,
      endIndex: null,
      endIndexReported: false,
      open: 0,
      isRead: false,
    }
    this.#queue.push(held)
    this.#held.add(held)
  }

  next(): 'record' | 'wait' | 'end' {
    if (this.#isHeldBack) {
      if (this.index >= this.horizon) return 'wait'
      this.#isHeldBack = false
      return 'record'
    }
    for (;;) {
      const held = this.#queue[0]
      if (held === undefined) return 'end'
      const cursor = this.#cursorOf(held)
      const state = cursor.next()
      if (state === 'wait') return 'wait'
      if (state === 'record') {
        this.held = held
        held.open += 1
        this.index = cursor.index
        this.value = cursor.value
        this.line = cursor.line
        this.refusal = cursor.refusal
        if (this.index < this.horizon) return 'record'
        this.#isHeldBack = true
        return 'wait'
      }
      if (cursor.failure !== null) return 'end'
      this.#endLease(held, cursor)
    }
  }

  /** Why the current lease cannot be read further: the file shrank or cannot be read; `null` as a rule. */
  get failure(): { readonly code: Refusal['code']; readonly message: string } | null {
    return this.#queue[0]?.cursor?.failure ?? null
  }

  /** Whether {@link takeProgress} has something to tell. */
  get hasNews(): boolean {
    for (const held of this.#held) {
      if (held.settled.length > 0 || (!held.endIndexReported && endIndexOf(held) !== null)) return true
    }
    return false
  }

  /** @returns What settled since the last call, by lease. */
  takeProgress(): LeaseProgress[] {
    const progress: LeaseProgress[] = []
    for (const held of this.#held) {
      const endIndex = endIndexOf(held)
      const isNews = endIndex !== null && !held.endIndexReported
      if (held.settled.length > 0 || isNews) {
        progress.push({
          id: held.lease.id,
          attempt: held.lease.attempt,
          settled: held.settled.take(),
          endIndex,
        })
        held.endIndexReported ||= isNews
      }
      if (held.isRead && held.open === 0) this.#held.delete(held)
    }
    return progress
  }

  /** @returns File bytes read since the last call. */
  takeBytesRead(): number {
    let bytes = this.#bytesOfClosed
    for (const { cursor } of this.#queue) bytes += cursor?.bytesRead ?? 0
    const taken = bytes - this.#bytesReported
    this.#bytesReported = bytes
    return taken
  }

  close(): void {
    for (const { cursor } of this.#queue) cursor?.close()
    this.#queue.length = 0
  }

  #cursorOf(held: HeldLease): RecordCursor {
    if (held.cursor !== null) return held.cursor
    const cursor = this.#open(held.lease)
    cursor.onReadable = () => this.onReadable?.()
    held.cursor = cursor
    return cursor
  }

  #endLease(held: HeldLease, cursor: RecordCursor): void {
    if (held.lease.end === null) held.endIndex = cursor.endIndex
    this.#bytesOfClosed += cursor.bytesRead
    cursor.close()
    held.isRead = true
    this.#queue.shift()
  }
}

/** @returns The index after the last record of a lease without end, as soon as it is known. */
const endIndexOf = ({ lease, endIndex, cursor }: HeldLease): number | null =>
  lease.end === null ? (endIndex ?? cursor?.totalAhead ?? null) : null
