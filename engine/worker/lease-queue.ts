import { IndexList } from './index-list.ts'
import type { HeldLease, LeaseCursor } from './held-lease.ts'
import type { Lease, LeaseProgress } from './protocol.ts'
import { SpanList } from './span-list.ts'

/** The leases of a worker: those still to be read, one after the other, and those that are read but not settled. */
export class LeaseQueue<C extends LeaseCursor> {
  readonly #queue: HeldLease<C>[] = []
  readonly #held = new Set<HeldLease<C>>()
  #bytesReported = 0
  #bytesOfClosed = 0

  /** The lease that is read now. */
  get head(): HeldLease<C> | undefined {
    return this.#queue[0]
  }

  /** Leases not yet read to their end. */
  get unread(): number {
    return this.#queue.length
  }

  /** @returns An upper bound of the tasks not read yet; `Infinity` while a lease without end is read. */
  unreadTasks(readIndex: number): number {
    let tasks = 0
    for (const { lease, cursor } of this.#queue) {
      if (lease.end === null) return Infinity
      const from = cursor === null ? lease.first : Math.max(lease.first, readIndex + lease.step)
      tasks += Math.max(0, Math.ceil((lease.end - from) / lease.step))
    }
    return tasks
  }

  grant(lease: Lease): HeldLease<C> {
    const held: HeldLease<C> = {
      lease,
      settled: new IndexList(),
      spans: new SpanList(),
      cursor: null,
      endIndex: null,
      endIndexReported: false,
      open: 0,
      isRead: false,
    }
    this.#queue.push(held)
    this.#held.add(held)
    return held
  }

  /** The lease that is read now was read to its end. */
  endHead(): void {
    const held = this.#queue.shift()
    if (held === undefined || held.cursor === null) return
    if (held.lease.end === null) held.endIndex = held.cursor.endIndex
    this.#bytesOfClosed += held.cursor.bytesRead
    held.cursor.close()
    held.isRead = true
  }

  /** Why the lease that is read now cannot be read further: the file shrank or cannot be read; `null` as a rule. */
  get failure(): LeaseCursor['failure'] {
    return this.head?.cursor?.failure ?? null
  }

  /** Whether {@link takeProgress} has something to tell. */
  get hasNews(): boolean {
    for (const held of this.#held) {
      if (held.settled.length > 0 || !held.spans.isEmpty) return true
      if (!held.endIndexReported && endIndexOf(held) !== null) return true
    }
    return false
  }

  /** @returns What settled since the last call, by lease. */
  takeProgress(): LeaseProgress[] {
    const progress: LeaseProgress[] = []
    for (const held of this.#held) {
      const endIndex = endIndexOf(held)
      const isNews = endIndex !== null && !held.endIndexReported
      if (held.settled.length > 0 || !held.spans.isEmpty || isNews) {
        progress.push({
          id: held.lease.id,
          attempt: held.lease.attempt,
          settled: held.settled.take(),
          ...(held.spans.isEmpty ? {} : { settledSpans: held.spans.take() }),
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
}

/** @returns The index after the last record of a lease without end, as soon as it is known. */
const endIndexOf = <C extends LeaseCursor>({ lease, endIndex, cursor }: HeldLease<C>): number | null =>
  lease.end === null ? (endIndex ?? cursor?.totalAhead ?? null) : null
