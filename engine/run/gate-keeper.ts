import type { HostPolicy } from '../executor/executor.ts'
import { HostLedger } from '../schedule/host-ledger.ts'
import { RateDispenser } from '../schedule/rate-dispenser.ts'
import type { FromWorker, ToWorker } from '../worker/protocol.ts'

export type GateRequest = Exclude<
  Extract<FromWorker, { readonly type: `rate.${string}` | `host.${string}` | `bounds.${string}` }>,
  { readonly type: 'host.hold' }
>

interface HostQueue {
  /** Positions of workers that wait, in order of arrival; one entry a permit. */
  readonly waiting: number[]
  /** Permits held by each worker. */
  readonly held: Map<number, number>
  /** Workers that were asked to give their permits back and were granted none since. */
  readonly recalled: Set<number>
  timer: NodeJS.Timeout | null
}

/**
 * Dispenses host permits and rate slots over all workers of a run, so that caps hold for the run and not for each
 * worker.
 *
 * Workers wait in order of arrival. A worker reuses its permits without asking as long as it has work for the host;
 * once another waits with clearly fewer, or with none, it is asked to give them back as they come free.
 *
 * After a change of the bounds nobody is granted a host before every worker has said what it has in flight, so that no
 * request starts beyond a new cap.
 */
export class GateKeeper {
  readonly #hosts: HostLedger
  #rate: RateDispenser | null
  #version = 0
  /** Workers that may have more in flight than is known here. */
  #awaited = new Set<number>()
  readonly #queues = new Map<string, HostQueue>()
  readonly #send: (slot: number, message: ToWorker) => void
  readonly #nowMs: () => number

  constructor(policy: HostPolicy, send: (slot: number, message: ToWorker) => void, nowMs: () => number) {
    this.#hosts = new HostLedger(policy.capOf, policy.delayMs)
    this.#rate = policy.ratePerSec === null ? null : new RateDispenser(policy.ratePerSec)
    this.#send = send
    this.#nowMs = nowMs
  }

  handle(slot: number, request: GateRequest): void {
    switch (request.type) {
      case 'rate.ask':
        // Who asked under earlier bounds asks again.
        if (request.version === this.#version) this.#dispenseSlots(slot, request.count)
        return
      case 'host.ask':
        return this.#ask(slot, request.host, request.count)
      case 'host.started':
        return this.#started(request.host)
      case 'host.return':
        return this.#giveBack(slot, request.host, request.count)
      case 'host.claim':
        return this.#claim(slot, request.host, request.count)
      case 'bounds.taken':
        if (request.version === this.#version) this.#settled(slot)
    }
  }

  /** Version of the bounds that hold. */
  get version(): number {
    return this.#version
  }

  /**
   * Other bounds hold from now on; the workers are to be told with the version that follows.
   *
   * @param policy With the same delay.
   * @param slots Workers that may have requests in flight.
   */
  use({ capOf, ratePerSec }: HostPolicy, slots: Iterable<number>): void {
    this.#version += 1
    this.#hosts.useCaps(capOf)
    if (ratePerSec === null) this.#rate = null
    else if (this.#rate === null) this.#rate = new RateDispenser(ratePerSec)
    else this.#rate.useRate(ratePerSec, this.#nowMs())
    this.#awaited = new Set(slots)
    this.#serveAll()
  }

  /** The worker is gone: what it held comes back, what it waited for is dropped. */
  lost(slot: number): void {
    for (const [host, queue] of this.#queues) {
      for (let at = queue.waiting.length - 1; at >= 0; at -= 1) {
        if (queue.waiting[at] === slot) queue.waiting.splice(at, 1)
      }
      queue.recalled.delete(slot)
      this.#giveBack(slot, host, queue.held.get(slot) ?? 0)
    }
    this.#settled(slot)
  }

  close(): void {
    for (const { timer } of this.#queues.values()) if (timer !== null) clearTimeout(timer)
    this.#queues.clear()
  }

  #dispenseSlots(slot: number, count: number): void {
    if (this.#rate === null) return
    const nowMs = this.#nowMs()
    const atMs = new Float64Array(count)
    for (let at = 0; at < count; at += 1) atMs[at] = this.#rate.take(nowMs)
    this.#send(slot, { type: 'rate.slots', version: this.#version, atMs })
  }

  #ask(slot: number, host: string, count: number): void {
    const queue = this.#queueOf(host)
    for (let left = count; left > 0; left -= 1) queue.waiting.push(slot)
    this.#serve(host, queue)
  }

  #started(host: string): void {
    const queue = this.#queues.get(host)
    if (queue === undefined) return
    this.#hosts.started(host, this.#nowMs())
    this.#serve(host, queue)
  }

  #claim(slot: number, host: string, count: number): void {
    const { held } = this.#queueOf(host)
    held.set(slot, (held.get(slot) ?? 0) + count)
    this.#hosts.claim(host, count, this.#nowMs())
  }

  /** The worker's requests are counted here, or gone. */
  #settled(slot: number): void {
    if (this.#awaited.delete(slot) && this.#awaited.size === 0) this.#serveAll()
  }

  #queueOf(host: string): HostQueue {
    const known = this.#queues.get(host)
    if (known !== undefined) return known
    const queue: HostQueue = { waiting: [], held: new Map(), recalled: new Set(), timer: null }
    this.#queues.set(host, queue)
    return queue
  }

  #serveAll(): void {
    for (const [host, queue] of this.#queues) this.#serve(host, queue)
  }

  #giveBack(slot: number, host: string, count: number): void {
    const queue = this.#queues.get(host)
    if (queue === undefined) return
    const held = queue.held.get(slot) ?? 0
    const returned = Math.min(held, count)
    for (let left = returned; left > 0; left -= 1) this.#hosts.leave(host, this.#nowMs())
    if (held === returned) queue.held.delete(slot)
    else queue.held.set(slot, held - returned)
    this.#serve(host, queue)
  }

  #serve(host: string, queue: HostQueue): void {
    while (queue.waiting.length > 0 && this.#awaited.size === 0) {
      const again = this.#hosts.tryEnter(host, this.#nowMs())
      if (again === Infinity) return this.#recall(host, queue)
      if (again !== 0) return this.#serveAt(host, queue, again)
      const slot = queue.waiting.shift()!
      queue.held.set(slot, (queue.held.get(slot) ?? 0) + 1)
      queue.recalled.delete(slot)
      this.#send(slot, { type: 'host.grant', host, count: 1 })
    }
    if (queue.waiting.length === 0 && queue.held.size === 0 && queue.timer === null) this.#queues.delete(host)
  }

  /** Asks whoever has more than the poorest of those who wait. One more is no reason: they would swap it for ever. */
  #recall(host: string, { waiting, held, recalled }: HostQueue): void {
    const heldBy = (slot: number): number => held.get(slot) ?? 0
    const poorest = waiting.reduce((poorer, slot) => (heldBy(slot) < heldBy(poorer) ? slot : poorer))
    const enough = heldBy(poorest) === 0 ? 0 : heldBy(poorest) + 1
    for (const [slot, count] of held) {
      if (count <= enough || recalled.has(slot)) continue
      recalled.add(slot)
      this.#send(slot, { type: 'host.recall', host })
    }
  }

  #serveAt(host: string, queue: HostQueue, atMs: number): void {
    if (queue.timer !== null) return
    queue.timer = setTimeout(
      () => {
        queue.timer = null
        this.#serve(host, queue)
      },
      Math.max(1, atMs - this.#nowMs()),
    )
  }
}
