const FIRST_ROWS = 64

/**
 * Rows in the order of their times. They nearly come in that order: what does not is put in its place by merging, once
 * somebody asks.
 */
export class SortedRows {
  readonly #timeOf: (row: number) => number
  #rows = new Uint32Array(FIRST_ROWS)
  #count = 0
  /** The first so many are in order. */
  #sorted = 0
  #lastMs = -Infinity

  constructor(timeOf: (row: number) => number) {
    this.#timeOf = timeOf
  }

  get count(): number {
    return this.#count
  }

  add(row: number): void {
    if (this.#count === this.#rows.length) {
      const larger = new Uint32Array(this.#count * 2)
      larger.set(this.#rows)
      this.#rows = larger
    }
    const ms = this.#timeOf(row)
    const isNext = this.#sorted === this.#count && ms >= this.#lastMs
    this.#rows[this.#count] = row
    this.#count += 1
    if (!isNext) return
    this.#lastMs = ms
    this.#sorted = this.#count
  }

  /** @returns All rows in order, valid until the next one is added. */
  all(): Uint32Array {
    if (this.#sorted < this.#count) this.#sort()
    return this.#rows.subarray(0, this.#count)
  }

  /** Joins runs that are in order, two neighbours at a time. */
  #sort(): void {
    let ends = this.#runEnds()
    let [from, to] = [this.#rows.slice(0, this.#count), new Uint32Array(this.#count)]
    while (ends.length > 1) {
      const joined: number[] = []
      for (let at = 0, start = 0; at < ends.length; at += 2) {
        const middle = ends[at]!
        const end = ends[at + 1] ?? middle
        this.#merge({ from, to, start, middle, end })
        joined.push(end)
        start = end
      }
      ;[from, to, ends] = [to, from, joined]
    }
    this.#rows.set(from)
    this.#sorted = this.#count
    this.#lastMs = this.#timeOf(this.#rows[this.#count - 1]!)
  }

  #runEnds(): number[] {
    const ends: number[] = []
    let beforeMs = -Infinity
    for (let at = 0; at < this.#count; at += 1) {
      const ms = this.#timeOf(this.#rows[at]!)
      if (ms < beforeMs) ends.push(at)
      beforeMs = ms
    }
    ends.push(this.#count)
    return ends
  }

  #merge({ from, to, start, middle, end }: Merge): void {
    let [left, right] = [start, middle]
    for (let at = start; at < end; at += 1) {
      const isLeft =
        right >= end || (left < middle && this.#timeOf(from[left]!) <= this.#timeOf(from[right]!))
      to[at] = from[isLeft ? left : right]!
      if (isLeft) left += 1
      else right += 1
    }
  }
}

interface Merge {
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly start: number
  readonly middle: number
  readonly end: number
}
