import type { RunPush, SpansAnswer, StreamPort, Tuning } from '../../shared/contract/contract.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { Session } from '../run/session.ts'

/** A living run as whoever steers or watches it has it, in whichever process it lives. */
export interface RunDoor {
  stop(phase: Exclude<Phase, typeof PHASE.run>): Promise<void>
  setPaused(isPaused: boolean): Promise<void>
  tune(tuning: Tuning): Promise<void>
  readSpans(from: number): Promise<SpansAnswer>
  /** Pushes what happens from `cursor` on, until the summary. */
  follow(cursor: number, port: StreamPort<RunPush>): void
}

/** @returns The door of a run of this process. */
export const doorOf = (run: Session): RunDoor => ({
  stop: async phase => run.stop(phase),
  setPaused: async isPaused => run.setPaused(isPaused),
  tune: async tuning => run.tune(tuning),
  readSpans: async from => run.readSpans(from),
  follow: (cursor, port) => {
    const unfollow = run.log.follow(cursor, logged => {
      port.push(logged, logged.event.type === 'tick' ? 'tick' : undefined)
      if (logged.event.type === 'run.summary') port.end()
    })
    port.onClosed(unfollow)
  },
})
