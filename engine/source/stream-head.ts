const LF = 10

export interface HeadBytes {
  readonly head: Buffer
  /** No byte follows. */
  readonly isWhole: boolean
}

/** The beginning of an input, for whoever has to tell what it is. */
export interface InputHead {
  /**
   * @returns The first `bytes` bytes; fewer where there are no more, or where one would have to wait for them although
   *   there is something new.
   */
  read(bytes: number): Promise<HeadBytes>
}

/** Looks at the first bytes of a stream, at first without waiting for more than its first line. */
export class StreamHead implements InputHead {
  readonly #input: AsyncIterator<Buffer>
  #seen: Buffer = Buffer.alloc(0)
  #isOver = false

  constructor(stream: AsyncIterable<Buffer>) {
    this.#input = stream[Symbol.asyncIterator]()
  }

  async read(bytes: number): Promise<HeadBytes> {
    const before = this.#seen.length
    while (!this.#isOver && this.#seen.length < bytes) {
      if (this.#seen.length > before && this.#seen.includes(LF, before)) break
      const result = await this.#input.next()
      if (result.done === true) this.#isOver = true
      else this.#seen = Buffer.concat([this.#seen, result.value])
    }
    return { head: this.#seen.subarray(0, bytes), isWhole: this.#isOver && this.#seen.length <= bytes }
  }

  /** @returns The whole stream, from its first byte on; nothing may be looked at any more. */
  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    const seen = this.#seen
    this.#seen = Buffer.alloc(0)
    if (seen.length > 0) yield seen
    while (!this.#isOver) {
      const result = await this.#input.next()
      if (result.done === true) return
      yield result.value
    }
  }

  /** Nothing is read any more. */
  async close(): Promise<void> {
    await this.#input.return?.()
  }
}
