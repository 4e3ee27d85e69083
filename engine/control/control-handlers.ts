import type { Handlers } from '../../shared/contract/contract.ts'
import type { RunDoors } from './run-doors.ts'

/** What steers and watches runs, in whichever process they live. */
export function controlHandlers(doors: RunDoors): ControlHandlers {
  return {
    'run.stop': async ({ runId, phase }) => {
      await (await doors.living(runId)).stop(phase)
      return null
    },
    'run.pause': async ({ runId, isPaused }) => {
      await (await doors.living(runId)).setPaused(isPaused)
      return null
    },
    'run.tune': async ({ runId, tuning }) => {
      await (await doors.living(runId)).tune(tuning)
      return null
    },
    'run.spans': async ({ runId, from }) => (await doors.living(runId)).readSpans(from),
    'run.events': ({ runId, cursor }, port) => doors.follow(runId, cursor, port),
  }
}

type ControlHandlers = Pick<Handlers, 'run.stop' | 'run.pause' | 'run.tune' | 'run.spans' | 'run.events'>
