const CROWDED = 10_000
/** A hold that ends only so much later is the same one. */
const SAME_HOLD_MS = 100

/** Hosts that no task starts at for a while, because they said that they are asked too much. */
export class HostHolds {
  readonly #untilMs = new Map<string, number>()

  /** @returns False where the host is held until about then already. */
  hold(host: string, untilMs: number, nowMs: number): boolean {
    if (untilMs <= Math.max(nowMs, this.until(host, nowMs)) + SAME_HOLD_MS) return false
    if (this.#untilMs.size >= CROWDED) this.#forgetEnded(nowMs)
    this.#untilMs.set(host, untilMs)
    return true
  }

  isHeld(host: string, nowMs: number): boolean {
    return this.until(host, nowMs) > 0
  }

  /** @returns When the hold ends; 0 where there is none. */
  until(host: string, nowMs: number): number {
    if (this.#untilMs.size === 0) return 0
    const untilMs = this.#untilMs.get(host)
    if (untilMs === undefined) return 0
    if (untilMs > nowMs) return untilMs
    this.#untilMs.delete(host)
    return 0
  }

  #forgetEnded(nowMs: number): void {
    for (const [host, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(host)
  }
}
