import type { FromWorker, ToWorker } from './protocol.ts'

/** A worker's end of its link to the supervisor, whatever carries it. */
export interface WorkerPort {
  post(message: FromWorker): void
  onMessage(listener: (message: ToWorker) => void): void
  /** Ends this worker: its process or thread exits. */
  exit(): void
  /** See `WriterContext.sqliteThread`. */
  readonly sqliteThread?: URL
}
