import type { Failure } from '../../shared/model/error.ts'
import type { RecordWindow } from './record-blocks.ts'

/** Where a cursor of a load gets its records from, window by window. */
export interface RecordWindows {
  /** Index of the first record of the first window. */
  readonly firstIndex: number
  /** @returns The next window, valid until the next call; `wait` while bytes are read; `end` behind the last one or at a failure. */
  take(): RecordWindow | 'wait' | 'end'
  /** Whether the window taken last is followed by no other. */
  readonly isLast: boolean
  /** Why there is no further window; `null` at the end of the data. */
  readonly failure: Failure | null
  readonly bytesRead: number
  /** Called when it is worth trying again. */
  onReadable: (() => void) | null
  close(): void
}
