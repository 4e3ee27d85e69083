import { Worker } from 'node:worker_threads'
import { JobError } from '../../../shared/model/error.ts'
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './writer-protocol.ts'

/** What a thread makes of a batch lives until the batch is written. */
const SMALL_NURSERY = { maxYoungGenerationSizeMb: 12 }

/** The worker's end of the thread that writes. */
export class WriterLink {
  readonly #thread: Worker
  readonly #exited: Promise<unknown>

  /** @param onLost The thread is gone without being asked to. */
  constructor(
    entry: URL,
    data: WriterThreadData,
    on: { readonly message: (message: FromWriterThread) => void; readonly lost: (error: JobError) => void },
  ) {
    let isOver = false
    this.#thread = new Worker(entry, { workerData: data, stdin: false, resourceLimits: SMALL_NURSERY })
    const lose = (error: unknown): void => {
      if (isOver) return
      isOver = true
      const reason = error instanceof Error ? error.message : String(error)
      on.lost(new JobError('E_INTERNAL', `the thread that writes ${data.path} ended: ${reason}`))
    }
    this.#thread.on('message', (message: FromWriterThread) => {
      if (isOver) return
      if (message.type === 'failed') isOver = true
      on.message(message)
    })
    this.#thread.on('error', lose)
    this.#exited = new Promise(resolve => {
      this.#thread.once('exit', code => {
        lose(`exit code ${code}`)
        resolve(code)
      })
    })
    this.#giveUp = () => {
      isOver = true
    }
  }

  readonly #giveUp: () => void

  post(message: ToWriterThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer)
  }

  /** Ends the thread, whatever it is doing; SQLite takes an open transaction back. */
  async kill(): Promise<void> {
    this.#giveUp()
    await this.#thread.terminate()
  }

  /** Lets the thread finish what it was given. */
  async close(): Promise<void> {
    this.#giveUp()
    this.post({ type: 'close' })
    await this.#exited
  }
}
