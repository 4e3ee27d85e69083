import type { Failure } from '../../shared/model/error.ts'
import type { HeldLease } from './held-lease.ts'

/** A task that was read from its lease but is not in flight: it waits for its host, for a retry, or its turn. */
export interface WaitingTask {
  readonly held: HeldLease
  readonly index: number
  readonly input: string
  readonly line: number
  readonly attempt: number
  readonly queuedAtMs: number
  /** NaN before the first attempt. */
  readonly firstStartedAtMs: number
  readonly host: string
}

/** Why a record must not be executed, as the source said. */
export interface Refusal extends Pick<Failure, 'code' | 'message'> {
  readonly isSkip: boolean
}

/** Tasks that wait for a time, earliest first: a binary heap. */
export class DelayedTasks {
  readonly #heap: { readonly atMs: number; readonly task: WaitingTask }[] = []

  get size(): number {
    return this.#heap.length
  }

  /** When the earliest is due; `Infinity` when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Infinity
  }

  push(atMs: number, task: WaitingTask): void {
    const heap = this.#heap
    let at = heap.length
    const entry = { atMs, task }
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.atMs <= atMs) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  /** @returns The earliest task if it is due. */
  popDue(nowMs: number): WaitingTask | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.atMs > nowMs) return undefined
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    return first.task
  }

  clear(): void {
    this.#heap.length = 0
  }

  #sink(entry: { readonly atMs: number; readonly task: WaitingTask }): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.atMs < heap[child]!.atMs) child += 1
      if (heap[child]!.atMs >= entry.atMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = entry
  }
}
