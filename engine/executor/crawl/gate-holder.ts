import type { ExecutorContext, HostPolicy } from '../executor.ts'

/**
 * What one flow of requests holds of a host's cap: at most one permit, given back exactly once. A flow
 * leaves its host before it asks for the next one, so that flows between two hosts cannot wait for each other.
 */
export class GateHolder {
  readonly #context: ExecutorContext
  readonly #policy: HostPolicy
  #held = ''
  /** Counts wishes, so that a permit that comes after its wish was withdrawn is given back. */
  #wish = 0
  #withdraw: (() => void) | null = null

  constructor(context: ExecutorContext, policy: HostPolicy) {
    this.#context = context
    this.#policy = policy
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
    const bounded = boundedGate(gate, this.#policy)
    if (bounded === '' && this.#policy.ratePerSec === null) {
      onEntered()
      return
    }
    this.#wish += 1
    const wish = this.#wish
    let hasEntered = false
    const withdraw = this.#context.enterHost(gate, () => {
      if (wish !== this.#wish) {
        if (bounded !== '') this.#context.leaveHost(bounded)
        return
      }
      hasEntered = true
      this.#withdraw = null
      this.#held = bounded
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

/** @returns The gate when the host has a cap or a delay; `''` when only the rate and the semaphore bound it. */
export const boundedGate = (gate: string, policy: HostPolicy): string =>
  policy.delayMs > 0 || policy.capOf(gate) !== Infinity ? gate : ''
