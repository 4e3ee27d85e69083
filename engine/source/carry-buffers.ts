import { BLOCK_BYTES, RECORD_BYTES } from './limits.ts'

/** Buffers up to this size are kept for the next block; a larger one held a long record and is given up. */
const KEPT_BYTES = 4 * BLOCK_BYTES

/**
 * Collects bytes as they arrive and hands out those in front of a cut. Two buffers take turns, so that one is filled
 * while what was cut off the other is read; they grow for a long record.
 */
export class CarryBuffers {
  /** What is collected is `bytes[0, length)`. */
  bytes: Buffer = Buffer.alloc(0)
  length = 0
  /** Position in the data of `bytes[0]`. */
  origin: number
  #spare: Buffer = Buffer.alloc(0)

  /** @param origin Position in the data of the first byte that will be added. */
  constructor(origin: number) {
    this.origin = origin
  }

  /** @returns Exactly `bytes` bytes to write into; call {@link add} with how many were written. */
  room(bytes: number): Buffer {
    const needed = this.length + bytes
    if (this.bytes.length < needed) {
      // Doubling keeps the copying of a growing record linear; the slack is for what is carried over next time.
      const ample = Math.max(needed + (needed >> 3), 2 * this.length)
      const most = Math.max(needed, RECORD_BYTES + KEPT_BYTES)
      const grown = Buffer.allocUnsafeSlow(Math.min(ample, most))
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    return this.bytes.subarray(this.length, needed)
  }

  add(bytes: number): void {
    this.length += bytes
  }

  /** Carries the bytes from `cut` on over to the other buffer. @returns Those in front, valid until the next cut. */
  cut(cut: number): Buffer {
    const carried = this.length - cut
    const full = this.bytes
    const isWasteful = this.#spare.length > KEPT_BYTES && carried < BLOCK_BYTES
    if (this.#spare.length < carried || isWasteful)
      this.#spare = Buffer.allocUnsafeSlow(carried + BLOCK_BYTES)
    full.copy(this.#spare, 0, cut, this.length)
    this.bytes = this.#spare
    this.#spare = full.length > KEPT_BYTES ? Buffer.alloc(0) : full
    this.length = carried
    this.origin += cut
    return full.subarray(0, cut)
  }

  /** Forgets the bytes in front of `count`, which nobody will read. */
  drop(count: number): void {
    const kept = this.length - count
    const smaller = this.bytes.length > KEPT_BYTES ? Buffer.allocUnsafeSlow(kept + BLOCK_BYTES) : this.bytes
    this.bytes.copy(smaller, 0, count, this.length)
    this.bytes = smaller
    this.length = kept
    this.origin += count
  }
}
