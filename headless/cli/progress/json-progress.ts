import type { RunEvent } from '../../../shared/model/run.ts'
import { eventLine } from '../events.ts'
import type { Progress } from './progress.ts'

/** Ticks as JSON Lines on standard error, while results go to standard output. */
export const jsonProgress = (write: (text: string) => void): Progress => {
  let isClosed = false
  return {
    take: (event: RunEvent) => {
      if (!isClosed && event.type === 'tick') write(eventLine(event))
    },
    // Sentences for people would break the lines for programs.
    note: () => undefined,
    close: () => {
      isClosed = true
    },
  }
}
