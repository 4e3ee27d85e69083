import type { GateSource } from './gates.ts'
import type { WaitingTask } from './task-store.ts'

/** What is parked for a host: a task that needs a lane, or a lane's further request that only needs to be let in. */
type Parked = WaitingTask | { readonly start: () => void }

interface ParkedHost {
  readonly host: string
  readonly queue: Parked[]
  /** When to ask for this host again; `Infinity` until its gate tells. */
  retryAtMs: number
}

/**
 * Tasks and requests that wait for their host's permit. They hold no lane, so one slow host never takes the lanes
 * of the others. In order of arrival for each host.
 */
export class Parking {
  readonly #gates: GateSource
  readonly #hosts = new Map<string, ParkedHost>()
  /** Hosts that may be asked at once, or at a known time; the others wait for their gate to tell. */
  readonly #askable = new Set<ParkedHost>()
  #tasks = 0

  constructor(gates: GateSource) {
    this.#gates = gates
  }

  /** Parked tasks, requests of lanes not counted. */
  get tasks(): number {
    return this.#tasks
  }

  isWaitedFor(host: string): boolean {
    return this.#hosts.has(host)
  }

  /** When some host may be asked again; `Infinity` when only a returned permit helps. */
  get nextMs(): number {
    let next = Infinity
    for (const { retryAtMs } of this.#askable) if (retryAtMs < next) next = retryAtMs
    return next
  }

  park(host: string, parked: Parked, retryAtMs: number): void {
    let entry = this.#hosts.get(host)
    if (entry === undefined) {
      entry = { host, queue: [], retryAtMs: Infinity }
      this.#hosts.set(host, entry)
      this.#askAgain(entry, retryAtMs)
    }
    entry.queue.push(parked)
    if (!('start' in parked)) this.#tasks += 1
  }

  withdraw(host: string, parked: Parked): void {
    const entry = this.#hosts.get(host)
    const at = entry?.queue.indexOf(parked) ?? -1
    if (entry === undefined || at < 0) return
    entry.queue.splice(at, 1)
    if (entry.queue.length === 0) this.#remove(entry)
  }

  /** A permit for this host may have come back. */
  wake(host: string): void {
    const entry = this.#hosts.get(host)
    if (entry !== undefined) this.#askAgain(entry, 0)
  }

  /** @returns The first parked entry whose host let it in; its permit is taken. */
  next(nowMs: number): Parked | undefined {
    for (const entry of this.#askable) {
      if (entry.retryAtMs > nowMs) continue
      const again = this.#gates.tryHost(entry.host, nowMs)
      if (again !== 0) {
        this.#askAgain(entry, again)
        continue
      }
      const parked = entry.queue.shift()!
      if (entry.queue.length === 0) this.#remove(entry)
      if (!('start' in parked)) this.#tasks -= 1
      return parked
    }
    return undefined
  }

  clear(): void {
    this.#hosts.clear()
    this.#askable.clear()
    this.#tasks = 0
  }

  #askAgain(entry: ParkedHost, atMs: number): void {
    entry.retryAtMs = atMs
    if (atMs === Infinity) this.#askable.delete(entry)
    else this.#askable.add(entry)
  }

  #remove(entry: ParkedHost): void {
    this.#hosts.delete(entry.host)
    this.#askable.delete(entry)
  }
}
