/** Allows each page so many calls a second, and twice as many at once. */
export class CallRate {
  readonly #perSec: number
  readonly #nowMs: () => number
  readonly #left = new Map<number, { calls: number; atMs: number }>()

  constructor(perSec: number, nowMs: () => number) {
    this.#perSec = perSec
    this.#nowMs = nowMs
  }

  /** @returns Whether one more call of the page is in order. */
  take(page: number): boolean {
    const nowMs = this.#nowMs()
    const most = this.#perSec * 2
    const { calls, atMs } = this.#left.get(page) ?? { calls: most, atMs: nowMs }
    const left = Math.min(most, calls + ((nowMs - atMs) * this.#perSec) / 1_000)
    this.#left.set(page, { calls: left < 1 ? left : left - 1, atMs: nowMs })
    return left >= 1
  }
}
