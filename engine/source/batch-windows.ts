import type { LeaseData, RecordFormat } from '../worker/protocol.ts'
import { unpackWindow } from './load-batch.ts'
import type { RecordWindow } from './record-blocks.ts'
import type { RecordWindows } from './record-windows.ts'

/** The records that the reader packed into the lease itself: one window, for which nobody waits. */
export class BatchWindows implements RecordWindows {
  readonly firstIndex: number
  readonly isLast = true
  readonly failure = null
  readonly bytesRead = 0
  onReadable: (() => void) | null = null
  #window: RecordWindow | null

  constructor({ firstIndex, payload }: Extract<LeaseData, { type: 'batch' }>, format: RecordFormat) {
    this.firstIndex = firstIndex
    this.#window = unpackWindow(payload, format)
  }

  take(): RecordWindow | 'end' {
    const window = this.#window
    this.#window = null
    return window ?? 'end'
  }

  close(): void {
    this.#window = null
  }
}
