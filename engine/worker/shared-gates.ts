import type { HostPolicy } from '../executor/executor.ts'
import { SLOT_TOLERANCE_MS } from '../schedule/rate-dispenser.ts'
import type { GateSource } from './gates.ts'
import type { FromWorker } from './protocol.ts'

type GateMessage = Extract<
  FromWorker,
  { readonly type: `rate.${string}` | `host.${string}` | `bounds.${string}` }
>

interface HostPermits {
  /** Most requests in flight over the whole run; `Infinity` where nothing bounds the host. */
  bound: number
  /** Permits at hand that no request holds. */
  free: number
  /** Permits that requests hold; while the host has no bounds, requests in flight that nobody else counts. */
  held: number
  asked: number
  /** Set until the next grant: others wait, so each permit goes back to the supervisor's queue. */
  isRecalled: boolean
}

const SLOTS_AHEAD_MS = 250

/**
 * Permits and slots asked of the supervisor, which dispenses them over all workers of the run.
 *
 * Bounds have a version, raised each time they are changed. Slots of an earlier version are void. Requests in flight to
 * a host that had no bounds before are claimed, so that the supervisor counts them; permits of a host that has none any
 * more go back.
 */
export class SharedGates implements GateSource {
  onChange: ((host: string | null) => void) | null = null
  readonly #post: (message: GateMessage) => void
  readonly #hosts = new Map<string, HostPermits>()
  #policy: HostPolicy
  #version: number
  #slots: number[] = []
  #slotsAsked = 0

  constructor(policy: HostPolicy, version: number, post: (message: GateMessage) => void) {
    this.#policy = policy
    this.#version = version
    this.#post = post
  }

  /** @param policy With the same delay. */
  use(policy: HostPolicy, version: number): void {
    this.#policy = policy
    this.#version = version
    this.#slots = []
    this.#slotsAsked = 0
    for (const [host, permits] of this.#hosts) {
      const was = permits.bound
      const is = boundOf(policy, host)
      permits.bound = is
      if (is === Infinity) {
        if (was !== Infinity) this.#leaveUncounted(host, permits)
        continue
      }
      if (was === Infinity && permits.held > 0) this.#post({ type: 'host.claim', host, count: permits.held })
      if (is >= was) continue
      permits.isRecalled = true
      this.#returnFree(host, permits)
    }
    this.#post({ type: 'bounds.taken', version })
  }

  get isRateBounded(): boolean {
    return this.#policy.ratePerSec !== null
  }

  isHostBounded(host: string): boolean {
    return boundOf(this.#policy, host) !== Infinity
  }

  tryHost(host: string): number {
    let permits = this.#hosts.get(host)
    if (permits === undefined) {
      permits = { bound: boundOf(this.#policy, host), free: 0, held: 0, asked: 0, isRecalled: false }
      this.#hosts.set(host, permits)
    }
    if (permits.free > 0 || permits.bound === Infinity) {
      permits.free = Math.max(0, permits.free - 1)
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
    // Asked for before the host's bounds were lifted.
    if (permits.bound === Infinity) this.#returnFree(host, permits)
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
    if (permits.bound === Infinity) this.#forgetIfIdle(host, permits)
    else {
      permits.free += 1
      // A delay is counted by the supervisor, so with one every permit goes back to it.
      if (!wanted || permits.isRecalled || this.#policy.delayMs > 0) this.#returnFree(host, permits)
    }
    if (wanted) this.onChange?.(host)
  }

  /** Gives back every permit for `host` that is free: nothing waits for it any more. */
  unwanted(host: string): void {
    const permits = this.#hosts.get(host)
    if (permits !== undefined) this.#returnFree(host, permits)
  }

  tryRate(nowMs: number, wanted: number): number {
    if (this.#policy.ratePerSec === null) return 0
    while (this.#slots.length > 0 && this.#slots[0]! < nowMs - SLOT_TOLERANCE_MS) this.#slots.shift()
    const target = Math.min(
      wanted,
      Math.max(1, Math.ceil((this.#policy.ratePerSec * SLOTS_AHEAD_MS) / 1_000)),
    )
    const missing = target - this.#slots.length - this.#slotsAsked
    if (missing > 0 && missing * 2 >= target) {
      this.#slotsAsked += missing
      this.#post({ type: 'rate.ask', version: this.#version, count: missing })
    }
    const next = this.#slots[0]
    if (next === undefined) return Infinity
    if (next > nowMs) return next
    this.#slots.shift()
    return 0
  }

  slotsGranted(version: number, atMs: Float64Array): void {
    if (version !== this.#version) return
    this.#slotsAsked = Math.max(0, this.#slotsAsked - atMs.length)
    this.#slots.push(...atMs)
    this.onChange?.(null)
  }

  /** The supervisor need not count this worker's requests to `host` any more. */
  #leaveUncounted(host: string, permits: HostPermits): void {
    const count = permits.held + permits.free
    if (count > 0) this.#post({ type: 'host.return', host, count })
    permits.free = 0
    this.#forgetIfIdle(host, permits)
  }

  #returnFree(host: string, permits: HostPermits): void {
    if (permits.free > 0) this.#post({ type: 'host.return', host, count: permits.free })
    permits.free = 0
    this.#forgetIfIdle(host, permits)
  }

  #forgetIfIdle(host: string, { held, free, asked }: HostPermits): void {
    if (held === 0 && free === 0 && asked === 0) this.#hosts.delete(host)
  }
}

/** With a delay the supervisor counts every request, so that no host is without bounds. */
const boundOf = ({ capOf, delayMs }: HostPolicy, host: string): number => {
  const cap = capOf(host)
  return cap === Infinity && delayMs > 0 ? Number.MAX_SAFE_INTEGER : cap
}
