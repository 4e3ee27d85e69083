import type { HostPolicy } from '../executor/executor.ts'
import { LocalGates, SharedGates, type GateSource } from './gates.ts'
import { Parking } from './parking.ts'
import type { FromWorker } from './protocol.ts'
import type { WaitingTask } from './task-store.ts'

/**
 * Decides when a request may leave, besides the semaphore: host caps, delays and the run's rate. Everything is let
 * in at once where the job has no such bounds.
 */
export class Admission {
  /** Called when something that waits may get in. */
  onChange: (() => void) | null = null
  readonly #gates: GateSource
  readonly #shared: SharedGates | null
  readonly #parking: Parking
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | null = null
  #timerAtMs = Infinity
  #lastHost = ''
  #isLastBounded = false

  constructor(policy: HostPolicy, post: ((message: FromWorker) => void) | null, nowMs: () => number) {
    this.#shared = post === null ? null : new SharedGates(policy, post)
    this.#gates = this.#shared ?? new LocalGates(policy)
    this.#parking = new Parking(this.#gates)
    this.#nowMs = nowMs
    this.#gates.onChange = host => {
      if (host !== null) this.#parking.wake(host)
      this.onChange?.()
    }
  }

  get waiting(): number {
    return this.#parking.tasks
  }

  /**
   * @param wanted How many requests this worker could start now, to ask for as many rate slots.
   * @returns Whether a request may leave now as far as the rate is concerned; a slot is taken then.
   */
  tryRate(wanted: number): boolean {
    if (!this.#gates.isRateBounded) return true
    const again = this.#gates.tryRate(this.#nowMs(), wanted)
    if (again === 0) return true
    this.#wakeAt(again)
    return false
  }

  get isRateBounded(): boolean {
    return this.#gates.isRateBounded
  }

  /** @returns Whether the task got its host's permit; else it is parked. */
  tryHost(task: WaitingTask): boolean {
    return this.#enter(task.host, task)
  }

  /** @returns Whether tasks for `host` may need to wait at all. */
  isBounded(host: string): boolean {
    // Lists mostly stay with one host for a while, and the policy may have to parse its name.
    if (host !== this.#lastHost) {
      this.#lastHost = host
      this.#isLastBounded = host !== '' && this.#gates.isHostBounded(host)
    }
    return this.#isLastBounded
  }

  /** Lets a further request of a lane in, now or later. @returns Withdraws the wish. */
  enter(host: string, start: () => void): () => void {
    const request = { start: () => this.#startWithinRate(start) }
    if (!this.isBounded(host) || this.#enter(host, request)) {
      request.start()
      return () => undefined
    }
    return () => this.#parking.withdraw(host, request)
  }

  leave(host: string): void {
    if (this.isBounded(host)) this.#gates.leaveHost(host, this.#parking.isWaitedFor(host))
  }

  /** @returns The next task whose host let it in; further requests of lanes are started on the way. */
  next(): WaitingTask | undefined {
    for (;;) {
      const parked = this.#parking.next(this.#nowMs())
      if (parked === undefined) {
        this.#wakeAt(this.#parking.nextMs)
        return undefined
      }
      if (!('start' in parked)) return parked
      parked.start()
    }
  }

  granted(message: { readonly host: string; readonly count: number }): void {
    this.#shared?.granted(message.host, message.count)
    if (!this.#parking.isWaitedFor(message.host)) this.#shared?.unwanted(message.host)
  }

  recalled(host: string): void {
    this.#shared?.recalled(host)
  }

  slotsGranted(atMs: Float64Array): void {
    this.#shared?.slotsGranted(atMs)
  }

  close(): void {
    this.#parking.clear()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #enter(host: string, parked: WaitingTask | { readonly start: () => void }): boolean {
    // Whoever waits for this host came first.
    if (!this.#parking.isWaitedFor(host)) {
      const again = this.#gates.tryHost(host, this.#nowMs())
      if (again === 0) return true
      this.#parking.park(host, parked, again)
      this.#wakeAt(again)
      return false
    }
    this.#parking.park(host, parked, Infinity)
    return false
  }

  #startWithinRate(start: () => void): void {
    if (!this.#gates.isRateBounded) return start()
    const again = this.#gates.tryRate(this.#nowMs(), 1)
    if (again === 0) return start()
    const delayMs = again === Infinity ? 1 : Math.max(1, again - this.#nowMs())
    setTimeout(() => this.#startWithinRate(start), delayMs)
  }

  #wakeAt(atMs: number): void {
    if (atMs === Infinity || atMs >= this.#timerAtMs) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerAtMs = atMs
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#timerAtMs = Infinity
        this.onChange?.()
      },
      Math.max(1, atMs - this.#nowMs()),
    )
  }
}
