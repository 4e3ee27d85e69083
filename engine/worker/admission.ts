import type { HostPolicy } from '../executor/executor.ts'
import { HostHolds } from '../schedule/host-holds.ts'
import { LocalGates } from './gates.ts'
import { Parking, type LaneRequest } from './parking.ts'
import type { FromWorker } from './protocol.ts'
import { SharedGates } from './shared-gates.ts'
import type { WaitingTask } from './task-store.ts'

interface AdmissionParts {
  readonly policy: HostPolicy
  /** Version of its bounds. */
  readonly version: number
  /** To the supervisor, which shares permits and slots out; `null` when this worker is alone for the whole run. */
  readonly post: ((message: FromWorker) => void) | null
  readonly nowMs: () => number
}

/**
 * Decides when a request may leave, besides the semaphore: host caps, delays and the run's rate. Everything is let
 * in at once where the job has no such bounds.
 *
 * The first request of a task is asked for by the runtime once it has a lane to spare. Further requests of a task hold
 * a lane already, so they are let in as soon as their host and the rate allow, before any task. Requests to hosts
 * without bounds are counted all the same, since bounds may be changed at any moment.
 */
export class Admission {
  /** Called when a task that waits may get in. */
  onChange: (() => void) | null = null
  readonly #gates: LocalGates | SharedGates
  readonly #shared: SharedGates | null
  readonly #post: AdmissionParts['post']
  readonly #holds = new HostHolds()
  readonly #parking: Parking
  readonly #nowMs: () => number
  /** Requests that have their host's permit, if they need one, and wait for a rate slot. */
  readonly #slotless: LaneRequest[] = []
  #isServing = false
  #timer: NodeJS.Timeout | null = null
  #timerAtMs = Infinity
  #lastHost = ''
  #isLastBounded = false

  constructor({ policy, version, post, nowMs }: AdmissionParts) {
    this.#shared = post === null ? null : new SharedGates(policy, version, post)
    this.#gates = this.#shared ?? new LocalGates(policy)
    this.#post = post
    this.#parking = new Parking(this.#gates, this.#holds)
    this.#nowMs = nowMs
    this.#gates.onChange = host => {
      if (host !== null) this.#parking.wake(host)
      this.#serve()
    }
  }

  /**
   * Other bounds hold from now on. What is in flight stays in flight, and counts.
   *
   * @param policy With the same delay. @param version See `ToWorker`.
   */
  use(policy: HostPolicy, version: number): void {
    this.#lastHost = ''
    this.#isLastBounded = false
    if (this.#gates instanceof LocalGates) this.#gates.use(policy, this.#nowMs())
    else this.#gates.use(policy, version)
    this.#parking.wakeAll()
    this.#serve()
  }

  /** Tasks that wait for their host. */
  get waiting(): number {
    return this.#parking.tasks
  }

  get isRateBounded(): boolean {
    return this.#gates.isRateBounded
  }

  /** @returns Whether requests to `host` may need to wait for it at all. */
  isBounded(host: string): boolean {
    // Lists mostly stay with one host for a while, and the policy may have to parse its name.
    if (host !== this.#lastHost) {
      this.#lastHost = host
      this.#isLastBounded = host !== '' && this.#gates.isHostBounded(host)
    }
    return this.#isLastBounded || this.#holds.isHeld(host, this.#nowMs())
  }

  /** A task for a host without bounds, or without a host, starts at once. */
  pass(host: string): void {
    if (host !== '') this.#gates.tryHost(host, this.#nowMs())
  }

  /** @returns Whether the task got its host's permit; else it is parked. */
  tryHost(task: WaitingTask): boolean {
    if (task.host === '') return true
    // Whoever waits for this host came first.
    const isWaitedFor = this.#parking.isWaitedFor(task.host)
    const again = isWaitedFor ? Infinity : this.#tryTask(task.host)
    if (again === 0) return true
    this.#parking.parkTask(task, again)
    this.#wakeAt(again)
    return false
  }

  /**
   * @param wanted How many requests this worker could start now, to ask for as many rate slots.
   * @returns Whether a task may start now as far as the rate is concerned; a slot is taken then.
   */
  tryRate(wanted: number): boolean {
    return this.#slotless.length === 0 && this.#takeSlot(wanted)
  }

  /** A task that was let in starts now. */
  started(host: string): void {
    if (host !== '') this.#gates.startedHost(host, this.#nowMs())
  }

  /** @returns The next task whose host let it in. */
  next(): WaitingTask | undefined {
    const task = this.#parking.nextTask(this.#nowMs())
    if (task === undefined) this.#wakeAt(this.#parking.nextMs(this.#nowMs()))
    return task
  }

  /** Lets a further request of a lane in, now or later. @returns Withdraws the wish, unless it was fulfilled. */
  enter(host: string, start: () => void): () => void {
    const request: LaneRequest = { host, start }
    const again = this.#tryHostFor(host)
    if (again === 0) this.#letIn(request)
    else {
      this.#parking.parkRequest(request, again)
      this.#wakeAt(again)
    }
    return () => this.#withdraw(request)
  }

  leave(host: string): void {
    this.#gates.leaveHost(host, this.#nowMs(), this.#parking.isWaitedFor(host))
  }

  /**
   * No task starts at `host` before then, here and in the other workers of the run. Further requests of tasks that have
   * begun are let in, since they hold a lane.
   */
  hold(host: string, untilMs: number): void {
    if (this.#holds.hold(host, untilMs, this.#nowMs())) this.#post?.({ type: 'host.hold', host, untilMs })
  }

  /** The same, told by another worker. */
  held(host: string, untilMs: number): void {
    this.#holds.hold(host, untilMs, this.#nowMs())
  }

  granted(message: { readonly host: string; readonly count: number }): void {
    this.#shared?.granted(message.host, message.count)
    if (!this.#parking.isWaitedFor(message.host)) this.#shared?.unwanted(message.host)
  }

  recalled(host: string): void {
    this.#shared?.recalled(host)
  }

  slotsGranted({ version, atMs }: { readonly version: number; readonly atMs: Float64Array }): void {
    this.#shared?.slotsGranted(version, atMs)
  }

  /** Stops the timer; what waits is dropped. */
  close(): void {
    this.#parking.clear()
    this.#slotless.length = 0
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #tryTask(host: string): number {
    const nowMs = this.#nowMs()
    const heldUntilMs = this.#holds.until(host, nowMs)
    return heldUntilMs > 0 ? heldUntilMs : this.#gates.tryHost(host, nowMs)
  }

  /** @returns 0 when a request of a lane is let in; else when to try again. */
  #tryHostFor(host: string): number {
    return this.#parking.isRequested(host) ? Infinity : this.#gates.tryHost(host, this.#nowMs())
  }

  #takeSlot(wanted: number): boolean {
    if (!this.#gates.isRateBounded) return true
    const again = this.#gates.tryRate(this.#nowMs(), wanted)
    if (again !== 0) this.#wakeAt(again)
    return again === 0
  }

  #serve(): void {
    this.#serveRequests()
    this.onChange?.()
  }

  #serveRequests(): void {
    // A request that ends at once gives its permit back from within its start.
    if (this.#isServing || (this.#slotless.length === 0 && this.#parking.requests === 0)) return
    this.#isServing = true
    while (this.#slotless.length > 0 && this.#takeSlot(this.#slotless.length)) {
      this.#start(this.#slotless.shift()!)
    }
    for (;;) {
      const request = this.#parking.nextRequest(this.#nowMs())
      if (request === undefined) break
      this.#letIn(request)
    }
    this.#isServing = false
    this.#wakeAt(this.#parking.nextMs(this.#nowMs()))
  }

  #letIn(request: LaneRequest): void {
    if (this.#slotless.length === 0 && this.#takeSlot(1)) this.#start(request)
    else this.#slotless.push(request)
  }

  #start({ host, start }: LaneRequest): void {
    this.started(host)
    start()
  }

  #withdraw(request: LaneRequest): void {
    if (this.#parking.withdraw(request)) return
    const at = this.#slotless.indexOf(request)
    if (at < 0) return
    this.#slotless.splice(at, 1)
    this.leave(request.host)
  }

  #wakeAt(atMs: number): void {
    if (atMs === Infinity || atMs >= this.#timerAtMs) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerAtMs = atMs
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#timerAtMs = Infinity
        this.#serve()
      },
      Math.max(1, atMs - this.#nowMs()),
    )
  }
}
