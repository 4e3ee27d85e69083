import { COUNTER, type Counters } from '../../../shared/model/counters.ts'
import type { JobError } from '../../../shared/model/error.ts'
import type { SentBatch } from '../destination.ts'
import type { BatchBuffer, BufferPool } from './batch-buffer.ts'
import type { RedisConnection } from './connection.ts'
import { PlainBatch, PositionWrite, type PlainLease } from './plain-batch.ts'
import type { CommandFinder } from './record-encoder.ts'
import { failuresOf, LeaseState, LeaseStates, readPositions } from './redis-batch.ts'
import { commandBytes } from './resp.ts'
import { changedDestination, faultOf, jobErrorOf } from './server-fault.ts'
import type { BatchLane, RedisSession } from './session.ts'

export interface PlainOptions {
  readonly session: RedisSession
  readonly finder: CommandFinder
  readonly pool: BufferPool
  readonly counters: Counters
  /** What the batches hold: pairs for one `MSET`, or commands that answer `OK` or a number. */
  readonly answers: 'pairs' | 'ok' | 'integer'
}

/**
 * Batches of commands that may be written twice. Each is *queued*, *sent* (its replies are awaited), *written* (they
 * came), *positioned* (the position behind it is on its way) and then settled, all in the order of the batches. A
 * position is only written when everything before it is: commands that come late on a lost connection are fenced, those
 * that got lost are sent again.
 */
export class PlainBatches implements BatchLane {
  readonly isFencedByScript = false
  readonly #options: PlainOptions
  readonly #leases = new LeaseStates<PlainLease>((first, step) =>
    Object.assign(new LeaseState(first, step), { isThere: false }),
  )
  readonly #queue: PlainBatch[] = []
  readonly #positions: PositionWrite[] = []
  #connection: RedisConnection | null = null
  #registration = ''
  #isHeld = false
  /** After a hold: one thing at a time until one succeeds. */
  #isProbing = false

  constructor(options: PlainOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  prepare(): Promise<void> {
    return Promise.resolve()
  }

  async attach(connection: RedisConnection, registration: string): Promise<void> {
    const leases = [...new Set(this.#queue.map(batch => batch.lease))]
    const stored = await readPositions(connection, this.#options.session.key, leases)
    leases.forEach((lease, at) => this.#sync(lease, stored[at] ?? null))
    for (const batch of this.#queue) batch.reset()
    this.#registration = registration
    this.#connection = connection
    this.#isHeld = false
    this.#isProbing = false
    this.pump()
  }

  detach(): void {
    this.#connection = null
    this.#positions.length = 0
  }

  /** Reads the position of a lease that another worker may have begun: it must never go back. */
  async openLease(
    connection: RedisConnection,
    { first, step }: { readonly first: number; readonly step: number },
  ): Promise<null> {
    const lease = this.#leases.of(first, step)
    const [stored] = await readPositions(connection, this.#options.session.key, [lease])
    lease.stored = stored ?? null
    lease.isThere = lease.stored !== null
    return null
  }

  push(batch: SentBatch, buffer: BatchBuffer): void {
    const lease = this.#leases.of(batch.first, batch.step)
    this.#queue.push(new PlainBatch(this, { batch, lease, buffer, answers: this.#options.answers }))
    this.pump()
  }

  retry(): void {
    this.#isHeld = false
    this.#isProbing = true
    this.pump()
  }

  cancel(): void {
    for (const { batch } of this.#queue.splice(0)) batch.cancel()
  }

  pump(): void {
    const connection = this.#connection
    if (connection === null || this.#isHeld) return
    if (this.#isProbing && this.#isBusy()) return
    this.#writePositions(connection)
    if (this.#isProbing && this.#isBusy()) return
    for (const batch of this.#queue) {
      if (batch.stage !== 'queued') continue
      this.#write(batch, connection)
      if (this.#isProbing) return
    }
  }

  /** All replies of a batch came. */
  answered(batch: PlainBatch): void {
    if (batch.obstacle !== null) return this.#hold(batch.obstacle, [batch])
    if (batch.failsWhole()) {
      // Which of the pairs is wrong is only known when each is a command of its own.
      batch.splitUp()
      return
    }
    batch.failures = failuresOf(batch.errors, batch.buffer, this.#options.finder)
    batch.stage = 'written'
    this.#flows()
    batch.tellWritten()
  }

  positioned(write: PositionWrite, added: number): void {
    this.#forget(write)
    if (added > write.mostAdded) {
      this.fail(changedDestination(this.#options.session.key, 'the positions are gone'))
      return
    }
    this.#flows()
    for (const batch of write.batches) {
      batch.lease.stored = Math.max(batch.lease.stored ?? 0, batch.batch.next)
      this.#settle(batch)
    }
  }

  positionRefused(write: PositionWrite, text: string): void {
    this.#forget(write)
    const fault = faultOf(text)
    if (fault === 'destination' || fault === 'connection') {
      // What this one should have added, the next one on its way may add.
      const [next] = this.#positions
      if (next) next.mostAdded += write.mostAdded
      else for (const { lease } of this.#queue) lease.isThere = lease.stored !== null
      this.#hold(text, write.batches)
    } else if (fault === 'job') this.fail(jobErrorOf(text, 'write its positions'))
    else this.fail(changedDestination(this.#options.session.key, `the position was refused (${text})`))
  }

  fail(error: JobError): void {
    this.#options.session.fail(error)
  }

  #sync(lease: PlainLease, stored: number | null): void {
    const most = this.#queue.reduce(
      (next, batch) => (batch.lease === lease ? Math.max(next, batch.batch.next) : next),
      lease.stored ?? 0,
    )
    if (stored === null ? lease.stored !== null : stored < (lease.stored ?? 0) || stored > most)
      throw changedDestination(
        this.#options.session.key,
        `the position ${lease.field} is ${stored ?? 'gone'} and was ${lease.stored ?? 'not there'}`,
      )
    lease.stored = stored
    lease.isThere = stored !== null
  }

  #write(batch: PlainBatch, connection: RedisConnection): void {
    const { counters } = this.#options
    const bytes = batch.bytes()
    batch.stage = batch.buffer.records === 0 ? 'written' : 'sent'
    if (batch.stage === 'written') return this.#writePositions(connection)
    if (batch.isAgain) counters[COUNTER.recordsSent]! += batch.buffer.records
    counters[COUNTER.bytesWire]! += bytes.length
    connection.send(bytes, batch)
  }

  /** One position for each lease, behind the last batch before which everything is written. */
  #writePositions(connection: RedisConnection): void {
    const batches: PlainBatch[] = []
    const next = new Map<PlainLease, number>()
    for (const batch of this.#queue) {
      if (batch.stage === 'positioned') continue
      if (batch.stage !== 'written') break
      batch.stage = 'positioned'
      batches.push(batch)
      const { lease } = batch
      next.set(lease, Math.max(lease.stored ?? 0, batch.batch.next))
    }
    if (batches.length === 0) return
    const { session } = this.#options
    // Written again although it is there: a registration that is new tells that the whole hash was gone.
    const command = ['HSET', session.key, session.field, this.#registration]
    let mostAdded = 0
    for (const [lease, position] of next) {
      command.push(lease.field, String(position))
      if (!lease.isThere) mostAdded += 1
      lease.isThere = true
    }
    const write = new PositionWrite(this, batches, mostAdded)
    this.#positions.push(write)
    connection.send(commandBytes(command), write)
  }

  #settle(batch: PlainBatch): void {
    const at = this.#queue.indexOf(batch)
    if (at < 0) return
    this.#queue.splice(at, 1)
    this.#options.pool.give(batch.buffer)
    batch.batch.settle(batch.failures)
  }

  #hold(text: string, batches: readonly PlainBatch[]): void {
    for (const batch of batches) batch.reset()
    this.#isHeld = true
    this.#options.session.hold(text)
  }

  #flows(): void {
    this.#isProbing = false
    this.#options.session.flows()
  }

  #forget(write: PositionWrite): void {
    const at = this.#positions.indexOf(write)
    if (at >= 0) this.#positions.splice(at, 1)
  }

  #isBusy(): boolean {
    return this.#positions.length > 0 || this.#queue.some(batch => batch.stage === 'sent')
  }
}
