import type { RunState } from '../../shared/model/run.ts'

/** What can happen to a run. */
export type RunStimulus =
  | 'workers.ready'
  | 'pause'
  | 'unpause'
  /** A stop was asked: nothing new is started. */
  | 'stop'
  /** Every task is settled and committed. */
  | 'settled'
  /** Outputs are complete. */
  | 'finished'
  /** Every worker has left after a stop. */
  | 'emptied'
  /** The destination may have forgotten something: the run is opened again. */
  | 'rewind'
  /** A stop was asked, and the outputs cannot be completed in time. */
  | 'abandon'
  /** It cannot go on. */
  | 'break'

const TRANSITIONS: Readonly<Record<RunState, Readonly<Partial<Record<RunStimulus, RunState>>>>> = {
  planned: {
    'workers.ready': 'running',
    stop: 'draining',
    settled: 'finishing',
    rewind: 'planned',
    break: 'failed',
  },
  running: { pause: 'paused', stop: 'draining', settled: 'finishing', rewind: 'planned', break: 'failed' },
  paused: { unpause: 'running', stop: 'draining', settled: 'finishing', rewind: 'planned', break: 'failed' },
  // The last tasks in flight may settle while a stop is draining: then the run is simply done.
  draining: { settled: 'finishing', emptied: 'stopped', break: 'failed' },
  finishing: { finished: 'done', abandon: 'stopped', rewind: 'planned', break: 'failed' },
  stopped: {},
  done: {},
  failed: {},
}

/** @returns The state that follows, or `null` when the stimulus means nothing in this state. */
export const nextState = (state: RunState, stimulus: RunStimulus): RunState | null =>
  TRANSITIONS[state][stimulus] ?? null

export const isFinal = (state: RunState): boolean => Object.keys(TRANSITIONS[state]).length === 0
