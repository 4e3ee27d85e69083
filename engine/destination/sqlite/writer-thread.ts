import type { DatabaseSync } from 'node:sqlite'
import { failureOf } from '../../../shared/model/error.ts'
import { nowMs } from '../../worker/clock.ts'
import { BatchStore } from './batch-store.ts'
import { openForWriting } from './open-database.ts'
import { failureOfFault, faultOf, sqliteError } from './sqlite-fault.ts'
import type { FromWriterThread, ToWriterThread, WriterThreadData } from './writer-protocol.ts'

export interface WriterThreadPort {
  post(message: FromWriterThread, transfer?: readonly ArrayBuffer[]): void
  onMessage(listener: (message: ToWriterThread) => void): void
  close(): void
}

/** Besides the time that SQLite itself waits for a lock. */
const RETRY_MS = 100

/**
 * Main part of the thread that writes a database for one worker. SQLite's calls block: the worker reads and packs the
 * next batch meanwhile.
 *
 * Messages are worked off in their order. What another program, or a full disk, stands in the way of is tried again until it
 * succeeds or the thread is ended; anything else that fails is told as `failed`.
 */
export function serveWriter(port: WriterThreadPort, data: WriterThreadData): void {
  const thread = new WriterThread(port, data)
  port.onMessage(message => thread.take(message))
  thread.start()
}

class WriterThread {
  readonly #port: WriterThreadPort
  readonly #data: WriterThreadData
  #database: DatabaseSync | null = null
  #store: BatchStore | null = null
  readonly #queue: ToWriterThread[] = []
  #stalledSinceMs: number | null = null
  #hasEnded = false

  constructor(port: WriterThreadPort, data: WriterThreadData) {
    this.#port = port
    this.#data = data
  }

  start(): void {
    this.#work()
  }

  take(message: ToWriterThread): void {
    this.#queue.push(message)
    if (this.#store !== null && this.#stalledSinceMs === null) this.#work()
  }

  #work(): void {
    try {
      if (this.#store === null) this.#open()
      for (let [message] = this.#queue; message !== undefined; [message] = this.#queue) {
        if (this.#hasEnded) return
        this.#handle(message)
        this.#queue.shift()
        this.#stalledSinceMs = null
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  #open(): void {
    this.#database ??= openForWriting(this.#data.path)
    this.#store = new BatchStore(this.#database, this.#data)
    this.#stalledSinceMs = null
    this.#port.post({ type: 'ready' })
  }

  #handle(message: ToWriterThread): void {
    const store = this.#store as BatchStore
    switch (message.type) {
      case 'slots':
        store.useSlots(message.slots)
        return this.#port.post({ type: 'slots.ready' })
      case 'lease':
        return store.positions.openLease(message.first, message.step, message.next)
      case 'batch': {
        const { first, step, next, tasks, batch, refused } = message
        const failures = store.write({ span: { first, step, next }, tasks, batch, refused })
        const { bytes, lengths, indexes } = batch
        return this.#port.post({ type: 'settled', failures, batch }, [
          bytes.buffer,
          lengths.buffer,
          indexes.buffer,
        ])
      }
      case 'close':
        return this.#end()
    }
  }

  #failed(error: unknown): void {
    const [message] = this.#queue
    const neededBytes = message?.type === 'batch' ? message.batch.bytes.length : 0
    const fault = faultOf(error, this.#data.path, neededBytes)
    if (fault?.kind === 'wait') {
      this.#stalledSinceMs ??= nowMs()
      const sinceMs = nowMs() - this.#stalledSinceMs
      this.#port.post({ type: 'stalled', failure: failureOfFault(fault), sinceMs })
      setTimeout(() => this.#work(), RETRY_MS)
      return
    }
    const { code, message: reason } = failureOf(sqliteError(error, this.#data.path))
    this.#port.post({ type: 'failed', code, message: reason })
    this.#end()
  }

  #end(): void {
    this.#hasEnded = true
    this.#database?.close()
    this.#port.close()
  }
}
