import { CarryBuffers } from './carry-buffers.ts'
import { RECORD_BYTES } from './limits.ts'
import { makeCutter, type CutFormat } from './make-cutter.ts'
import type { RecordCutter } from './record-cutter.ts'
import { RecordExtents } from './record-extents.ts'

/** Whole records; valid until the next window is taken. */
export interface RecordWindow {
  readonly bytes: Buffer
  /** Where the records lie in `bytes`; at least one. */
  readonly extents: RecordExtents
  /** Position in the data of `bytes[0]`. */
  readonly origin: number
  /** Line number of the records' line 0. */
  readonly line: number
  /** Position in the data at which the first record began when it is too long to be kept; -1 as a rule. */
  readonly lostAt: number
  /** The last record is a row with a quote that is not closed before the data ends. */
  readonly isUnclosed: boolean
}

/**
 * Collects bytes as they arrive and cuts them behind the last complete record. The bytes of a record beyond
 * {@link RECORD_BYTES} are dropped, so that a record of any length costs no more than that.
 */
export class RecordBlocks {
  readonly #buffers: CarryBuffers
  readonly #cutter: RecordCutter
  readonly #extents = new RecordExtents()
  #lostAt = -1

  /** @param start Position and line (from 1) of the first byte that will be added; it begins a record. */
  constructor(format: CutFormat, start: { readonly byteOffset: number; readonly line: number }) {
    this.#buffers = new CarryBuffers(start.byteOffset)
    this.#cutter = makeCutter(format, start.line)
  }

  /** Bytes that were added and not taken yet. */
  get waitingBytes(): number {
    return this.#buffers.length
  }

  /** @returns Exactly `bytes` bytes to write into; call {@link add} with how many were written. */
  room(bytes: number): Buffer {
    return this.#buffers.room(bytes)
  }

  add(bytes: number): void {
    this.#buffers.add(bytes)
  }

  /** Copies `chunk` in. */
  push(chunk: Uint8Array): void {
    this.#buffers.room(chunk.length).set(chunk)
    this.#buffers.add(chunk.length)
  }

  /**
   * @param isEnd No byte follows, so that what is left is the last record.
   * @returns The complete records so far; `null` when there is none yet (or, at the end, nothing left).
   */
  take(isEnd: boolean): RecordWindow | null {
    const cutter = this.#cutter
    const { bytes, length, origin } = this.#buffers
    const { line } = cutter
    const cut = cutter.cut(bytes, length, isEnd, this.#extents)
    if (this.#extents.count === 0) {
      if (cut > 0) this.#buffers.cut(cut)
      if (this.#lostAt >= 0 || cutter.lookedAt > RECORD_BYTES) this.#lose()
      return null
    }
    const { isUnclosed } = cutter
    const lostAt = this.#lostAt
    this.#lostAt = -1
    return { bytes: this.#buffers.cut(cut), extents: this.#extents, origin, line, lostAt, isUnclosed }
  }

  #lose(): void {
    if (this.#lostAt < 0) this.#lostAt = this.#buffers.origin
    this.#buffers.drop(this.#cutter.lookedAt)
    this.#cutter.forget()
  }
}

/** @returns The records of `bytes` from `start` on, which hold all the data there is; `null` when there is none. */
export function cutWhole(
  bytes: Buffer,
  format: CutFormat,
  { byteOffset, line }: { readonly byteOffset: number; readonly line: number },
): RecordWindow | null {
  const cutter = makeCutter(format, line)
  const extents = new RecordExtents()
  cutter.cut(bytes, bytes.length, true, extents)
  if (extents.count === 0) return null
  return { bytes, extents, origin: byteOffset, line, lostAt: -1, isUnclosed: cutter.isUnclosed }
}
