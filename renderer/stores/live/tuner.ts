import { shallowRef } from 'vue'

import type { Tuning } from '../../../shared/contract/contract.ts'
import { failureOf, type Failure } from '../../../shared/model/error.ts'
import type { Steering } from '../../../shared/model/run.ts'

/** Changes of a slider that is dragged are sent at most five times a second. */
const EVERY_MS = 200
/** A change that the run does not show after so long is not going to be. */
const SHOWN_AFTER_MS = 3_000

export type Tunable = keyof Steering

interface Change {
  readonly value: number | null
  /** `null` until it was answered. */
  answeredAtMs: number | null
}

/** What was asked of a living run and is shown as if it were so already, until the run says how it is. */
export class Tuner {
  /** What was chosen and the run does not show yet. */
  readonly wanted = shallowRef<Partial<Steering>>({})
  /** Why a change was refused, by what was to be changed. */
  readonly refusals = shallowRef<Partial<Record<Tunable, Failure>>>({})

  readonly #send: (tuning: Tuning) => Promise<unknown>
  readonly #nowMs: () => number
  readonly #changes = new Map<Tunable, Change>()
  readonly #unsent = new Set<Tunable>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #sentAtMs = -Infinity

  /** @param send Asks the host for a change. */
  constructor(send: (tuning: Tuning) => Promise<unknown>, nowMs = () => performance.now()) {
    this.#send = send
    this.#nowMs = nowMs
  }

  tune(what: Tunable, value: number | null): void {
    this.#changes.set(what, { value, answeredAtMs: null })
    this.#unsent.add(what)
    this.#show()
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, EVERY_MS - (this.#nowMs() - this.#sentAtMs)))
  }

  /** @param steering What the run says of itself: what it has taken over is no longer only wanted. */
  reconcile(steering: Steering): void {
    let hasChanged = false
    for (const [what, { value, answeredAtMs }] of this.#changes) {
      if (answeredAtMs === null || this.#unsent.has(what)) continue
      if (steering[what] !== value && this.#nowMs() - answeredAtMs < SHOWN_AFTER_MS) continue
      this.#changes.delete(what)
      hasChanged = true
    }
    if (hasChanged) this.#show()
  }

  reset(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#changes.clear()
    this.#unsent.clear()
    this.wanted.value = {}
    this.refusals.value = {}
  }

  #flush(): void {
    this.#timer = null
    this.#sentAtMs = this.#nowMs()
    // One by one: what is refused of one must not hold up another.
    for (const what of this.#unsent) void this.#sendOne(what)
    this.#unsent.clear()
  }

  async #sendOne(what: Tunable): Promise<void> {
    const change = this.#changes.get(what)
    if (change === undefined) return
    try {
      await this.#send({ [what]: change.value })
      change.answeredAtMs = this.#nowMs()
      this.#setRefusal(what, null)
    } catch (error) {
      if (this.#changes.get(what) !== change) return
      this.#changes.delete(what)
      this.#setRefusal(what, failureOf(error))
      this.#show()
    }
  }

  #setRefusal(what: Tunable, failure: Failure | null): void {
    const { [what]: _, ...others } = this.refusals.value
    this.refusals.value = failure === null ? others : { ...others, [what]: failure }
  }

  #show(): void {
    this.wanted.value = Object.fromEntries([...this.#changes].map(([what, { value }]) => [what, value]))
  }
}
