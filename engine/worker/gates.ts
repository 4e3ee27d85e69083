import type { HostPolicy } from '../executor/executor.ts'
import { HostLedger } from '../schedule/host-ledger.ts'
import { RateDispenser } from '../schedule/rate-dispenser.ts'

/** Where permits and slots come from: this worker alone, or the supervisor that all workers share. */
export interface GateSource {
  readonly isRateBounded: boolean
  isHostBounded(host: string): boolean
  /**
   * Takes a permit; of a host without bounds always, so that a bound that comes later counts what is in flight.
   *
   * @returns 0 when taken; else when to try again, `Infinity` when {@link onChange} will tell.
   */
  tryHost(host: string, nowMs: number): number
  /** @returns 0 when a slot was taken; else when to try again, `Infinity` when {@link onChange} will tell. */
  tryRate(nowMs: number, wanted: number): number
  /** A request that has a permit for `host` starts now. */
  startedHost(host: string, nowMs: number): void
  /** Gives a host permit back; `wanted` tells whether this worker has more to do there. */
  leaveHost(host: string, nowMs: number, wanted: boolean): void
  /** Called when a permit for `host`, or with `null` a rate slot, may have become free. */
  onChange: ((host: string | null) => void) | null
}

/** Permits and slots of a worker that is alone in its run. */
export class LocalGates implements GateSource {
  onChange: ((host: string | null) => void) | null = null
  readonly #hosts: HostLedger
  readonly #hasDelay: boolean
  #rate: RateDispenser | null

  constructor(policy: HostPolicy) {
    this.#hasDelay = policy.delayMs > 0
    this.#hosts = new HostLedger(policy.capOf, policy.delayMs)
    this.#rate = policy.ratePerSec === null ? null : new RateDispenser(policy.ratePerSec)
  }

  /** @param policy With the same delay. */
  use({ capOf, ratePerSec }: HostPolicy, nowMs: number): void {
    this.#hosts.useCaps(capOf)
    if (ratePerSec === null) this.#rate = null
    else if (this.#rate === null) this.#rate = new RateDispenser(ratePerSec)
    else this.#rate.useRate(ratePerSec, nowMs)
  }

  get isRateBounded(): boolean {
    return this.#rate !== null
  }

  isHostBounded(host: string): boolean {
    return this.#hosts.isBounded(host)
  }

  tryHost(host: string, nowMs: number): number {
    return this.#hosts.tryEnter(host, nowMs)
  }

  tryRate(nowMs: number): number {
    if (this.#rate === null || this.#rate.tryTake(nowMs)) return 0
    return this.#rate.nextMs(nowMs)
  }

  startedHost(host: string, nowMs: number): void {
    if (!this.#hasDelay) return
    this.#hosts.started(host, nowMs)
    this.onChange?.(host)
  }

  leaveHost(host: string, nowMs: number, wanted: boolean): void {
    this.#hosts.leave(host, nowMs)
    if (wanted) this.onChange?.(host)
  }
}
