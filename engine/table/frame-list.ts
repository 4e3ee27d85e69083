/** Where a row's record lies. */
export interface RowPlace {
  readonly segment: number
  /** Byte offset of the frame in its segment. */
  readonly frameAt: number
}

/** The frames that rows came from, in the order of their rows. */
export class FrameList {
  readonly #segments: number[] = []
  readonly #offsets: number[] = []
  readonly #firstRows: number[] = []

  /** @param firstRow The first row that comes from it; a frame from which none came gives way to the next. */
  add({ segment, frameAt }: RowPlace, firstRow: number): void {
    if (this.#firstRows.at(-1) === firstRow) {
      this.#segments.pop()
      this.#offsets.pop()
      this.#firstRows.pop()
    }
    this.#segments.push(segment)
    this.#offsets.push(frameAt)
    this.#firstRows.push(firstRow)
  }

  /** @returns The frame of `row`, which must be one that was added. */
  placeOf(row: number): RowPlace {
    let low = 0
    let high = this.#firstRows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#firstRows[middle]! <= row) low = middle + 1
      else high = middle
    }
    return { segment: this.#segments[low - 1]!, frameAt: this.#offsets[low - 1]! }
  }
}
