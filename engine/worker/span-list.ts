/** Spans `[first, end)` of task indexes, mostly added in rising order, that are handed over whole. */
export class SpanList {
  #items = new Float64Array(64)
  #length = 0
  #isRising = true

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Adds a span that overlaps none before it; one that follows the last on its heels makes that longer. */
  add(first: number, end: number): void {
    const items = this.#items
    const previousEnd = items[this.#length - 1]
    if (this.#length > 0 && first === previousEnd) {
      items[this.#length - 1] = end
      return
    }
    if (this.#length > 0 && first < previousEnd!) this.#isRising = false
    if (this.#length === items.length) this.#grow()
    this.#items[this.#length] = first
    this.#items[this.#length + 1] = end
    this.#length += 2
  }

  /** Calls back for each span, in the order in which they were added. */
  forEach(visit: (first: number, end: number) => void): void {
    for (let at = 0; at < this.#length; at += 2) visit(this.#items[at]!, this.#items[at + 1]!)
  }

  clear(): void {
    this.#length = 0
    this.#isRising = true
  }

  /** @returns The spans as pairs in rising order, those that touch made one; the list is empty afterwards. */
  take(): Float64Array {
    const taken = this.#isRising ? this.#items.slice(0, this.#length) : this.#sorted()
    this.clear()
    return taken
  }

  #sorted(): Float64Array {
    const pairs: [first: number, end: number][] = []
    this.forEach((first, end) => pairs.push([first, end]))
    pairs.sort(([first], [other]) => first - other)
    const sorted = new SpanList()
    for (const [first, end] of pairs) sorted.add(first, end)
    return sorted.take()
  }

  #grow(): void {
    const grown = new Float64Array(this.#items.length * 2)
    grown.set(this.#items)
    this.#items = grown
  }
}
