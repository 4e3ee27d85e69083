/** Room in front of the records, for what is known only when the batch is sent: a header, a script and its arguments. */
export const HEAD_BYTES = 1_024
const FIRST_BYTES = 16 * 2 ** 10

/** Encoded records of one batch: `bytes[start, end)`, behind room for a header. */
export class BatchBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(HEAD_BYTES + FIRST_BYTES)
  start = HEAD_BYTES
  end = HEAD_BYTES
  records = 0
  /** Of the script that takes the records; 0 where none does. */
  arguments = 0

  /** Makes sure that so many bytes can be written at {@link end}. */
  room(bytes: number): void {
    const needed = this.end + bytes
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(2 * this.bytes.length, needed + 2 ** 20)))
    this.bytes.copy(grown, 0, 0, this.end)
    this.bytes = grown
  }

  /** Writes `header` directly in front of the records. @returns Both. */
  withHeader(header: Buffer): Buffer {
    const from = this.start - header.length
    if (from < 0) return Buffer.concat([header, this.bytes.subarray(this.start, this.end)])
    header.copy(this.bytes, from)
    return this.bytes.subarray(from, this.end)
  }

  clear(): void {
    this.start = HEAD_BYTES
    this.end = HEAD_BYTES
    this.records = 0
    this.arguments = 0
  }
}

/** Buffers that go round from batch to batch. */
export class BufferPool {
  readonly #most: { readonly buffers: number; readonly bytes: number }
  readonly #free: BatchBuffer[] = []

  /** @param most How many are kept, and how large one may have grown to be kept. */
  constructor(most: { readonly buffers: number; readonly bytes: number }) {
    this.#most = most
  }

  take(): BatchBuffer {
    return this.#free.pop() ?? new BatchBuffer()
  }

  /** The caller must not use `buffer` after this. */
  give(buffer: BatchBuffer): void {
    if (this.#free.length >= this.#most.buffers || buffer.bytes.length > this.#most.bytes) return
    buffer.clear()
    this.#free.push(buffer)
  }
}
