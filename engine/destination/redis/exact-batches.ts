import { COUNTER, type Counters } from '../../../shared/model/counters.ts'
import { JobError } from '../../../shared/model/error.ts'
import type { AppliedRecords, AppliedSpan, SentBatch } from '../destination.ts'
import { AppliedTasks, parseFailure } from './applied.ts'
import type { BatchBuffer, BufferPool } from './batch-buffer.ts'
import type { RedisConnection } from './connection.ts'
import { ExactBatch, ExactLease } from './exact-batch.ts'
import { EXACT_SCRIPT, EXACT_SHA, type ExactAnswer, type ScriptFailures } from './exact-script.ts'
import { fieldsOf } from './fence.ts'
import { must } from './greeting.ts'
import type { ScriptEncoder } from './record-encoder.ts'
import { LeaseStates, readPositions } from './redis-batch.ts'
import { failedTaskOf, failureField, spanOf } from './run-hash.ts'
import { changedDestination, faultOf, jobErrorOf, ServerError } from './server-fault.ts'
import type { BatchLane, RedisSession } from './session.ts'

export interface ExactOptions {
  readonly session: RedisSession
  readonly encoder: ScriptEncoder
  readonly pool: BufferPool
  readonly counters: Counters
  /** Name of the command of every record. */
  readonly command: string
}

/** Fields asked for at once. */
const PAGE_FIELDS = 200
const PAGE_BYTES = 2 ** 20

/**
 * Batches of commands that must be executed once. Each is one call of {@link EXACT_SCRIPT} that goes ahead only when the
 * position is where the batch before it left it: so several of a lease can be under way, and none can overtake, repeat
 * or skip another. After a lost connection the stored position says what was applied.
 */
export class ExactBatches implements BatchLane {
  readonly isFencedByScript = true
  readonly #options: ExactOptions
  readonly #leases = new LeaseStates((first, step) => new ExactLease(first, step))
  readonly #queue: ExactBatch[] = []
  #connection: RedisConnection | null = null
  #registration = ''
  #isHeld = false
  /** After a hold: one batch at a time until one succeeds. */
  #isProbing = false

  constructor(options: ExactOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  async prepare(connection: RedisConnection): Promise<void> {
    const doing = 'run a script, which writing every record once needs (+evalsha +script|load)'
    await must(connection, ['SCRIPT', 'LOAD', EXACT_SCRIPT], doing)
    // Nobody is registered by this name, so it answers without having changed anything.
    const { key } = this.#options.session
    await must(connection, ['EVALSHA', EXACT_SHA, '1', key, '-', '-', '-', '-', '-', '-'], doing)
  }

  async attach(connection: RedisConnection, registration: string): Promise<void> {
    const leases = [...new Set(this.#queue.map(batch => batch.lease))]
    const stored = await readPositions(connection, this.#options.session.key, leases)
    leases.forEach((lease, at) => this.#sync(lease, stored[at] ?? null))
    const sent = this.#queue.filter(({ isSent }) => isSent)
    const failures: ScriptFailures[] = []
    for (const batch of sent) failures.push(await this.#readFailures(batch, connection))
    // Nothing of the batches changes before all is read: the connection may be lost meanwhile.
    sent.forEach((batch, at) => batch.resume(failures[at] ?? [], this.#options.encoder))
    this.#registration = registration
    this.#connection = connection
    this.#isHeld = false
    this.#isProbing = false
    for (const batch of sent) if (batch.isApplied) this.#settle(batch)
    this.pump()
  }

  detach(): void {
    this.#connection = null
  }

  /** @returns What the destination holds of the tasks of all leases. */
  async openLease(
    connection: RedisConnection,
    lease: { readonly first: number; readonly step: number },
  ): Promise<AppliedRecords> {
    const { key } = this.#options.session
    const spans: AppliedSpan[] = []
    const failures = new Map<number, string>()
    for await (const [field, value] of fieldsOf(connection, key, '[pf]:*')) {
      const span = spanOf(field, value)
      if (span) spans.push(span)
      const task = failedTaskOf(field)
      if (task !== null && task >= lease.first && (task - lease.first) % lease.step === 0)
        failures.set(task, value)
    }
    const state = this.#leases.of(lease.first, lease.step)
    const own = spans.find(span => span.first === lease.first && span.step === lease.step)
    state.stored = own?.next ?? null
    state.rest()
    return new AppliedTasks(spans, failures)
  }

  push(batch: SentBatch, buffer: BatchBuffer): void {
    const lease = this.#leases.of(batch.first, batch.step)
    this.#queue.push(new ExactBatch(this, { batch, lease, buffer }))
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
    if (this.#isProbing && this.#queue.some(({ isSent }) => isSent)) return
    for (const batch of this.#queue) {
      if (batch.isSent || batch.lease.isBroken) continue
      this.#write(batch, connection)
      if (this.#isProbing) return
    }
  }

  answered(batch: ExactBatch, answer: ExactAnswer): void {
    const { session, encoder } = this.#options
    switch (answer.kind) {
      case 'done':
        batch.lease.stored = batch.position
        batch.took(answer.failures)
        batch.lease.landed()
        this.#isProbing = false
        session.flows()
        this.#settle(batch)
        return
      case 'gone':
        session.fail(changedDestination(session.key, 'the registration of this connection is gone'))
        return
      case 'moved':
        if (this.#isFirst(batch)) session.fail(this.#movedAway(batch, answer.stored))
        batch.requeue()
        batch.lease.landed()
        return
      case 'part':
        batch.took(answer.failures)
        batch.skip(answer.task, encoder)
        batch.lease.stored = answer.task
        this.#obstructed(batch, answer.text)
        return
      case 'fault':
        this.#obstructed(batch, answer.text)
    }
  }

  /** The script itself failed. */
  refused(batch: ExactBatch, text: string): void {
    const { session } = this.#options
    if (text.includes('WRONGTYPE')) session.fail(changedDestination(session.key, 'the key is no hash'))
    else if (faultOf(text) === 'data')
      session.fail(new JobError('E_INTERNAL', `the script that writes a batch failed: ${text}`))
    else this.#obstructed(batch, text)
  }

  #obstructed(batch: ExactBatch, text: string): void {
    const { session } = this.#options
    batch.requeue()
    batch.lease.landed()
    const fault = faultOf(text)
    this.#isHeld = true
    if (fault === 'script' && this.#connection) void this.#reload(this.#connection)
    else if (fault === 'destination' || fault === 'connection') session.hold(text)
    else session.fail(jobErrorOf(text, 'write the records'))
  }

  async #reload(connection: RedisConnection): Promise<void> {
    try {
      await connection.call(['SCRIPT', 'LOAD', EXACT_SCRIPT])
    } catch (error) {
      if (error instanceof ServerError) this.#options.session.hold(error.message)
      return
    }
    if (this.#connection === connection) this.retry()
  }

  #write(batch: ExactBatch, connection: RedisConnection): void {
    const { session, counters, command } = this.#options
    const { key, field } = session
    if (batch.isAgain) counters[COUNTER.recordsSent]! += batch.buffer.records
    const bytes = batch.bytes(command, { key, field, registration: this.#registration })
    counters[COUNTER.bytesWire]! += bytes.length
    connection.send(bytes, batch)
  }

  /** Compares what the server holds with what may have happened on the lost connection. */
  #sync(lease: ExactLease, stored: number | null): void {
    const sent = this.#queue.filter(batch => batch.lease === lease && batch.isSent)
    const most = sent.reduce((next, batch) => Math.max(next, batch.position), lease.stored ?? 0)
    if (stored === null ? lease.stored !== null : stored < (lease.stored ?? 0) || stored > most)
      throw changedDestination(
        this.#options.session.key,
        `the position ${lease.field} is ${stored ?? 'gone'} and was ${lease.stored ?? 'not there'}`,
      )
    lease.stored = stored
    lease.rest()
  }

  /** @returns What the server has against records of the batch that were applied, by their place in the buffer. */
  async #readFailures(batch: ExactBatch, connection: RedisConnection): Promise<ScriptFailures> {
    const stored = batch.lease.stored ?? -1
    const { tasks, records } = batch.batch
    const applied = tasks.subarray(records - batch.buffer.records, records).filter(task => task < stored)
    const failures: [record: number, message: string][] = []
    for (let at = 0; at < applied.length; at += PAGE_FIELDS) {
      const fields = Array.from(applied.subarray(at, at + PAGE_FIELDS), failureField)
      const command = ['HMGET', this.#options.session.key, ...fields]
      const values = await must(connection, command, 'read what it wrote before', PAGE_BYTES)
      if (Array.isArray(values))
        values.forEach((value, place) => {
          if (typeof value === 'string') failures.push([at + place, parseFailure(value).message])
        })
    }
    return failures
  }

  #settle(batch: ExactBatch): void {
    const at = this.#queue.indexOf(batch)
    if (at < 0) return
    this.#queue.splice(at, 1)
    this.#options.pool.give(batch.buffer)
    batch.batch.settle(batch.failures)
  }

  #isFirst(batch: ExactBatch): boolean {
    return this.#queue.find(({ lease }) => lease === batch.lease) === batch
  }

  #movedAway(batch: ExactBatch, stored: string): JobError {
    return changedDestination(
      this.#options.session.key,
      `the position ${batch.lease.field} is ${stored === '' ? 'gone' : stored} and was ${batch.lease.stored ?? 'not there'}`,
    )
  }
}
