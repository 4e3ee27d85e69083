/** The newest `capacity` values, oldest first; older ones are overwritten. */
export class Ring<T> {
  readonly #values: T[] = []
  readonly #capacity: number
  #oldest = 0

  /** @param capacity Most values that are kept; a whole number, at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#values.length
  }

  push(value: T): void {
    if (this.#values.length < this.#capacity) {
      this.#values.push(value)
      return
    }
    this.#values[this.#oldest] = value
    this.#oldest = (this.#oldest + 1) % this.#capacity
  }

  /** @param position 0 is the oldest. @returns `undefined` beyond the end. */
  at(position: number): T | undefined {
    if (position < 0 || position >= this.#values.length) return undefined
    return this.#values[(this.#oldest + position) % this.#values.length]
  }

  last(): T | undefined {
    return this.at(this.#values.length - 1)
  }

  clear(): void {
    this.#values.length = 0
    this.#oldest = 0
  }

  *[Symbol.iterator](): Generator<T> {
    for (let position = 0; position < this.#values.length; position += 1) yield this.at(position)!
  }
}
