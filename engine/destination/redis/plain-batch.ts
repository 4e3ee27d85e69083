import type { JobError } from '../../../shared/model/error.ts'
import type { RecordFailure, SentBatch } from '../destination.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { OwedReplies } from './connection.ts'
import { msetHeader } from './record-encoder.ts'
import type { LeaseState } from './redis-batch.ts'
import { behindArgument } from './resp.ts'
import { faultOf, jobErrorOf, ProtocolError } from './server-fault.ts'

export type PlainLease = LeaseState & {
  /** A position was written, though its reply may not have come. */
  isThere: boolean
}

interface PlainOwner {
  answered(batch: PlainBatch): void
  positioned(write: PositionWrite, added: number): void
  positionRefused(write: PositionWrite, text: string): void
  fail(error: JobError): void
}

/** See `PlainBatches` for the stages. */
export class PlainBatch extends OwedReplies {
  readonly batch: SentBatch
  readonly lease: PlainLease
  readonly buffer: BatchBuffer
  stage: 'queued' | 'sent' | 'written' | 'positioned' = 'queued'
  /** What the server refused, by place in the batch. */
  errors: [at: number, text: string][] = []
  /** Why the destination cannot write at all now. */
  obstacle: string | null = null
  failures: readonly RecordFailure[] = []
  /** It was sent before. */
  isAgain = false
  readonly #owner: PlainOwner
  /** Pairs become one `MSET`, or one `SET` each. */
  #form: 'pairs' | 'singles' | 'commands'
  readonly #isInteger: boolean
  #answered = 0
  #isTold = false

  constructor(
    owner: PlainOwner,
    given: {
      readonly batch: SentBatch
      readonly lease: PlainLease
      readonly buffer: BatchBuffer
      readonly answers: 'pairs' | 'ok' | 'integer'
    },
  ) {
    super()
    this.#owner = owner
    this.batch = given.batch
    this.lease = given.lease
    this.buffer = given.buffer
    this.#form = given.answers === 'pairs' ? 'pairs' : 'commands'
    this.#isInteger = given.answers === 'integer'
  }

  /** Goes back by what got lost: what was written stays written. */
  reset(): void {
    if (this.stage === 'sent') {
      this.stage = 'queued'
      this.isAgain = true
    }
    if (this.stage === 'positioned') this.stage = 'written'
    this.obstacle = null
  }

  /** @returns The whole commands, whose replies are counted from here on. */
  bytes(): Buffer {
    const { buffer } = this
    this.#answered = 0
    this.errors = []
    this.replies = this.#form === 'pairs' ? 1 : buffer.records
    if (this.#form === 'pairs') return buffer.withHeader(msetHeader(buffer.records))
    return this.#form === 'singles' ? singles(buffer) : buffer.bytes.subarray(buffer.start, buffer.end)
  }

  /** Told once: a position that has to be written again does not bring the data back. */
  tellWritten(): void {
    if (this.#isTold) return
    this.#isTold = true
    this.batch.written()
  }

  /** Whether the server refused the batch as one, so that the record at fault is not known. */
  failsWhole(): boolean {
    return this.#form === 'pairs' && this.errors.length > 0
  }

  splitUp(): void {
    this.#form = 'singles'
    this.stage = 'queued'
    this.isAgain = true
  }

  override onOk(): void {
    if (this.#isInteger) throw new ProtocolError('OK where a number was due')
    this.#answered += 1
  }

  override onInteger(): void {
    if (!this.#isInteger) throw new ProtocolError('a number where OK was due')
    this.#answered += 1
  }

  override onError(text: string): void {
    const fault = faultOf(text)
    if (fault === 'destination' || fault === 'connection') this.obstacle ??= text
    else if (fault === 'job' && (this.#form !== 'pairs' || !text.startsWith('NOPERM')))
      this.#owner.fail(jobErrorOf(text, 'write the records'))
    else this.errors.push([this.#answered, text])
    this.#answered += 1
  }

  override onDone(): void {
    this.#owner.answered(this)
  }
}

/** The positions behind written batches, on their way. */
export class PositionWrite extends OwedReplies {
  readonly batches: readonly PlainBatch[]
  /** Most fields that can be new. */
  mostAdded: number
  readonly #owner: PlainOwner

  constructor(owner: PlainOwner, batches: readonly PlainBatch[], mostAdded: number) {
    super()
    this.#owner = owner
    this.batches = batches
    this.mostAdded = mostAdded
  }

  override onInteger(added: number): void {
    this.#owner.positioned(this, added)
  }

  override onError(text: string): void {
    this.#owner.positionRefused(this, text)
  }
}

const SET = Buffer.from('*3\r\n$3\r\nSET\r\n')

/** @returns Pairs as one `SET` each. */
function singles(buffer: BatchBuffer): Buffer {
  const { bytes, start, end } = buffer
  const parts: Buffer[] = []
  for (let at = start; at < end;) {
    const next = behindArgument(bytes, behindArgument(bytes, at))
    parts.push(SET, bytes.subarray(at, next))
    at = next
  }
  return Buffer.concat(parts)
}
