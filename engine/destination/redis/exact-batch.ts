import { printable } from '../../../shared/model/error.ts'
import type { RecordFailure, SentBatch } from '../destination.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { OwedReplies } from './connection.ts'
import { answerOf, EXACT_SHA, FAILURE_BYTES, type ExactAnswer, type ScriptFailures } from './exact-script.ts'
import type { ScriptEncoder } from './record-encoder.ts'
import { LeaseState } from './redis-batch.ts'
import { REPLY_BYTES, type ReplyValue } from './reply-parser.ts'
import { commandBytes } from './resp.ts'
import { ProtocolError } from './server-fault.ts'

export class ExactLease extends LeaseState {
  /** The position once everything under way is done: what the next batch expects. */
  chained: number | null = null
  underWay = 0
  /** A batch failed: those behind it answer `moved`, and nothing is sent until they have. */
  isBroken = false

  /** The answer to one batch came. */
  landed(): void {
    this.underWay -= 1
    if (this.underWay === 0) this.rest()
  }

  /** Nothing of the lease is under way. */
  rest(): void {
    this.underWay = 0
    this.isBroken = false
    this.chained = this.stored
  }
}

interface ExactOwner {
  answered(batch: ExactBatch, answer: ExactAnswer): void
  refused(batch: ExactBatch, text: string): void
}

export class ExactBatch extends OwedReplies {
  readonly batch: SentBatch
  readonly lease: ExactLease
  readonly buffer: BatchBuffer
  isSent = false
  /** It was sent before. */
  isAgain = false
  isApplied = false
  /** The position once it is done. */
  position = 0
  readonly failures: RecordFailure[] = []
  readonly #owner: ExactOwner
  /** Records that were applied before and are in the buffer no more. */
  #skipped = 0

  constructor(
    owner: ExactOwner,
    { batch, lease, buffer }: { batch: SentBatch; lease: ExactLease; buffer: BatchBuffer },
  ) {
    super()
    this.#owner = owner
    this.batch = batch
    this.lease = lease
    this.buffer = buffer
    this.limitBytes = REPLY_BYTES + buffer.records * FAILURE_BYTES
  }

  /** @returns The command, chained behind the batch before. */
  bytes(
    command: string,
    hash: { readonly key: string; readonly field: string; readonly registration: string },
  ): Buffer {
    const { lease, buffer, batch } = this
    const expected = lease.chained === null ? '' : String(lease.chained)
    this.position = Math.max(lease.chained ?? 0, batch.next)
    this.replies = 1
    this.isSent = true
    lease.chained = this.position
    lease.underWay += 1
    const own = [hash.field, hash.registration, lease.field, expected, String(this.position), command]
    return buffer.withHeader(commandBytes(['EVALSHA', EXACT_SHA, '1', hash.key, ...own], buffer.arguments))
  }

  /** It was not applied and is sent again, after what is before it. */
  requeue(): void {
    this.isSent = false
    this.isAgain = true
    this.lease.isBroken = true
  }

  /** Everything below `task` was applied. */
  skip(task: number, encoder: ScriptEncoder): void {
    this.#skipped += encoder.skip(this.buffer, task)
  }

  /** It was under way when the connection was lost; the lease knows by now how far it got. */
  resume(failures: ScriptFailures, encoder: ScriptEncoder): void {
    const stored = this.lease.stored ?? -1
    this.isApplied = stored >= this.position
    this.isSent = false
    this.isAgain = true
    this.took(failures)
    this.skip(stored, encoder)
  }

  /** @param failures Places counted in what is in the buffer. */
  took(failures: ScriptFailures): void {
    for (const [record, message] of failures)
      this.failures.push({ at: this.#skipped + record, code: 'E_DEST_DATA', message: printable(message) })
  }

  override onValue(value: ReplyValue): void {
    const answer = answerOf(value)
    if (!answer) throw new ProtocolError('a reply that the script does not give')
    this.#owner.answered(this, answer)
  }

  override onError(text: string): void {
    this.#owner.refused(this, text)
  }
}
