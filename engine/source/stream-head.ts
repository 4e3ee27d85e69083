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
  #seen: Buffer[] = []
  #length = 0
  #isOver = false

  constructor(stream: AsyncIterable<Buffer>) {
    this.#input = stream[Symbol.asyncIterator]()
  }

  async read(bytes: number): Promise<HeadBytes> {
    while (!this.#isOver && this.#length < bytes) {
      const result = await this.#input.next()
      if (result.done === true) {
        this.#isOver = true
        break
      }
      this.#seen.push(result.value)
      this.#length += result.value.length
      if (result.value.includes(LF)) break
    }
    const all = Buffer.concat(this.#seen)
    this.#seen = [all]
    return { head: all.subarray(0, bytes), isWhole: this.#isOver && all.length <= bytes }
  }

  /** @returns The whole stream, from its first byte on; nothing may be looked at any more. */
  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    const seen = this.#seen
    this.#seen = []
    yield* seen
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
