import { PHASE, type Phase } from '../../shared/model/run.ts'

/** How long each phase of a shutdown may last before the next begins, in milliseconds. */
const DEADLINE_MS: Readonly<Record<Phase, number | null>> = {
  [PHASE.run]: null,
  [PHASE.stop]: 5_000,
  [PHASE.drain]: 5_000,
  [PHASE.abort]: 2_000,
  [PHASE.kill]: null,
}

/** The phase of a shutdown: one number that only rises, by itself when a deadline passes. */
export class StopClock {
  readonly #enforce: (phase: Phase) => void
  #phase: Phase = PHASE.run
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  /** @param enforce Called once for each phase that is entered. */
  constructor(enforce: (phase: Phase) => void) {
    this.#enforce = enforce
  }

  raise(phase: Phase): void {
    if (this.#isClosed || phase <= this.#phase) return
    this.#phase = phase
    if (this.#timer !== null) clearTimeout(this.#timer)
    const deadlineMs = DEADLINE_MS[phase]
    if (deadlineMs !== null) {
      const next = phase < PHASE.abort ? PHASE.abort : PHASE.kill
      this.#timer = setTimeout(() => this.raise(next), deadlineMs)
    }
    this.#enforce(phase)
  }

  /** Everything has left. */
  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}
