import { COUNTER, type Counters } from '../../../shared/model/counters.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import type { Lane } from '../../worker/lane.ts'

const { numbers: NUMBER } = positionsOf(CRAWL_LAYOUT)

/**
 * What was measured of an attempt, over all of its redirects. The four times of a record add up to the attempt:
 * `waitMs` until the first request left without its connect, `connectMs` of all connections, `ttfbMs` until the last
 * answer began, `downloadMs` until it was read.
 */
export class Attempt {
  hops = 0
  #queuedAtMs = 0
  #firstSentMs = NaN
  #firstConnectMs = 0
  #connectMs = 0
  #connectEndMs = NaN
  #firstByteMs = NaN
  #endMs = NaN

  /** @param queuedAtMs When the attempt might have left. */
  reset(queuedAtMs: number): void {
    this.hops = 0
    this.#queuedAtMs = queuedAtMs
    this.#firstSentMs = NaN
    this.#firstConnectMs = 0
    this.#connectMs = 0
    this.#connectEndMs = NaN
    this.#firstByteMs = NaN
    this.#endMs = NaN
  }

  /** A request left; the answer before it, a redirect, counts no more. */
  sent(nowMs: number, connectMs: number): void {
    this.#firstByteMs = NaN
    this.#connectMs += connectMs
    if (this.#firstSentMs === this.#firstSentMs) return
    this.#firstSentMs = nowMs
    this.#firstConnectMs = connectMs
    if (connectMs > 0) this.#connectEndMs = nowMs
  }

  firstByte(nowMs: number): void {
    this.#firstByteMs = nowMs
  }

  ended(nowMs: number): void {
    this.#endMs = nowMs
  }

  /** Writes the times of the lane's record; what did not happen stays absent. */
  describe(lane: Lane): void {
    const { numbers } = lane
    numbers[NUMBER.redirects] = this.hops
    lane.connectEndMs = this.#connectEndMs
    lane.firstByteMs = this.#firstByteMs
    lane.bodyEndMs = this.#endMs
    if (!(this.#firstSentMs > 0)) return
    numbers[NUMBER.waitMs] = Math.max(0, this.#firstSentMs - this.#firstConnectMs - this.#queuedAtMs)
    numbers[NUMBER.connectMs] = this.#connectMs
    const laterConnectMs = this.#connectMs - this.#firstConnectMs
    numbers[NUMBER.ttfbMs] = Math.max(0, this.#firstByteMs - this.#firstSentMs - laterConnectMs)
    numbers[NUMBER.downloadMs] = this.#endMs - this.#firstByteMs
  }

  /** Adds the attempt to the counters of the worker. */
  count(counters: Counters): void {
    if (this.#connectMs > 0) counters[COUNTER.connectMs]! += this.#connectMs
    if (!(this.#firstByteMs > 0)) return
    counters[COUNTER.firstByteMs]! += this.#firstByteMs - this.#firstSentMs
    if (this.#endMs > 0) counters[COUNTER.bodyMs]! += this.#endMs - this.#firstByteMs
  }
}
