import type { ExecutorContext } from '../executor.ts'

/**
 * What one flow of requests holds of a host: at most one permit, given back exactly once. A flow
 * leaves its host before it asks for the next one, so that flows between two hosts cannot wait for each other.
 */
export class GateHolder {
  readonly #context: ExecutorContext
  #held = ''
  /** Counts wishes, so that a permit that comes after its wish was withdrawn is given back. */
  #wish = 0
  #withdraw: (() => void) | null = null

  constructor(context: ExecutorContext) {
    this.#context = context
  }

  get held(): string {
    return this.#held
  }

  /** Takes over a permit that somebody else got. */
  adopt(gate: string): void {
    this.#held = gate
  }

  /** Hands the permit to somebody else. */
  handOver(): string {
    const gate = this.#held
    this.#held = ''
    return gate
  }

  /** @param onEntered Called once, before this returns when nothing bounds the host, unless the wish is withdrawn. */
  enter(gate: string, onEntered: () => void): void {
    this.leave()
    this.#wish += 1
    const wish = this.#wish
    let hasEntered = false
    const withdraw = this.#context.enterHost(gate, () => {
      if (wish !== this.#wish) {
        this.#context.leaveHost(gate)
        return
      }
      hasEntered = true
      this.#withdraw = null
      this.#held = gate
      onEntered()
    })
    if (!hasEntered) this.#withdraw = withdraw
  }

  /** Gives back what is held and withdraws what is wished. */
  leave(): void {
    this.#wish += 1
    const withdraw = this.#withdraw
    this.#withdraw = null
    withdraw?.()
    if (this.#held === '') return
    const gate = this.handOver()
    this.#context.leaveHost(gate)
  }
}
