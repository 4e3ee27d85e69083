import type { HostPolicy } from '../../../engine/executor/executor.ts'
import { GateKeeper } from '../../../engine/run/gate-keeper.ts'
import { Admission } from '../../../engine/worker/admission.ts'
import type { FromWorker, ToWorker } from '../../../engine/worker/protocol.ts'
import type { WaitingTask } from '../../../engine/worker/task-store.ts'
import { makeWaitingTask } from './waiting-task.ts'

export interface CrawlShape {
  readonly workers: number
  readonly permits: number
  readonly policy: HostPolicy
  /** Hosts of each worker's tasks, in their order. */
  readonly hostsOf: (worker: number) => Iterable<string>
  readonly random: () => number
  /** Most milliseconds a message travels. */
  readonly messageMs: number
  readonly latencyMs: () => number
  /** Part of the tasks that make a second request, to the host of the next task, while they hold their lane. */
  readonly redirectRatio?: number
}

export interface Start {
  readonly worker: number
  readonly host: string
  readonly atMs: number
  /** Requests in flight to the host, this one included. */
  readonly inFlight: number
}

/** Workers that only pass the gates, with messages that take their time; on fake timers. */
export class SimulatedCrawl {
  readonly starts: Start[] = []
  /** Most requests in flight at once, by host. */
  readonly peaks = new Map<string, number>()
  readonly #shape: CrawlShape
  readonly #inFlight = new Map<string, number>()
  readonly #keeper: GateKeeper | null
  #policy: HostPolicy
  readonly workers: SimulatedWorker[]

  constructor(shape: CrawlShape) {
    this.#shape = shape
    this.#policy = shape.policy
    this.#keeper =
      shape.workers === 1
        ? null
        : new GateKeeper(shape.policy, (slot, message) => this.workers[slot]!.receive(message), Date.now)
    this.workers = Array.from({ length: shape.workers }, (_, position) => this.#makeWorker(position))
  }

  get settled(): number {
    return this.workers.reduce((sum, worker) => sum + worker.settled, 0)
  }

  /** A worker dies and another starts in its place with what was left. */
  kill(position: number): void {
    const dead = this.workers[position]!
    dead.die()
    for (const host of dead.held) this.#note(host, -1)
    this.#keeper?.lost(position)
    this.workers[position] = this.#makeWorker(position, dead.left)
    this.workers[position].settled = dead.settled
    this.workers[position].pump()
  }

  /** Other bounds hold from now on. */
  use(policy: HostPolicy): void {
    this.#policy = policy
    this.#keeper?.use(policy, this.workers.keys())
    const version = this.#keeper?.version ?? 0
    for (const worker of this.workers) worker.use(policy, version)
  }

  /** Requests in flight now. */
  inFlightOf(host: string): number {
    return this.#inFlight.get(host) ?? 0
  }

  pumpAll(): void {
    for (const worker of this.workers) worker.pump()
  }

  close(): void {
    for (const worker of this.workers) worker.die()
    this.#keeper?.close()
  }

  #makeWorker(position: number, hosts: Iterable<string> = this.#shape.hostsOf(position)): SimulatedWorker {
    const keeper = this.#keeper
    const worker: SimulatedWorker = new SimulatedWorker(this.#shape, hosts, {
      policy: this.#policy,
      version: keeper?.version ?? 0,
      post:
        keeper === null
          ? null
          : message =>
              worker.deliver(() => {
                if (/^(?:host|rate|bounds)\./.test(message.type))
                  keeper.handle(position, message as Parameters<GateKeeper['handle']>[1])
              }),
      onStart: host => {
        this.#note(host, 1)
        this.starts.push({ worker: position, host, atMs: Date.now(), inFlight: this.inFlightOf(host) })
      },
      onEnd: host => this.#note(host, -1),
    })
    return worker
  }

  #note(host: string, change: number): void {
    const inFlight = (this.#inFlight.get(host) ?? 0) + change
    this.#inFlight.set(host, inFlight)
    this.peaks.set(host, Math.max(this.peaks.get(host) ?? 0, inFlight))
  }
}

interface WorkerHooks {
  readonly policy: HostPolicy
  readonly version: number
  readonly post: ((message: FromWorker) => void) | null
  readonly onStart: (host: string) => void
  readonly onEnd: (host: string) => void
}

class SimulatedWorker {
  settled = 0
  /** Hosts of requests in flight. */
  readonly held: string[] = []
  readonly #shape: CrawlShape
  readonly #hooks: WorkerHooks
  readonly #admission: Admission
  readonly #hosts: Iterator<string>
  readonly #open = new Set<WaitingTask>()
  #next: WaitingTask | null = null
  #inFlight = 0
  #read = 0
  #isPumping = false
  #isDead = false
  readonly #outbox: (() => void)[] = []
  readonly #inbox: (() => void)[] = []
  #outAtMs = 0
  #inAtMs = 0

  constructor(shape: CrawlShape, hosts: Iterable<string>, hooks: WorkerHooks) {
    this.#shape = shape
    this.#hooks = hooks
    this.#hosts = hosts[Symbol.iterator]()
    this.#admission = new Admission({ ...hooks, nowMs: Date.now })
    this.#admission.onChange = () => this.pump()
  }

  /** Hosts of the tasks that are not settled. */
  get left(): string[] {
    const left = [...this.#open].map(task => task.host)
    for (let next = this.#hosts.next(); next.done !== true; next = this.#hosts.next()) left.push(next.value)
    return left
  }

  /** Hands a message of this worker on, in order, after its time; a dead one's are lost. */
  deliver(hand: () => void): void {
    this.#outAtMs = this.#carry(this.#outbox, this.#outAtMs, hand)
  }

  receive(message: ToWorker): void {
    this.#arrive(() => {
      if (message.type === 'host.grant') this.#admission.granted(message)
      else if (message.type === 'host.recall') this.#admission.recalled(message.host)
      else if (message.type === 'rate.slots') this.#admission.slotsGranted(message)
    })
  }

  use(policy: HostPolicy, version: number): void {
    this.#arrive(() => this.#admission.use(policy, version))
  }

  die(): void {
    this.#isDead = true
    this.#admission.close()
  }

  #arrive(take: () => void): void {
    this.#inAtMs = this.#carry(this.#inbox, this.#inAtMs, take)
  }

  /** Messages keep their order, whatever the fake clock makes of timers that end in the same millisecond. */
  #carry(box: (() => void)[], lastAtMs: number, act: () => void): number {
    const atMs = Math.max(lastAtMs, Date.now() + Math.round(this.#shape.messageMs * this.#shape.random()))
    box.push(act)
    setTimeout(() => {
      const first = box.shift()!
      if (!this.#isDead) first()
    }, atMs - Date.now())
    return atMs
  }

  /** As the runtime does it. */
  pump(): void {
    if (this.#isPumping || this.#isDead) return
    this.#isPumping = true
    while (this.#inFlight < this.#shape.permits && this.#startOne());
    this.#isPumping = false
  }

  #startOne(): boolean {
    const admission = this.#admission
    const waiting = this.#next ?? admission.next()
    this.#next = null
    if (waiting !== undefined && waiting !== null) return this.#start(waiting)
    if (admission.waiting > 1_000) return false
    const next = this.#hosts.next()
    if (next.done === true) return false
    this.#read += 1
    const task = makeWaitingTask(this.#read, next.value)
    this.#open.add(task)
    if (!admission.tryHost(task)) return true
    return this.#start(task)
  }

  #start(task: WaitingTask): boolean {
    const { permits, redirectRatio = 0, random } = this.#shape
    if (!this.#admission.tryRate(permits - this.#inFlight)) {
      this.#next = task
      return false
    }
    this.#inFlight += 1
    this.#admission.started(task.host)
    this.#request(task.host, () => {
      if (random() >= redirectRatio) return this.#settle(task)
      this.#admission.enter(task.host, () => this.#request(task.host, () => this.#settle(task)))
    })
    return true
  }

  #request(host: string, onEnd: () => void): void {
    this.#hooks.onStart(host)
    this.held.push(host)
    setTimeout(() => {
      if (this.#isDead) return
      this.held.splice(this.held.indexOf(host), 1)
      this.#hooks.onEnd(host)
      this.#admission.leave(host)
      onEnd()
    }, this.#shape.latencyMs())
  }

  #settle(task: WaitingTask): void {
    this.#open.delete(task)
    this.#inFlight -= 1
    this.settled += 1
    this.pump()
  }
}
