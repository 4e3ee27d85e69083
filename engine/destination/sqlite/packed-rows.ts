import type { PassedOver } from './positions.ts'
import { ABSENT, type PackedBatch } from './writer-protocol.ts'

const LENGTH_BYTES = 4
const SPARE_BYTES = 64 * 2 ** 10
/** Buffers beyond this were made for a record of unusual size, and are not kept for the next batch. */
const KEPT_BYTES = 16 * 2 ** 20

/**
 * The rows of the open batch, packed into buffers that a thread can be handed.
 *
 * A row is begun, filled cell by cell and ended; a row that was begun and not ended is written over by the next.
 */
export class PackedRows {
  bytes: Buffer<ArrayBuffer>
  #lengths: Int32Array<ArrayBuffer>
  #indexes: Float64Array<ArrayBuffer>
  #byteCount = 0
  #lengthCount = 0
  #rowAt = 0
  #cells = 0
  #rows = 0
  #refused: PassedOver[] = []
  #refusedBytes = 0
  /** Buffers that came back. */
  readonly #spare: PackedBatch[] = []
  readonly #roomBytes: number
  readonly #roomRows: number

  constructor(most: { readonly records: number; readonly bytes: number }) {
    this.#roomBytes = most.bytes + SPARE_BYTES
    this.#roomRows = most.records
    this.bytes = Buffer.allocUnsafeSlow(this.#roomBytes)
    this.#lengths = new Int32Array(most.records * 3)
    this.#indexes = new Float64Array(most.records)
  }

  /** For each row of the open batch how many cells follow, then their lengths. */
  get lengths(): Int32Array {
    return this.#lengths
  }

  /** What the open batch takes in memory. */
  get openBytes(): number {
    return this.#byteCount + this.#lengthCount * LENGTH_BYTES + this.#refusedBytes
  }

  beginRow(index: number): void {
    if (this.#rows === this.#indexes.length) {
      const indexes = new Float64Array(this.#rows * 2 + 1)
      indexes.set(this.#indexes)
      this.#indexes = indexes
    }
    this.#indexes[this.#rows] = index
    this.#rowAt = this.#byteCount
    this.#cells = 0
    this.#makeRoom(this.#lengthCount)
  }

  /** @returns Where the `length` bytes of the row's next cell are to be written, in {@link bytes}. */
  addCell(length: number): number {
    const at = this.#rowAt
    if (at + length > this.bytes.length) this.#growBytes(at + length)
    this.#addLength(length)
    this.#rowAt = at + length
    return at
  }

  addAbsent(): void {
    this.#addLength(ABSENT)
  }

  endRow(): void {
    this.#lengths[this.#lengthCount] = this.#cells
    this.#lengthCount += 1 + this.#cells
    this.#byteCount = this.#rowAt
    this.#rows += 1
  }

  refuse(record: PassedOver): void {
    this.#refused.push(record)
    this.#refusedBytes += record.message.length
  }

  /** @returns The batch, which belongs to whoever it is handed to; the next one begins empty. */
  take(): { readonly batch: PackedBatch; readonly refused: readonly PassedOver[] } {
    const batch: PackedBatch = {
      bytes: this.bytes,
      lengths: this.#lengths,
      lengthCount: this.#lengthCount,
      indexes: this.#indexes,
    }
    const refused = this.#refused
    const spare = this.#spare.pop()
    this.bytes =
      spare === undefined ? Buffer.allocUnsafeSlow(this.#roomBytes) : Buffer.from(spare.bytes.buffer)
    this.#lengths = spare?.lengths ?? new Int32Array(this.#roomRows * 3)
    this.#indexes = spare?.indexes ?? new Float64Array(this.#roomRows)
    this.clear()
    return { batch, refused }
  }

  /** Drops the open batch. */
  clear(): void {
    this.#byteCount = this.#lengthCount = this.#rows = this.#refusedBytes = 0
    this.#refused = []
  }

  giveBack(batch: PackedBatch): void {
    if (batch.bytes.length + batch.lengths.byteLength <= KEPT_BYTES) this.#spare.push(batch)
  }

  #addLength(length: number): void {
    this.#cells += 1
    const at = this.#lengthCount + this.#cells
    this.#makeRoom(at)
    this.#lengths[at] = length
  }

  #makeRoom(at: number): void {
    if (at < this.#lengths.length) return
    const lengths = new Int32Array(at * 2 + 1)
    lengths.set(this.#lengths)
    this.#lengths = lengths
  }

  #growBytes(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(bytes, 0, 0, this.#rowAt)
    this.bytes = bytes
  }
}
