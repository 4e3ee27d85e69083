const FIRST_CAPACITY = 4_096

/** Where a record lies: segment number, byte offset of its frame, row in the frame. */
export interface RecordPlace {
  segment: number
  frameAt: number
  row: number
}

/**
 * Places of records that are ahead of their turn, fourteen bytes each. The scheduler bounds how far ahead records
 * can be, so the window stays at a million places; it grows when a run that was unordered before needs more.
 */
export class ReorderWindow {
  /** Segment number plus one; 0 where nothing is held. */
  #segments = new Uint32Array(FIRST_CAPACITY)
  #frames = new Float64Array(FIRST_CAPACITY)
  #rows = new Uint16Array(FIRST_CAPACITY)
  #next: number
  #held = 0

  /** @param next The index whose turn it is. */
  constructor(next: number) {
    this.#next = next
  }

  /** The index whose turn it is. */
  get next(): number {
    return this.#next
  }

  get held(): number {
    return this.#held
  }

  /** @param index At or after {@link next}. */
  hold(index: number, segment: number, frameAt: number, row: number): void {
    while (index - this.#next >= this.#segments.length) this.#grow()
    const slot = index & (this.#segments.length - 1)
    if (this.#segments[slot] === 0) this.#held += 1
    this.#segments[slot] = segment + 1
    this.#frames[slot] = frameAt
    this.#rows[slot] = row
  }

  /** Fills `place` with the record whose turn it is and moves on; false when that record is not held. */
  takeNext(place: RecordPlace): boolean {
    const slot = this.#next & (this.#segments.length - 1)
    const segment = this.#segments[slot]!
    if (segment === 0) return false
    place.segment = segment - 1
    place.frameAt = this.#frames[slot]!
    place.row = this.#rows[slot]!
    this.#segments[slot] = 0
    this.#held -= 1
    this.#next += 1
    return true
  }

  /** Gives up the turn of a record that will never come. */
  skipNext(): void {
    this.#next += 1
  }

  #grow(): void {
    const { length } = this.#segments
    const segments = new Uint32Array(length * 2)
    const frames = new Float64Array(length * 2)
    const rows = new Uint16Array(length * 2)
    for (let ahead = 0; ahead < length; ahead += 1) {
      const index = this.#next + ahead
      const from = index & (length - 1)
      const to = index & (length * 2 - 1)
      segments[to] = this.#segments[from]!
      frames[to] = this.#frames[from]!
      rows[to] = this.#rows[from]!
    }
    this.#segments = segments
    this.#frames = frames
    this.#rows = rows
  }
}
