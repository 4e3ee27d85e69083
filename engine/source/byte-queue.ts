/** Pulls bytes from a stream in the pieces that a parser needs, and takes back what it did not use. */
export class ByteQueue {
  readonly #input: AsyncIterator<Buffer>
  #returned: Buffer = Buffer.alloc(0)
  /** Bytes handed out and not taken back. */
  position = 0

  constructor(input: AsyncIterable<Buffer>) {
    this.#input = input[Symbol.asyncIterator]()
  }

  /** @returns The next bytes, as many as there are at hand; `null` at the end. */
  async chunk(): Promise<Buffer | null> {
    let chunk = this.#returned
    this.#returned = Buffer.alloc(0)
    while (chunk.length === 0) {
      const result = await this.#input.next()
      if (result.done === true) return null
      chunk = result.value
    }
    this.position += chunk.length
    return chunk
  }

  /** Puts the end of what was handed out back in front. */
  putBack(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.position -= bytes.length
    this.#returned = this.#returned.length === 0 ? bytes : Buffer.concat([bytes, this.#returned])
  }

  /** @returns Exactly `count` bytes, fewer only at the end. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const chunk = await this.chunk()
      if (chunk === null) break
      if (chunk.length > missing) this.putBack(chunk.subarray(missing))
      parts.push(chunk.subarray(0, missing))
      missing -= Math.min(missing, chunk.length)
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** Passes over bytes up to and including the first `byte`. @returns False when the data ended before. */
  async skipPast(byte: number): Promise<boolean> {
    for (;;) {
      const chunk = await this.chunk()
      if (chunk === null) return false
      const at = chunk.indexOf(byte)
      if (at < 0) continue
      this.putBack(chunk.subarray(at + 1))
      return true
    }
  }
}
