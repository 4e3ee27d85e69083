import type { AppliedRecords, DestinationWriter } from '../destination/destination.ts'
import type { LoadCursor, RecordView } from '../load/record-view.ts'
import type { HeldLease, LeaseCursor } from './held-lease.ts'
import { LeaseQueue } from './lease-queue.ts'
import type { Lease, LeaseProgress, RecordFormat } from './protocol.ts'

export type HeldLoad = HeldLease<LoadCursor>

export interface BulkIntakeParts {
  readonly openCursor: (lease: Lease) => LoadCursor
  /** See `DestinationWriter.openLease`. */
  readonly openLease: DestinationWriter['openLease']
  /** A lease could not be opened in the destination. */
  readonly onError: (error: unknown) => void
}

/**
 * Reads the records of the granted leases, one lease after the other: after {@link next} returned `record`, it is in
 * `record`, and its lease in `held`. A lease is opened as soon as it is granted, in the destination and then its file,
 * while others are still being read.
 */
export class BulkIntake {
  /** The current record; `null` before the first. */
  record: RecordView | null = null
  held: HeldLoad | null = null
  /** What the destination holds of the current lease. */
  applied: AppliedRecords | null = null
  /** Called when records can be read again after `wait`. */
  onReadable: (() => void) | null = null
  readonly #parts: BulkIntakeParts
  readonly #leases = new LeaseQueue<LoadCursor>()
  /** Leases that may be read, with what the destination holds of them. */
  readonly #open = new Map<HeldLoad, AppliedRecords | null>()
  /** Of the lease that is read now, once it is opened. */
  #cursor: LoadCursor | null = null
  #isClosed = false

  constructor(parts: BulkIntakeParts) {
    this.#parts = parts
  }

  /** Leases not yet read to their end. */
  get unread(): number {
    return this.#leases.unread
  }

  /** An upper bound of the tasks not read yet; `Infinity` while a lease without end is read. */
  get unreadTasks(): number {
    return this.#leases.unreadTasks(this.record?.taskIndex ?? -1)
  }

  grant(lease: Lease): void {
    const held = this.#leases.grant(lease)
    const { first, step, living = null } = lease
    this.#parts
      .openLease({ first, step, living, format: formatOf(lease) })
      .then(applied => {
        this.#opened(held, applied)
        this.onReadable?.()
      })
      .catch(this.#parts.onError)
  }

  /** `leaseEnd` is answered once for each lease, behind its last record; `end` also where {@link failure} says why. */
  next(): 'record' | 'wait' | 'leaseEnd' | 'end' {
    const cursor = this.#cursor ?? this.#openNext()
    if (cursor === null) return this.#leases.unread === 0 ? 'end' : 'wait'
    const state = cursor.next()
    if (state === 'record') {
      this.held!.open += 1
      return state
    }
    if (state === 'wait') return state
    if (cursor.failure !== null) return 'end'
    this.#cursor = null
    this.#leases.endHead()
    return 'leaseEnd'
  }

  /** Why the current lease cannot be read further: the file shrank or cannot be read; `null` as a rule. */
  get failure(): LeaseCursor['failure'] {
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
    this.#isClosed = true
    this.#cursor = null
    this.#leases.close()
  }

  /** The destination knows of the lease: its first bytes are read while the leases before it still are. */
  #opened(held: HeldLoad, applied: AppliedRecords | null): void {
    if (this.#isClosed) return
    const cursor = this.#parts.openCursor(held.lease)
    cursor.onReadable = () => this.onReadable?.()
    held.cursor = cursor
    this.#open.set(held, applied)
  }

  /** @returns The cursor of the next lease; `null` when there is none, or while the destination is asked about it. */
  #openNext(): LoadCursor | null {
    const held = this.#leases.head
    if (held === undefined || held.cursor === null) return null
    this.#cursor = held.cursor
    this.record = held.cursor.record
    this.held = held
    this.applied = this.#open.get(held) ?? null
    this.#open.delete(held)
    return held.cursor
  }
}

/** @returns How the records of a load's lease are cut and encoded. */
export function formatOf({ id, data }: Lease): RecordFormat {
  if (data.type === 'batch' && data.format !== undefined) return data.format
  if (data.type === 'range' && 'records' in data.input) return data.input.records
  throw new Error(`lease ${id} does not say how its records are read`)
}
