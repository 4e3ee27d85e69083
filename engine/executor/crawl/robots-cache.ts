import type { HttpOrigin } from '../http/http-client.ts'
import type { CrawlLimits } from '../http/limits.ts'
import { RobotsFetch, type RobotsFetchDeps, type RobotsResult } from './robots-fetch.ts'

/** A task that waits for the rules of an origin. */
export interface RobotsWaiter {
  /** The rules are known, or why they are not. */
  onRobots(result: RobotsResult): void
  /** The fetch needs its host's permits: give back what is held, and ask again before the request. */
  yieldGate(): void
}

interface Entry {
  result: RobotsResult | null
  validUntilMs: number
  fetch: RobotsFetch | null
  readonly waiters: Set<RobotsWaiter>
}

export type { RobotsResult }

/** The robots.txt of each origin, fetched once however many lanes want it. */
export class RobotsCache {
  readonly #deps: RobotsFetchDeps
  readonly #limits: CrawlLimits
  readonly #entries = new Map<string, Entry>()

  constructor(deps: RobotsFetchDeps) {
    this.#deps = deps
    this.#limits = deps.limits
  }

  /** @returns What is known of the origin's rules; `null` when they must be waited for. */
  peek(origin: HttpOrigin): RobotsResult | null {
    const entry = this.#entries.get(keyOf(origin))
    if (entry === undefined || entry.validUntilMs <= this.#deps.context.nowMs()) return null
    return entry.result
  }

  /**
   * @param gate What the waiter holds of the origin's host, `''` for nothing.
   * @returns Whether the permit was taken over: by the fetch of robots.txt, which gives it back itself.
   */
  wait(origin: HttpOrigin, gate: string, waiter: RobotsWaiter): boolean {
    const key = keyOf(origin)
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      if (this.#entries.size >= this.#limits.origins * 4) this.#forgetOldest()
      entry = { result: null, validUntilMs: 0, fetch: null, waiters: new Set() }
      this.#entries.set(key, entry)
    }
    entry.waiters.add(waiter)
    if (entry.fetch !== null) {
      if (entry.fetch.needsPermits) waiter.yieldGate()
      return false
    }
    const known = entry
    known.fetch = new RobotsFetch(this.#deps, {
      onResult: (result, ageMs) => this.#settle(known, result, ageMs),
      onNeedsPermits: () => {
        for (const waiting of known.waiters) waiting.yieldGate()
      },
    })
    known.fetch.start(origin, gate)
    return true
  }

  forget(waiter: RobotsWaiter, origin: HttpOrigin): void {
    this.#entries.get(keyOf(origin))?.waiters.delete(waiter)
  }

  /** Looks at the time limits of fetches under way. @param shiftMs What the clock stood still meanwhile. */
  sweep(nowMs: number, shiftMs: number): void {
    for (const { fetch } of this.#entries.values()) fetch?.sweep(nowMs, shiftMs)
  }

  close(): void {
    for (const { fetch } of this.#entries.values()) fetch?.close()
    this.#entries.clear()
  }

  #settle(entry: Entry, result: RobotsResult, ageMs: number): void {
    entry.fetch = null
    entry.result = result
    entry.validUntilMs = this.#deps.context.nowMs() + ageMs
    const waiters = [...entry.waiters]
    entry.waiters.clear()
    for (const waiter of waiters) waiter.onRobots(result)
  }

  #forgetOldest(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.fetch !== null) continue
      this.#entries.delete(key)
      return
    }
  }
}

const keyOf = (origin: HttpOrigin): string =>
  origin.isPublicOnly ? `public ${origin.origin}` : origin.origin
