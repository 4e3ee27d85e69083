import { BLOCK_BYTES, RECORD_BYTES } from './limits.ts'

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
 * Collects bytes as they arrive and cuts them behind the last complete line. Two buffers take turns, so that one is
 * filled while the lines of the other are read; they grow for a long line, up to {@link RECORD_BYTES}, beyond which
 * the line's bytes are dropped.
 *
 * Line ends are LF, CR LF and a lone CR.
 */
export class LineBlocks {
  #fill: Buffer = Buffer.alloc(0)
  #spare: Buffer = Buffer.alloc(0)
  #length = 0
  #origin: number
  #lost: LineWindow['lost'] = null

  /** @param origin Position in the data of the first byte that will be added; it begins a line. */
  constructor(origin: number) {
    this.#origin = origin
  }

  /** @returns Exactly `bytes` bytes to write into; call {@link add} with how many were written. */
  room(bytes: number): Buffer {
    const needed = this.#length + bytes
    if (this.#fill.length < needed) {
      // Doubling keeps the copying of a growing line linear; the slack is for the line carried over next time.
      const grown = Buffer.allocUnsafeSlow(Math.max(needed + (needed >> 3), 2 * this.#length))
      this.#fill.copy(grown, 0, 0, this.#length)
      this.#fill = grown
    }
    return this.#fill.subarray(this.#length, needed)
  }

  add(bytes: number): void {
    this.#length += bytes
  }

  /** Copies `chunk` in. */
  push(chunk: Uint8Array): void {
    this.room(chunk.length).set(chunk)
    this.#length += chunk.length
  }

  /**
   * @param isEnd No byte follows, so that what is left is the last line.
   * @returns The complete lines so far; `null` when there is none yet (or, at the end, nothing left).
   */
  take(isEnd: boolean): LineWindow | null {
    const cut = isEnd ? this.#length : this.#lastLineEnd()
    if (cut === 0 && !(isEnd && this.#lost !== null)) {
      if (!isEnd && this.#length > RECORD_BYTES + NOT_TEXT_BYTES) this.#lose()
      else if (!isEnd && this.#lost !== null) this.#drop()
      return null
    }
    const window = { bytes: this.#fill.subarray(0, cut), start: 0, origin: this.#origin, lost: this.#lost }
    this.#lost = null
    this.#swap(cut)
    return window
  }

  /** @returns The position behind the last line end; a CR in last place may be half of a CR LF and is not one yet. */
  #lastLineEnd(): number {
    if (this.#length === 0) return 0
    const isHalf = this.#fill[this.#length - 1] === CR
    const last = this.#length - (isHalf ? 2 : 1)
    if (last < 0) return 0
    return 1 + Math.max(this.#fill.lastIndexOf(LF, last), this.#fill.lastIndexOf(CR, last))
  }

  /** Carries the beginning of an incomplete line over to the other buffer. */
  #swap(cut: number): void {
    const carried = this.#length - cut
    const full = this.#fill
    const isWasteful = this.#spare.length > 4 * BLOCK_BYTES && carried < BLOCK_BYTES
    if (this.#spare.length < carried || isWasteful)
      this.#spare = Buffer.allocUnsafeSlow(carried + BLOCK_BYTES)
    full.copy(this.#spare, 0, cut, this.#length)
    this.#fill = this.#spare
    this.#spare = full.length > 4 * BLOCK_BYTES ? Buffer.alloc(0) : full
    this.#length = carried
    this.#origin += cut
  }

  #lose(): void {
    this.#lost ??= { offset: this.#origin, sample: Buffer.from(this.#fill.subarray(0, SAMPLE_BYTES)) }
    this.#drop()
  }

  /** Forgets the bytes of a lost line, but for a CR whose LF may follow. */
  #drop(): void {
    const isHalf = this.#length > 0 && this.#fill[this.#length - 1] === CR
    const kept = isHalf ? 1 : 0
    this.#origin += this.#length - kept
    this.#length = kept
    if (this.#fill.length > 4 * BLOCK_BYTES) this.#fill = Buffer.allocUnsafeSlow(BLOCK_BYTES)
    if (isHalf) this.#fill[0] = CR
  }
}
