import type { RecordCursor } from '../source/cursor.ts'
import type { HeldLease } from './held-lease.ts'
import { LeaseQueue } from './lease-queue.ts'
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
  readonly #leases = new LeaseQueue<RecordCursor>()
  /** Set when the next record is beyond the horizon: it is served before anything else is read. */
  #isHeldBack = false

  constructor(open: (lease: Lease) => RecordCursor) {
    this.#open = open
  }

  /** Leases not yet read to their end. */
  get unread(): number {
    return this.#leases.unread
  }

  /** An upper bound of the tasks not read yet; `Infinity` while a lease without end is read. */
  get unreadTasks(): number {
    return this.#leases.unreadTasks(this.index)
  }

  grant(lease: Lease): void {
    this.#leases.grant(lease)
  }

  next(): 'record' | 'wait' | 'end' {
    if (this.#isHeldBack) {
      if (this.index >= this.horizon) return 'wait'
      this.#isHeldBack = false
      return 'record'
    }
    for (;;) {
      const held = this.#leases.head
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
      this.#leases.endHead()
    }
  }

  /** Why the current lease cannot be read further: the file shrank or cannot be read; `null` as a rule. */
  get failure(): { readonly code: Refusal['code']; readonly message: string } | null {
    return this.#leases.failure
  }

  /** Whether {@link takeProgress} has something to tell. */
  get hasNews(): boolean {
    return this.#leases.hasNews
  }

  /** @returns What settled since the last call, by lease. */
  takeProgress(): LeaseProgress[] {
    return this.#leases.takeProgress()
  }

  /** @returns File bytes read since the last call. */
  takeBytesRead(): number {
    return this.#leases.takeBytesRead()
  }

  close(): void {
    this.#leases.close()
  }

  #cursorOf(held: HeldLease): RecordCursor {
    if (held.cursor !== null) return held.cursor
    const cursor = this.#open(held.lease)
    cursor.onReadable = () => this.onReadable?.()
    held.cursor = cursor
    return cursor
  }
}
