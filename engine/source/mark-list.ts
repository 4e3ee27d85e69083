/** Most marks of one message. The first messages are smaller, so that workers begin at once. */
const MOST_MARKS = 1_024

export interface MarkListener {
  /** Triples `[byteOffset, index, line]`. */
  onMarks(marks: Float64Array<ArrayBuffer>): void
  /** Called after each block. */
  onProgress(bytesRead: number, nextIndex: number): void
}

/** Marks on their way to whoever listens. */
export class MarkList {
  nextIndex: number
  readonly firstIndex: number
  readonly #listener: MarkListener
  #marks: number[] = []
  #enough = 1

  constructor(firstIndex: number, listener: MarkListener) {
    this.firstIndex = firstIndex
    this.nextIndex = firstIndex
    this.#listener = listener
  }

  add(byteOffset: number, index: number, line: number): void {
    this.#marks.push(byteOffset, index, line)
  }

  flushEnough(): void {
    if (this.#marks.length >= 3 * this.#enough) this.flush()
  }

  flush(): void {
    if (this.#marks.length === 0) return
    this.#listener.onMarks(Float64Array.from(this.#marks))
    this.#marks = []
    this.#enough = Math.min(MOST_MARKS, 2 * this.#enough)
  }
}
