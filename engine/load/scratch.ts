/** Kept from one record to the next; what a longer record needed is given back. */
const KEPT_BYTES = 2 ** 20

/** Room for the bytes of one record, reused for record after record. */
export class Scratch {
  #bytes: Buffer = Buffer.allocUnsafeSlow(4_096)

  /** @returns At least `length` bytes, whose content is valid until the next call. */
  room(length: number): Buffer {
    const held = this.#bytes.length
    if (held < length || (held > KEPT_BYTES && length <= KEPT_BYTES))
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(length, Math.min(2 * held, KEPT_BYTES)))
    return this.#bytes
  }
}
