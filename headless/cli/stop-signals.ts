import { EXIT } from '../../shared/model/exit-code.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** What each signal in a row asks for: drain, then abort, then kill; after that the process itself gives up. */
const PHASES: readonly Phase[] = [PHASE.drain, PHASE.abort, PHASE.kill]

type StopPhase = 1 | 2 | 3 | 4

export interface StopSignalsOptions {
  /** Asks the run to end; called with a higher phase each time. */
  readonly onPhase: (phase: StopPhase, signal: StopSignal) => void
  /** The run did not end although its workers were killed: the process must. */
  readonly onGiveUp: (exitCode: number) => void
}

/**
 * Turns signals into phases of one run.
 *
 * Idle until {@link attach}; from then on the process no longer ends by these signals itself. {@link detach} gives
 * them back. The first signal decides the exit code.
 */
export class StopSignals {
  readonly #options: StopSignalsOptions
  readonly #listeners = new Map<StopSignal, () => void>()
  #count = 0
  #first: StopSignal | null = null

  constructor(options: StopSignalsOptions) {
    this.#options = options
  }

  /** The first signal that came, if any. */
  get received(): StopSignal | null {
    return this.#first
  }

  /** @returns 130 after SIGINT, 143 after the others. */
  get exitCode(): number {
    return this.#first === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
  }

  attach(emitter: Pick<NodeJS.Process, 'on'> = process): void {
    for (const signal of STOP_SIGNALS) {
      const listener = () => this.handle(signal)
      this.#listeners.set(signal, listener)
      emitter.on(signal, listener)
    }
  }

  detach(emitter: Pick<NodeJS.Process, 'off'> = process): void {
    for (const [signal, listener] of this.#listeners) emitter.off(signal, listener)
    this.#listeners.clear()
  }

  handle(signal: StopSignal): void {
    this.#first ??= signal
    const phase = PHASES[this.#count]
    this.#count += 1
    if (phase === undefined) this.#options.onGiveUp(this.exitCode)
    else this.#options.onPhase(phase as StopPhase, signal)
  }
}
