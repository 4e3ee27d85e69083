import { groupDigits } from '../../shared/locales/translate.ts'
import { COUNTER } from '../../shared/model/counters.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { DestinationWriter, RecordFailure } from '../destination/destination.ts'
import { Semaphore } from '../schedule/semaphore.ts'
import { Appetite } from './appetite.ts'
import { BatchFiller } from './batch-filler.ts'
import { recordBatch } from './batch-rows.ts'
import type { BulkIntake, HeldLoad } from './bulk-intake.ts'
import type { Faults } from './faults.ts'
import { LoadBatch } from './load-batch.ts'
import type { Recorder } from './recorder.ts'
import type { StartsFile } from './starts-file.ts'

/** How long records may hold the loop before messages are let in. */
const TURN_MS = 8

/** The clock is read after this many records, or bytes of them. */
const RECORDS_PER_LOOK = 256
const BYTES_PER_LOOK = 256 * 2 ** 10

export interface BulkParts {
  /** Most batches in flight. */
  readonly permits: number
  readonly nowMs: () => number
  readonly intake: BulkIntake
  readonly recorder: Recorder
  readonly starts: StartsFile
  readonly faults: Faults
  /** Earlier tasks are settled before later ones are written. */
  readonly isOrdered: boolean
  /** Whether reports are so far behind that nothing more may settle. */
  readonly isCongested: () => boolean
  /** Few unread tasks are left. */
  readonly onWant: () => void
  /** Nothing is in flight, and nothing will be without a message: for the reasons of `Runtime`, or to keep the order. */
  readonly onIdle: () => void
}

/**
 * Moves the records of a load: adds them to the destination's writer, and sends them in batches, as many at a time as
 * the semaphore has permits.
 *
 * A batch is closed when it is full, at the end of its lease, and when no more can be read and nothing is in flight, so
 * that a slow source holds nothing back. A turn ends after {@link TURN_MS}, so that messages always get in.
 */
export class BulkRuntime {
  readonly semaphore: Semaphore
  readonly #parts: BulkParts
  readonly #nowMs: () => number
  readonly #appetite: Appetite
  readonly #filler: BatchFiller
  #writer: DestinationWriter | null = null
  /** The batch that takes records, or waits to be sent. */
  #batch: LoadBatch | null = null
  /** Where the next batch of the current lease begins, for the destination. */
  #from = 0
  #leaseOfFrom: HeldLoad | null = null
  readonly #free: LoadBatch[] = []
  #batches = 0
  #unsettled = 0
  /** Batches that were sent and have not ended. */
  #underWay = 0
  /** Since when this turn's work belongs to the open batch. */
  #workSinceMs = 0
  #isPumping = false
  #isTurnOver = false
  #isPaused = false
  #hasGivenUp = false
  #horizon = 0
  #phase: Phase = PHASE.run

  constructor(parts: BulkParts) {
    this.#parts = parts
    this.#nowMs = parts.nowMs
    this.semaphore = new Semaphore(parts.permits)
    this.#appetite = new Appetite(parts.onWant)
    this.#filler = new BatchFiller(parts)
    parts.intake.onReadable = () => this.pump()
  }

  get phase(): Phase {
    return this.#phase
  }

  get hasGivenUp(): boolean {
    return this.#hasGivenUp
  }

  /** No lease can be open before. */
  use(writer: DestinationWriter): void {
    this.#writer = writer
    if (this.#phase >= PHASE.abort) writer.abort()
  }

  /** Batches whose data is under way. */
  get inFlight(): number {
    return this.semaphore.inFlight
  }

  /** As a view should show it: between two turns that read records one lane is busy all the same. */
  get busyLanes(): number {
    return Math.max(this.inFlight, this.#isTurnOver ? 1 : 0)
  }

  /** Records that were read but are not settled. */
  get waiting(): number {
    return this.#unsettled
  }

  /** What was read last; for people. */
  get current(): string | null {
    const { record } = this.#parts.intake
    return record === null || this.busyLanes === 0 ? null : `line ${groupDigits(record.line)}`
  }

  /** Tells how fast tasks settle, so that new leases are asked for in time. */
  noteSettledSince(elapsedMs: number): void {
    this.#appetite.noteSettledSince(elapsedMs)
  }

  /** A lease was granted: the next may be asked for again. */
  granted(): void {
    this.#appetite.granted()
    this.pump()
  }

  /** What was read before a pause is still sent. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.pump()
  }

  /** @param index The first task that is not settled, for loads that keep the order of the input. */
  setHorizon(index: number): void {
    this.#horizon = Math.max(this.#horizon, index)
    this.pump()
  }

  /** What was read but not sent when the phase rises stays unsettled. */
  setPhase(phase: Phase): void {
    if (phase <= this.#phase) return
    this.#phase = phase
    if (phase >= PHASE.abort) this.#writer?.abort()
    if (this.#underWay === 0) this.#parts.onIdle()
  }

  /** The destination may have forgotten what it had: nothing is sent any more, and nothing settles. */
  giveUp(): void {
    this.#hasGivenUp = true
  }

  close(): void {
    this.#hasGivenUp = true
  }

  /** Reads and sends until something bounds it. Safe to call at any time, also while a batch settles. */
  pump(): void {
    if (this.#isPumping || this.#isTurnOver) return
    this.#isPumping = true
    this.#workSinceMs = this.#nowMs()
    const endMs = this.#workSinceMs + TURN_MS
    while (this.#canGoOn && this.#step()) {
      if (this.#nowMs() < endMs) continue
      this.#isTurnOver = true
      setImmediate(() => {
        this.#isTurnOver = false
        this.pump()
      })
      break
    }
    if (this.#batch !== null && !this.#batch.isClosed) this.#batch.cpuMs += this.#nowMs() - this.#workSinceMs
    this.#isPumping = false
    if (this.#phase === PHASE.run) this.#appetite.askInTime(this.#parts.intake.unreadTasks)
    if (this.#isIdle) this.#parts.onIdle()
  }

  get #canGoOn(): boolean {
    return this.#phase === PHASE.run && !this.#hasGivenUp && this.#writer !== null
  }

  get #isIdle(): boolean {
    if (this.#isTurnOver || this.#underWay > 0) return false
    if (this.#phase !== PHASE.run || this.#hasGivenUp) return true
    if (this.#batch !== null) return this.#isBeforeItsTurn(this.#batch)
    const { intake } = this.#parts
    return intake.failure !== null || intake.unread === 0
  }

  /** @returns Whether there is more to do now. */
  #step(): boolean {
    const batch = this.#batch
    if (batch?.isClosed === true) return this.#trySend(batch)
    if (!this.#isPaused) return this.#read()
    if (batch !== null) this.#close(batch)
    return batch !== null
  }

  /** Reads some records. @returns Whether there is more to do now. */
  #read(): boolean {
    const { intake } = this.#parts
    const writer = this.#writer!
    let bytes = 0
    for (let count = 0; count < RECORDS_PER_LOOK && bytes < BYTES_PER_LOOK; count += 1) {
      const state = intake.next()
      if (state !== 'record') return this.#onNoRecord(state)
      const record = intake.record!
      bytes += record.byteLength
      const batch = this.#batch ?? this.#begin(intake.held!)
      this.#filler.take(batch, record, writer)
      this.#unsettled += 1
      const { most } = writer
      if (batch.count >= most.records || writer.openBytes >= most.bytes || batch.rawBytes >= most.bytes) {
        this.#close(batch)
        return true
      }
    }
    return true
  }

  #onNoRecord(state: 'wait' | 'leaseEnd' | 'end'): boolean {
    const batch = this.#batch
    if (batch === null) return state === 'leaseEnd'
    if (state === 'wait' && this.#underWay > 0) return false
    this.#close(batch)
    return true
  }

  #begin(held: HeldLoad): LoadBatch {
    const nowMs = this.#nowMs()
    this.#workSinceMs = nowMs
    if (this.#leaseOfFrom !== held) {
      this.#leaseOfFrom = held
      this.#from = held.lease.first
    }
    const batch = this.#free.pop() ?? this.#makeBatch()
    batch.begin(held, this.#from, nowMs)
    this.#batch = batch
    return batch
  }

  #makeBatch(): LoadBatch {
    this.#batches += 1
    return new LoadBatch(this.#batches - 1, {
      written: () => this.#written(),
      settled: (batch, failures) => this.#settled(batch, failures),
      cancelled: batch => this.#release(batch),
    })
  }

  #close(batch: LoadBatch): void {
    const nowMs = this.#nowMs()
    batch.cpuMs += nowMs - this.#workSinceMs
    batch.close(nowMs)
    this.#parts.recorder.counters[COUNTER.recordsRead]! += batch.count
  }

  /** @returns Whether the batch was sent. */
  #trySend(batch: LoadBatch): boolean {
    if (this.#parts.isCongested() || this.#isBeforeItsTurn(batch)) return false
    const writer = this.#writer!
    if (this.#underWay >= writer.batches || (this.#parts.isOrdered && this.inFlight > 0)) return false
    if (!this.semaphore.tryAcquire()) return false
    this.#batch = null
    this.#underWay += 1
    batch.sent(this.#nowMs())
    if (batch.needsSending) {
      this.#from = batch.next
      this.#parts.recorder.counters[COUNTER.recordsSent]! += batch.records
      writer.send(batch)
    } else batch.settle([])
    return true
  }

  /** Whether the batch begins its lease, and tasks before it are not settled that have to be. */
  #isBeforeItsTurn(batch: LoadBatch): boolean {
    return this.#parts.isOrdered && batch.from === batch.first && batch.first > this.#horizon
  }

  /** The destination may have the next batch while it notes the position of this one. */
  #written(): void {
    this.semaphore.release()
    this.pump()
  }

  #settled(batch: LoadBatch, failures: readonly RecordFailure[]): void {
    if (!this.#hasGivenUp) {
      recordBatch(this.#parts.recorder, batch, failures, this.#nowMs())
      batch.report()
      this.#appetite.settled += batch.count
      // The supervisor will say so too, but a worker that goes on with its own tasks need not wait for it.
      if (batch.step === 1 && batch.from <= this.#horizon) this.#horizon = Math.max(this.#horizon, batch.next)
    }
    this.#release(batch)
  }

  #release(batch: LoadBatch): void {
    const wasWritten = batch.isWritten
    this.#unsettled -= batch.count
    batch.clear()
    this.#free.push(batch)
    this.#underWay -= 1
    if (!wasWritten) this.semaphore.release()
    this.pump()
  }
}
