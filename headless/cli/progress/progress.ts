import type { RunEvent } from '../../../shared/model/run.ts'

/** Shows a run while it goes on; on standard error, never on standard output. */
export interface Progress {
  take(event: RunEvent): void
  /** A sentence that stays, such as what a signal asked for. */
  note(text: string): void
  /** Gives the terminal back; nothing is written afterwards. */
  close(): void
}

export const noProgress: Progress = { take: () => undefined, note: () => undefined, close: () => undefined }
