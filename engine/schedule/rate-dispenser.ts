/** A grant may be used this much later than its time; later it is void, so that late grants never bunch up. */
export const SLOT_TOLERANCE_MS = 10

// Requests leave up to the tolerance after their slot, so a window of one second can hold one hundredth more slots
// than its length says. Dispensing that much slower keeps every such window within the rate.
const MARGIN = 1 + SLOT_TOLERANCE_MS / 1_000

/**
 * Spaces requests evenly: no window of one second holds more than `ratePerSec` of them, plus one, as long as each starts
 * within {@link SLOT_TOLERANCE_MS} after its slot.
 *
 * A generic cell rate algorithm without burst (ITU-T I.371), with time given by the caller.
 */
export class RateDispenser {
  #intervalMs: number
  #nextMs = -Infinity

  /** @param ratePerSec Most requests per second over the whole run; above 0. */
  constructor(ratePerSec: number) {
    this.#intervalMs = intervalOf(ratePerSec)
  }

  /** Goes on at another rate from the last slot whose time has come; slots taken ahead of their time are void. */
  useRate(ratePerSec: number, nowMs: number): void {
    const ahead = Math.max(1, Math.ceil((this.#nextMs - nowMs) / this.#intervalMs))
    const lastMs = this.#nextMs - ahead * this.#intervalMs
    this.#intervalMs = intervalOf(ratePerSec)
    this.#nextMs = lastMs + this.#intervalMs
  }

  /** @returns When the next request may start. */
  nextMs(nowMs: number): number {
    return Math.max(nowMs, this.#nextMs)
  }

  /** Takes the next slot from `earliestMs` on, whether or not its time has come. @returns The slot's time. */
  take(earliestMs: number): number {
    const slotMs = Math.max(earliestMs, this.#nextMs)
    this.#nextMs = slotMs + this.#intervalMs
    return slotMs
  }

  /** Takes a slot if its time has come. What a late timer missed within the tolerance is made up for. */
  tryTake(nowMs: number): boolean {
    if (this.#nextMs > nowMs) return false
    this.take(nowMs - SLOT_TOLERANCE_MS)
    return true
  }
}

const intervalOf = (ratePerSec: number): number => (1_000 / ratePerSec) * MARGIN
