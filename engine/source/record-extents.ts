/** Where the records of one window of bytes lie. Reused for window after window; grows to the most that one held. */
export class RecordExtents {
  count = 0
  /** Position of each record's first byte in the window. */
  starts = new Int32Array(4_096)
  /** One past each record's last byte, its line end left out. */
  ends = new Int32Array(4_096)
  /** Lines between the window's first line and the one on which the record begins. */
  lines = new Int32Array(4_096)

  add(start: number, end: number, line: number): void {
    const at = this.count
    if (at === this.starts.length) this.#grow()
    this.starts[at] = start
    this.ends[at] = end
    this.lines[at] = line
    this.count = at + 1
  }

  #grow(): void {
    this.starts = doubled(this.starts)
    this.ends = doubled(this.ends)
    this.lines = doubled(this.lines)
  }
}

function doubled(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * from.length)
  grown.set(from)
  return grown
}
