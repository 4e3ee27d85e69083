import type { RunPush, SpansAnswer, StreamPort, Tuning } from '../../shared/contract/contract.ts'
import type { PHASE, Phase } from '../../shared/model/run.ts'
import type { Session } from '../run/session.ts'

/** A living run as whoever steers or watches it has it, in whichever process it lives. */
export interface RunDoor {
  stop(phase: Exclude<Phase, typeof PHASE.run>): Promise<void>
  setPaused(isPaused: boolean): Promise<void>
  tune(tuning: Tuning): Promise<void>
  readSpans(from: number): Promise<SpansAnswer>
  /**
   * Pushes what happens from `cursor` on, until the summary.
   *
   * @param onLost Called instead of an end when the run's process is gone, with the cursor of the last push.
   */
  follow(cursor: number, port: StreamPort<RunPush>, onLost: (cursor: number) => void): void
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
