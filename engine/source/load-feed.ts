import { JobError } from '../../shared/model/error.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { LOAD_BATCH_BYTES, LOAD_BATCH_RECORDS } from './limits.ts'
import { packWindow } from './load-batch.ts'
import { creditsOf } from './reader-protocol.ts'
import type { RecordWindow } from './record-blocks.ts'

export interface FedRecords {
  readonly firstIndex: number
  readonly count: number
  readonly payload: Uint8Array<ArrayBuffer>
  readonly format: RecordFormat
}

/** Hands on windows of records in batches, as long as there are credits: a batch may cost more than is left. */
export class LoadFeed {
  /** Index of the next record. */
  nextIndex = 0
  readonly #send: (batch: FedRecords) => void
  #credits = 0
  #waiting: PromiseWithResolvers<void> | null = null
  #isStopped = false

  constructor(send: (batch: FedRecords) => void) {
    this.#send = send
  }

  credit(records: number): void {
    this.#credits += records
    this.#waiting?.resolve()
    this.#waiting = null
  }

  stop(): void {
    this.#isStopped = true
    this.#waiting?.resolve()
    this.#waiting = null
  }

  /** The window may be reused once this resolves. @throws JobError `E_CANCELLED` once {@link stop} was called. */
  async send(window: RecordWindow, format: RecordFormat): Promise<void> {
    const { extents } = window
    for (let at = 0; at < extents.count;) {
      await this.#credit()
      const count = recordsOfBatch(window, at)
      const payload = packWindow(window, at, count)
      this.#credits -= creditsOf(count, payload.length, true)
      const firstIndex = this.nextIndex
      this.nextIndex += count
      at += count
      this.#send({ firstIndex, count, payload, format })
    }
  }

  async #credit(): Promise<void> {
    for (;;) {
      if (this.#isStopped) throw new JobError('E_CANCELLED', 'reading was stopped')
      if (this.#credits > 0) return
      this.#waiting ??= Promise.withResolvers<void>()
      await this.#waiting.promise
    }
  }
}

/** @returns How many records from `first` on fit into one batch; at least one, which is alone when it is too long. */
function recordsOfBatch({ extents, lostAt }: RecordWindow, first: number): number {
  if (first === 0 && lostAt >= 0) return 1
  const most = Math.min(extents.count, first + LOAD_BATCH_RECORDS)
  const endByte = (extents.starts[first] as number) + LOAD_BATCH_BYTES
  let end = first + 1
  while (end < most && (extents.ends[end] as number) <= endByte) end += 1
  return end - first
}
