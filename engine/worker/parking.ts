import type { HostHolds } from '../schedule/host-holds.ts'
import type { GateSource } from './gates.ts'
import type { WaitingTask } from './task-store.ts'

/** A further request of a task that holds a lane already: it only needs to be let in. */
export interface LaneRequest {
  readonly host: string
  readonly start: () => void
}

interface ParkedHost {
  readonly host: string
  readonly requests: LaneRequest[]
  readonly tasks: WaitingTask[]
  /** When to ask for this host again; `Infinity` until its gate tells. */
  retryAtMs: number
}

/**
 * Tasks and requests that wait for their host's permit. Tasks hold no lane meanwhile, so one slow host never takes the
 * lanes of the others. Requests do hold one, so they come before tasks: tasks in front of them could wait for that
 * very lane. Otherwise in order of arrival for each host.
 */
export class Parking {
  readonly #gates: GateSource
  readonly #holds: HostHolds
  readonly #hosts = new Map<string, ParkedHost>()
  /** Hosts that may be asked at once, or at a known time; the others wait for their gate to tell. */
  readonly #askable = new Set<ParkedHost>()
  #tasks = 0
  #requests = 0

  /** @param holds Hosts that tasks may not start at; requests may. */
  constructor(gates: GateSource, holds: HostHolds) {
    this.#gates = gates
    this.#holds = holds
  }

  get tasks(): number {
    return this.#tasks
  }

  get requests(): number {
    return this.#requests
  }

  isWaitedFor(host: string): boolean {
    return this.#hosts.has(host)
  }

  /** Whether requests, which come before tasks, wait for this host. */
  isRequested(host: string): boolean {
    return (this.#hosts.get(host)?.requests.length ?? 0) > 0
  }

  /** @returns The next time from now on at which some host may be asked; `Infinity` when a gate will tell. */
  nextMs(nowMs: number): number {
    let next = Infinity
    for (const { retryAtMs } of this.#askable) if (retryAtMs > nowMs && retryAtMs < next) next = retryAtMs
    return next
  }

  parkTask(task: WaitingTask, retryAtMs: number): void {
    this.#entryOf(task.host, retryAtMs).tasks.push(task)
    this.#tasks += 1
  }

  parkRequest(request: LaneRequest, retryAtMs: number): void {
    const entry = this.#entryOf(request.host, retryAtMs)
    // Its tasks may be held for longer.
    if (retryAtMs < entry.retryAtMs) this.#askAgain(entry, retryAtMs)
    entry.requests.push(request)
    this.#requests += 1
  }

  /** @returns Whether the request was still waiting. */
  withdraw(request: LaneRequest): boolean {
    const entry = this.#hosts.get(request.host)
    const at = entry?.requests.indexOf(request) ?? -1
    if (entry === undefined || at < 0) return false
    entry.requests.splice(at, 1)
    this.#requests -= 1
    this.#removeIfEmpty(entry)
    return true
  }

  /** A permit for this host may have come back. */
  wake(host: string): void {
    const entry = this.#hosts.get(host)
    if (entry !== undefined) this.#askAgain(entry, 0)
  }

  /** Any host may let in more than before. */
  wakeAll(): void {
    for (const entry of this.#hosts.values()) this.#askAgain(entry, 0)
  }

  /** @returns The first request whose host let it in; its permit is taken. */
  nextRequest(nowMs: number): LaneRequest | undefined {
    if (this.#requests === 0) return undefined
    for (const entry of this.#askable) {
      if (entry.requests.length === 0 || !this.#tryHost(entry, nowMs)) continue
      const request = entry.requests.shift()!
      this.#requests -= 1
      this.#removeIfEmpty(entry)
      return request
    }
    return undefined
  }

  /** @returns The first task whose host let it in; its permit is taken. */
  nextTask(nowMs: number): WaitingTask | undefined {
    for (const entry of this.#askable) {
      if (entry.requests.length > 0 || this.#isHeld(entry, nowMs) || !this.#tryHost(entry, nowMs)) continue
      const task = entry.tasks.shift()!
      this.#tasks -= 1
      this.#removeIfEmpty(entry)
      return task
    }
    return undefined
  }

  clear(): void {
    this.#hosts.clear()
    this.#askable.clear()
    this.#tasks = 0
    this.#requests = 0
  }

  #entryOf(host: string, retryAtMs: number): ParkedHost {
    let entry = this.#hosts.get(host)
    if (entry === undefined) {
      entry = { host, requests: [], tasks: [], retryAtMs: Infinity }
      this.#hosts.set(host, entry)
      this.#askAgain(entry, retryAtMs)
    }
    return entry
  }

  #isHeld(entry: ParkedHost, nowMs: number): boolean {
    const untilMs = this.#holds.until(entry.host, nowMs)
    if (untilMs > 0) this.#askAgain(entry, untilMs)
    return untilMs > 0
  }

  #tryHost(entry: ParkedHost, nowMs: number): boolean {
    if (entry.retryAtMs > nowMs) return false
    const again = this.#gates.tryHost(entry.host, nowMs)
    if (again !== 0) this.#askAgain(entry, again)
    return again === 0
  }

  #askAgain(entry: ParkedHost, atMs: number): void {
    entry.retryAtMs = atMs
    if (atMs === Infinity) this.#askable.delete(entry)
    else this.#askable.add(entry)
  }

  #removeIfEmpty(entry: ParkedHost): void {
    if (entry.requests.length > 0 || entry.tasks.length > 0) return
    this.#hosts.delete(entry.host)
    this.#askable.delete(entry)
  }
}
