import { LOAD_LAYOUT } from '../../shared/model/record-layout.ts'
import type { RecordFailure, SentBatch } from '../destination/destination.ts'
import type { RecordView } from '../load/record-view.ts'
import type { Refusal } from '../source/cursor.ts'
import type { HeldLoad } from './bulk-intake.ts'
import { IndexList } from './index-list.ts'
import { Lane } from './lane.ts'
import { RecordNotes } from './record-notes.ts'
import { SpanList } from './span-list.ts'

export interface BatchOwner {
  written(batch: LoadBatch): void
  settled(batch: LoadBatch, failures: readonly RecordFailure[]): void
  cancelled(batch: LoadBatch): void
}

/** Why a record of a batch was not handed to the destination. */
export interface RefusedRecord {
  readonly refusal: Refusal
  readonly outcome: number
}

/**
 * Consecutive records of one lease on their way to the destination: those that were added there, and those that were
 * refused or are there already, which settle together with them.
 *
 * *free* → `begin` → *open*, takes records → `close` → *closed*, waits for its permit → `sent` → *in flight* →
 * `settle` or `cancel`, which tell the owner, who takes what it needs → *free*.
 */
export class LoadBatch implements SentBatch {
  first = 0
  step = 1
  from = 0
  next = 0
  tasks: Float64Array = new Float64Array(0)
  held: HeldLoad | null = null
  /** The batch's lane in the timeline, and the carrier of its rows. */
  readonly lane: Lane
  readonly added = new RecordNotes()
  readonly refused = new RecordNotes()
  readonly refusals: RefusedRecord[] = []
  /** One a record that was added, for destinations that follow the segments; else empty. */
  readonly outputs: string[] = []
  /** Records that the destination took earlier. */
  applied = 0
  /** Whether something of the batch is news to the destination. */
  needsSending = false
  isClosed = false
  openedAtMs = 0
  closedAtMs = 0
  sentAtMs = 0
  cpuMs = 0
  readonly #owner: BatchOwner
  readonly #spans = new SpanList()
  readonly #indexes = new IndexList()
  #isInFlight = false
  #isWritten = false

  constructor(number: number, owner: BatchOwner) {
    this.#owner = owner
    this.lane = new Lane(number, LOAD_LAYOUT, () => undefined)
  }

  /** Records that were added to the destination. */
  get records(): number {
    return this.added.length
  }

  /** Records that settle with this batch. */
  get count(): number {
    return this.added.length + this.refused.length + this.applied
  }

  get rawBytes(): number {
    return this.added.rawBytes + this.refused.rawBytes
  }

  /** @param from Where the batch of this lease that was sent before ended. */
  begin(held: HeldLoad, from: number, nowMs: number): void {
    this.held = held
    this.first = held.lease.first
    this.step = held.lease.step
    this.from = from
    this.next = from
    this.openedAtMs = nowMs
  }

  add(record: RecordView): void {
    this.added.add(record)
    this.needsSending = true
    this.#note(record.taskIndex)
  }

  /** The record ends with this outcome without being added, and the destination's position has to say that it is done. */
  refuse(record: RecordView, refusal: Refusal, outcome: number): void {
    this.#refuse(record, refusal, outcome)
    this.needsSending = true
  }

  /** The destination holds the record already; with `refusal`, it refused it then. */
  pass(record: RecordView, refusal: RefusedRecord | null): void {
    if (refusal === null) {
      this.applied += 1
      this.#note(record.taskIndex)
    } else this.#refuse(record, refusal.refusal, refusal.outcome)
  }

  close(nowMs: number): void {
    this.closedAtMs = nowMs
    this.tasks = this.added.tasks()
    this.isClosed = true
  }

  /** The batch is handed to the destination, or settles at once. */
  sent(nowMs: number): void {
    this.sentAtMs = nowMs
    this.#isInFlight = true
    this.#isWritten = false
  }

  /** Whether the batch waits for nothing but its position. */
  get isWritten(): boolean {
    return this.#isWritten
  }

  written(): void {
    if (!this.#isInFlight || this.#isWritten)
      throw new Error(`the batch from task ${this.from} on was written twice`)
    this.#isWritten = true
    this.#owner.written(this)
  }

  settle(failures: readonly RecordFailure[]): void {
    this.#land()
    this.#owner.settled(this, failures)
  }

  cancel(): void {
    this.#land()
    this.#owner.cancelled(this)
  }

  /** Marks all tasks of the batch as settled in its lease. */
  report(): void {
    const held = this.held!
    if (this.step === 1) this.#spans.forEach((first, end) => held.spans.add(first, end))
    else this.#indexes.forEach(index => held.settled.push(index))
    held.open -= this.count
  }

  /** Makes the batch free for another use. */
  clear(): void {
    this.held = null
    this.tasks = this.tasks.subarray(0, 0)
    this.added.clear()
    this.refused.clear()
    this.refusals.length = 0
    this.outputs.length = 0
    this.applied = 0
    this.needsSending = false
    this.isClosed = false
    this.cpuMs = 0
    this.#spans.clear()
    this.#indexes.clear()
  }

  #refuse(record: RecordView, refusal: Refusal, outcome: number): void {
    this.refused.add(record)
    this.refusals.push({ refusal, outcome })
    this.#note(record.taskIndex)
  }

  #note(task: number): void {
    this.next = task + 1
    if (this.step === 1) this.#spans.add(task, task + 1)
    else this.#indexes.push(task)
  }

  #land(): void {
    if (!this.#isInFlight) throw new Error(`the batch of tasks ${this.from} to ${this.next} settled twice`)
    this.#isInFlight = false
  }
}
