import type { FromReader, ToReader } from '../source/reader-protocol.ts'

/** The supervisor's end of the reader, whatever carries it. */
export interface ReaderLink {
  post(message: ToReader): void
  onMessage(listener: (message: FromReader) => void): void
  /** Called once when it is gone; `null` when it left in order. */
  onExit(listener: (problem: string | null) => void): void
  close(): void
}
