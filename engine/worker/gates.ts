import type { HostPolicy } from '../executor/executor.ts'
import { HostLedger } from '../schedule/host-ledger.ts'
import { RateDispenser, SLOT_TOLERANCE_MS } from '../schedule/rate-dispenser.ts'
import type { FromWorker } from './protocol.ts'

/** Where permits and slots come from: this worker alone, or the supervisor that all workers share. */
export interface GateSource {
  readonly isRateBounded: boolean
  isHostBounded(host: string): boolean
  /** @returns 0 when taken; else when to try again, `Infinity` when {@link onChange} will tell. */
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
  readonly #rate: RateDispenser | null
  readonly #hasDelay: boolean

  constructor(policy: HostPolicy) {
    this.#hasDelay = policy.delayMs > 0
    this.#hosts = new HostLedger(policy.capOf, policy.delayMs)
    this.#rate = policy.ratePerSec === null ? null : new RateDispenser(policy.ratePerSec)
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

  leaveHost(host: string, nowMs: number): void {
    this.#hosts.leave(host, nowMs)
    this.onChange?.(host)
  }
}

type GateMessage = Extract<FromWorker, { readonly type: 'rate.ask' | `host.${string}` }>

interface HostPermits {
  /** Permits at hand that no request holds. */
  free: number
  /** Permits that requests hold. */
  held: number
  asked: number
  /** Set until the next grant: others wait, so each permit goes back to the supervisor's queue. */
  isRecalled: boolean
}

const SLOTS_AHEAD_MS = 250

/** Permits and slots asked of the supervisor, which dispenses them over all workers of the run. */
export class SharedGates implements GateSource {
  onChange: ((host: string | null) => void) | null = null
  readonly #policy: HostPolicy
  readonly #post: (message: GateMessage) => void
  readonly #hosts = new Map<string, HostPermits>()
  #slots: number[] = []
  #slotsAsked = 0

  constructor(policy: HostPolicy, post: (message: GateMessage) => void) {
    this.#policy = policy
    this.#post = post
  }

  get isRateBounded(): boolean {
    return this.#policy.ratePerSec !== null
  }

  isHostBounded(host: string): boolean {
    return this.#policy.delayMs > 0 || this.#policy.capOf(host) !== Infinity
  }

  tryHost(host: string): number {
    let permits = this.#hosts.get(host)
    if (permits === undefined) {
      permits = { free: 0, held: 0, asked: 0, isRecalled: false }
      this.#hosts.set(host, permits)
    }
    if (permits.free > 0) {
      permits.free -= 1
      permits.held += 1
      return 0
    }
    if (permits.asked === 0) {
      permits.asked = 1
      this.#post({ type: 'host.ask', host, count: 1 })
    }
    return Infinity
  }

  granted(host: string, count: number): void {
    const permits = this.#hosts.get(host)
    if (permits === undefined) {
      this.#post({ type: 'host.return', host, count })
      return
    }
    permits.asked = Math.max(0, permits.asked - count)
    permits.free += count
    permits.isRecalled = false
    this.onChange?.(host)
  }

  recalled(host: string): void {
    const permits = this.#hosts.get(host)
    if (permits === undefined) return
    permits.isRecalled = true
    this.#returnFree(host, permits)
  }

  startedHost(host: string): void {
    if (this.#policy.delayMs > 0) this.#post({ type: 'host.started', host })
  }

  leaveHost(host: string, _nowMs: number, wanted: boolean): void {
    const permits = this.#hosts.get(host)
    if (permits === undefined || permits.held === 0) {
      throw new RangeError(`a permit for ${host} was released that nobody holds`)
    }
    permits.held -= 1
    permits.free += 1
    // A delay is counted by the supervisor, so with one every permit goes back to it.
    if (!wanted || permits.isRecalled || this.#policy.delayMs > 0) this.#returnFree(host, permits)
    if (wanted) this.onChange?.(host)
  }

  /** Gives back every permit for `host` that is free: nothing waits for it any more. */
  unwanted(host: string): void {
    const permits = this.#hosts.get(host)
    if (permits !== undefined) this.#returnFree(host, permits)
  }

  tryRate(nowMs: number, wanted: number): number {
    while (this.#slots.length > 0 && this.#slots[0]! < nowMs - SLOT_TOLERANCE_MS) this.#slots.shift()
    const rate = this.#policy.ratePerSec ?? Infinity
    const target = Math.min(wanted, Math.max(1, Math.ceil((rate * SLOTS_AHEAD_MS) / 1_000)))
    const missing = target - this.#slots.length - this.#slotsAsked
    if (missing > 0 && missing * 2 >= target) {
      this.#slotsAsked += missing
      this.#post({ type: 'rate.ask', count: missing })
    }
    const next = this.#slots[0]
    if (next === undefined) return Infinity
    if (next > nowMs) return next
    this.#slots.shift()
    return 0
  }

  slotsGranted(atMs: Float64Array): void {
    this.#slotsAsked = Math.max(0, this.#slotsAsked - atMs.length)
    this.#slots.push(...atMs)
    this.onChange?.(null)
  }
  #returnFree(host: string, permits: HostPermits): void {
    if (permits.free > 0) this.#post({ type: 'host.return', host, count: permits.free })
    permits.free = 0
    if (permits.held === 0 && permits.asked === 0) this.#hosts.delete(host)
  }
}
