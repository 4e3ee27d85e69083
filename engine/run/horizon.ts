import type { SettledBitmap } from '../journal/settled-bitmap.ts'
import type { ToWorker } from '../worker/protocol.ts'

/** How far tasks may run ahead of the first unsettled one when results are wanted in input order. */
const WINDOW_TASKS = 1_000_000

/** Bounds how much has to be put in order: the window moves on as the front of the input settles. */
export class Horizon {
  readonly #settled: SettledBitmap
  readonly #broadcast: (message: ToWorker) => void
  readonly #windowTasks: number
  #front = 0
  #told = 0

  /** @param windowTasks 0 where tasks must not begin before all earlier ones are settled. */
  constructor(
    settled: SettledBitmap,
    broadcast: (message: ToWorker) => void,
    windowTasks: number = WINDOW_TASKS,
  ) {
    this.#settled = settled
    this.#broadcast = broadcast
    this.#windowTasks = windowTasks
    this.#front = settled.nextUnset(0)
  }

  /** Tells the workers when the window has moved by a tenth of it. */
  advance(): void {
    this.#front = this.#settled.nextUnset(this.#front)
    if (this.#front - this.#told < Math.max(1, this.#windowTasks / 10)) return
    this.tell()
  }

  /** Tells every worker where the window ends. */
  tell(): void {
    this.#told = this.#front
    this.#broadcast({ type: 'horizon', index: this.#front + this.#windowTasks })
  }
}
