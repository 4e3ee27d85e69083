import { CarryBuffers } from './carry-buffers.ts'
import { RECORD_BYTES } from './limits.ts'

const LF = 10
const CR = 13
/** Bytes kept of a line that is too long to be kept whole, to show its beginning. */
export const SAMPLE_BYTES = 200
/** A CR held back for its LF and a byte order mark do not count as bytes of a line. */
const NOT_TEXT_BYTES = 4

/** Bytes that hold whole lines only; valid until the next window is taken. */
export interface LineWindow {
  /** Lines begin at `start`; the last one may lack its line end when the data ends there. */
  readonly bytes: Buffer
  readonly start: number
  /** Position in the data of `bytes[0]`; negative when only a later part of `bytes` is used. */
  readonly origin: number
  /** Set when the first line began earlier and was too long to keep: where, and how. */
  readonly lost: { readonly offset: number; readonly sample: Buffer } | null
}

/**
 * Collects bytes as they arrive and cuts them behind the last complete line. The bytes of a line beyond
 * {@link RECORD_BYTES} are dropped.
 *
 * Line ends are LF, CR LF and a lone CR.
 */
export class LineBlocks {
  readonly #buffers: CarryBuffers
  #lost: LineWindow['lost'] = null

  /** @param origin Position in the data of the first byte that will be added; it begins a line. */
  constructor(origin: number) {
    this.#buffers = new CarryBuffers(origin)
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
   * @param isEnd No byte follows, so that what is left is the last line.
   * @returns The complete lines so far; `null` when there is none yet (or, at the end, nothing left).
   */
  take(isEnd: boolean): LineWindow | null {
    const { length, origin } = this.#buffers
    const cut = isEnd ? length : this.#lastLineEnd()
    if (cut === 0 && !(isEnd && this.#lost !== null)) {
      if (!isEnd && length > RECORD_BYTES + NOT_TEXT_BYTES) this.#lose()
      else if (!isEnd && this.#lost !== null) this.#drop()
      return null
    }
    const window = { bytes: this.#buffers.cut(cut), start: 0, origin, lost: this.#lost }
    this.#lost = null
    return window
  }

  /** @returns The position behind the last line end; a CR in last place may be half of a CR LF and is not one yet. */
  #lastLineEnd(): number {
    const { bytes, length } = this.#buffers
    if (length === 0) return 0
    const last = length - (bytes[length - 1] === CR ? 2 : 1)
    if (last < 0) return 0
    return 1 + Math.max(bytes.lastIndexOf(LF, last), bytes.lastIndexOf(CR, last))
  }

  #lose(): void {
    const { bytes, origin } = this.#buffers
    this.#lost ??= { offset: origin, sample: Buffer.from(bytes.subarray(0, SAMPLE_BYTES)) }
    this.#drop()
  }

  /** Forgets the bytes of a lost line, but for a CR whose LF may follow. */
  #drop(): void {
    const { bytes, length } = this.#buffers
    this.#buffers.drop(length - (length > 0 && bytes[length - 1] === CR ? 1 : 0))
  }
}
