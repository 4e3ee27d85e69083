import type { RecordView } from '../load/record-view.ts'
import type { Refusal } from '../source/cursor.ts'
import type { DestinationWriter, SentBatch, WriterContext } from './destination.ts'

const MOST_RECORDS = 5_000
const MOST_BYTES = 2 ** 20
const BATCHES = 64

/** What a writer that sends nothing does with a record. */
export interface LocalEncoder {
  /** @returns Why the record cannot be written. */
  encode(record: RecordView): Refusal | null
}

/**
 * A writer for what nothing has to be waited for. Batches settle in their order, with the next turn of the event loop,
 * so that they are in flight as they would be elsewhere.
 */
export class LocalWriter implements DestinationWriter {
  readonly most: { readonly records: number; readonly bytes: number }
  readonly batches = BATCHES
  openBytes = 0
  readonly #encoder: LocalEncoder
  readonly #context: WriterContext
  readonly #sent: SentBatch[] = []
  #timer: NodeJS.Immediate | null = null

  /** @param batch Most records of a batch; `null` for as many as do well. */
  constructor(encoder: LocalEncoder, batch: number | null, context: WriterContext) {
    this.#encoder = encoder
    this.#context = context
    this.most = { records: batch ?? MOST_RECORDS, bytes: MOST_BYTES }
  }

  /** Nothing of a lease can have been applied before: what counts is what settled. */
  openLease(): Promise<null> {
    return Promise.resolve(null)
  }

  add(record: RecordView): Refusal | null {
    const refusal = this.#encoder.encode(record)
    if (refusal === null) this.openBytes += record.textEnd - record.textStart
    return refusal
  }

  send(batch: SentBatch): void {
    this.openBytes = 0
    this.#sent.push(batch)
    this.#timer ??= setImmediate(() => this.#settle())
  }

  abort(): void {
    if (this.#timer !== null) clearImmediate(this.#timer)
    this.#timer = null
    for (const batch of this.#sent.splice(0)) batch.cancel()
  }

  close(): Promise<void> {
    this.abort()
    return Promise.resolve()
  }

  #settle(): void {
    this.#timer = null
    for (const batch of this.#sent.splice(0)) batch.settle([])
    this.#context.onRoom()
  }
}
