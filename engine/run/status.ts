import type { Failure } from '../../shared/model/error.ts'
import type { RunState, RunSummary } from '../../shared/model/run.ts'
import { isFinal, nextState, type RunStimulus } from './run-state.ts'

/** Where one execution of a run stands, and why. */
export class RunStatus {
  /** Why it cannot go on. */
  failure: Failure | null = null
  /** Why it was stopped, where nobody had asked for it. */
  stop: RunSummary['exit'] | null = null
  /** Why it must be opened again. */
  rewind: string | null = null
  readonly #onChange: (state: RunState, reason: string | null) => void
  #state: RunState = 'planned'

  /** @param onChange Called at each change, with the reason where there is one. */
  constructor(onChange: (state: RunState, reason: string | null) => void) {
    this.#onChange = onChange
  }

  get state(): RunState {
    return this.#state
  }

  get isFinal(): boolean {
    return isFinal(this.#state)
  }

  /** Whether tasks are handed out, or will be when workers are ready or a pause is over. */
  get isGoingOn(): boolean {
    return this.#state === 'planned' || this.#state === 'running' || this.#state === 'paused'
  }

  /** Whether the stimulus means anything now. */
  takes(stimulus: RunStimulus): boolean {
    return nextState(this.#state, stimulus) !== null
  }

  /** @returns Whether the stimulus changed the state. */
  apply(stimulus: RunStimulus): boolean {
    const next = nextState(this.#state, stimulus)
    if (next === null) return false
    this.#state = next
    this.#onChange(next, this.failure?.message ?? this.stop?.reason ?? this.rewind)
    return true
  }

  /** It was done before: only its summary is told again. */
  repeat(): void {
    this.#state = 'done'
  }
}
