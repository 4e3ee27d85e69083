import { JobError } from '../../shared/model/error.ts'
import { BatchWriter } from './batch.ts'
import type { Refusal } from './cursor.ts'
import { BATCH_BYTES, MARK_RECORDS } from './limits.ts'
import { duplicate } from './refusals.ts'
import type { RecordSink } from './source.ts'
import type { UrlSet } from './url-set.ts'

/** A batch that is not full is sent after this time, in milliseconds: a slow producer's records do not wait. */
const LINGER_MS = 20

export interface FedBatch {
  readonly firstIndex: number
  readonly count: number
  readonly payload: Uint8Array<ArrayBuffer>
}

/**
 * Packs records into batches and hands them on, never more records than there are credits for.
 *
 * `add` may be called while there is room; without room it returns a promise that settles when credits have come, or
 * rejects with `E_CANCELLED` once {@link stop} was called.
 */
export class Feed implements RecordSink {
  /** Index of the next record. */
  nextIndex = 0
  readonly #send: (batch: FedBatch) => void
  readonly #seen: UrlSet | null
  readonly #batch = new BatchWriter()
  #credits = 0
  #timer: NodeJS.Timeout | null = null
  #waiting: PromiseWithResolvers<void> | null = null
  #isStopped = false

  /** @param seen URLs so far, to refuse what repeats one; `null` to take every record. */
  constructor(send: (batch: FedBatch) => void, seen: UrlSet | null) {
    this.#send = send
    this.#seen = seen
  }

  credit(records: number): void {
    this.#credits += records
    this.#waiting?.resolve()
    this.#waiting = null
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting?.reject(stopped())
    this.#waiting = null
  }

  add(value: string, line: number, refusal: Refusal | null): Promise<void> | null {
    if (this.#batch.count >= this.#credits || this.#isStopped) return this.#addLater(value, line, refusal)
    this.#put(value, line, refusal)
    return null
  }

  /** Hands on what is packed so far. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const { count } = this.#batch
    if (count === 0) return
    this.#credits -= count
    this.#send({ firstIndex: this.nextIndex - count, count, payload: this.#batch.take() })
  }

  async #addLater(value: string, line: number, refusal: Refusal | null): Promise<void> {
    while (this.#batch.count >= this.#credits || this.#isStopped) {
      if (this.#isStopped) throw stopped()
      this.#waiting ??= Promise.withResolvers<void>()
      await this.#waiting.promise
    }
    this.#put(value, line, refusal)
  }

  #put(value: string, line: number, refusal: Refusal | null): void {
    const isRepeated = refusal === null && this.#seen !== null && !this.#seen.add(value)
    this.#batch.add(value, line, isRepeated ? duplicate(line) : refusal)
    this.nextIndex += 1
    const { count, length } = this.#batch
    if (count >= MARK_RECORDS || length >= BATCH_BYTES || count >= this.#credits) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), LINGER_MS)
  }
}

const stopped = (): JobError => new JobError('E_CANCELLED', 'reading was stopped')
