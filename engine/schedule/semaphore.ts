interface Waiter {
  readonly grant: () => void
}

/**
 * Bounds how many tasks one event loop has in flight.
 *
 * Permits are granted in the order in which they were asked for. A permit is held until it is released, so a task
 * that never settles holds its place for ever: give tasks a timeout. The limit may change at any moment; after
 * shrinking, `inFlight` may exceed it until enough permits have come back.
 */
export class Semaphore {
  #limit: number
  #inFlight = 0
  // A Set keeps insertion order and lets an aborted waiter leave from the middle in constant time.
  readonly #waiters = new Set<Waiter>()

  /** @param permits Most tasks in flight at once; a whole number, at least 1. */
  constructor(permits: number) {
    this.#limit = checkedLimit(permits)
  }

  get limit(): number {
    return this.#limit
  }

  /** Permits that are held. */
  get inFlight(): number {
    return this.#inFlight
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /** @returns Whether a permit was taken; `false` also while others wait, who come first. */
  tryAcquire(): boolean {
    if (this.#inFlight >= this.#limit || this.#waiters.size > 0) return false
    this.#inFlight += 1
    return true
  }

  /**
   * Takes a permit, waiting for one in arrival order.
   *
   * @throws The signal's reason when it is aborted first; no permit is held then.
   */
  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
    if (this.tryAcquire()) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = (): void => {
      this.#waiters.delete(waiter)
      reject(signal?.reason as Error)
    }
    const waiter: Waiter = {
      grant: () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      },
    }
    this.#waiters.add(waiter)
    signal?.addEventListener('abort', leave, { once: true })
    return promise
  }

  /** @throws RangeError when no permit is held: a permit was released twice. */
  release(): void {
    if (this.#inFlight === 0) throw new RangeError('a permit was released that nobody holds')
    this.#inFlight -= 1
    if (this.#waiters.size > 0) this.#grantWaiters()
  }

  /** @param permits The new limit; takes effect at once for growing, as permits come back for shrinking. */
  resize(permits: number): void {
    this.#limit = checkedLimit(permits)
    this.#grantWaiters()
  }

  /** Runs `task` under a permit, which comes back however the task ends. */
  async run<T>(task: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    await this.acquire(signal)
    try {
      return await task()
    } finally {
      this.release()
    }
  }

  #grantWaiters(): void {
    for (const waiter of this.#waiters) {
      if (this.#inFlight >= this.#limit) return
      this.#waiters.delete(waiter)
      // Counted here and not in the waiter's microtask: a newcomer would overtake it in between.
      this.#inFlight += 1
      waiter.grant()
    }
  }
}

function checkedLimit(permits: number): number {
  if (!Number.isInteger(permits) || permits < 1) {
    throw new RangeError(`a semaphore needs a whole number of permits, at least 1, not ${permits}`)
  }
  return permits
}
