/** A list of task indexes that grows without an object per entry and is handed over whole. */
export class IndexList {
  #items = new Uint32Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(index: number): void {
    if (this.#length === this.#items.length) {
      const grown = new Uint32Array(this.#items.length * 2)
      grown.set(this.#items)
      this.#items = grown
    }
    this.#items[this.#length] = index
    this.#length += 1
  }

  forEach(visit: (index: number) => void): void {
    for (let at = 0; at < this.#length; at += 1) visit(this.#items[at]!)
  }

  clear(): void {
    this.#length = 0
  }

  /** @returns A copy of the entries; the list is empty afterwards. */
  take(): Uint32Array {
    const taken = this.#items.slice(0, this.#length)
    this.#length = 0
    return taken
  }
}
