import { isAscii, isUtf8 } from 'node:buffer'
import { RECORD_BYTES } from './limits.ts'
import { SAMPLE_BYTES, type LineWindow } from './line-blocks.ts'

const LF = 10
const SPACE = 0x20
const HASH = 0x23

/**
 * Lines are searched in strings of one byte a character, this many at a time: V8 finds and cuts lines in such strings
 * several times faster than in buffers, and beyond 64 KiB they leave the young generation.
 */
const PIECE_BYTES = 48 * 2 ** 10

/**
 * Finds the records in windows of lines: every line that is not blank and, where comments exist, does not begin with
 * `#`. White space is what the WHATWG URL parser strips, that is every byte up to the space. A line beyond
 * {@link RECORD_BYTES} always is a record, so that everyone who counts counts alike.
 */
export class LineScanner {
  /** Number of the current line, from 1. */
  line: number
  /** The current line is longer than a record may be; its text is not to be read. */
  isTooLong = false
  readonly #hasComments: boolean
  #bytes: Buffer = Buffer.alloc(0)
  #origin = 0
  #lost: LineWindow['lost'] = null
  /** Whole lines of the window as Latin-1, from the byte `#base` on; the rest begins at `#restAt`. */
  #piece = ''
  #base = 0
  #restAt = 0
  #isAscii = true
  #isUtf8 = true
  // Positions in the piece: the next line, the current one, and the current record without surrounding white space.
  #at = 0
  #start = 0
  #from = 0
  #to = 0
  // The next line ends at or behind the next line; the length of the piece when there is none.
  #nextLf = -1
  #nextCr = -1

  /** @param linesBefore Lines before the first window. */
  constructor(hasComments: boolean, linesBefore: number) {
    this.#hasComments = hasComments
    this.line = linesBefore
  }

  /** Position in the data at which the line of the current record begins. */
  get offset(): number {
    return this.isTooLong && this.#lost !== null ? this.#lost.offset : this.#origin + this.#base + this.#start
  }

  load(window: LineWindow): void {
    this.#bytes = window.bytes
    this.#origin = window.origin
    this.#lost = window.lost
    this.isTooLong = false
    this.#restAt = window.start
    if (window.origin + window.start === 0 && hasUtf8Mark(window.bytes, window.start)) this.#restAt += 3
    this.#loadPiece()
  }

  /** @returns False when the window holds no further record. */
  next(): boolean {
    if (this.isTooLong) this.#lost = null
    for (;;) {
      if (this.#at >= this.#piece.length && this.#lost === null) {
        if (this.#restAt >= this.#bytes.length) return false
        this.#loadPiece()
      }
      const piece = this.#piece
      const start = this.#at
      const stop = this.#endOfLine(start)
      this.line += 1
      this.isTooLong = this.#lost !== null || stop - start > RECORD_BYTES
      let from = start
      while (from < stop && piece.charCodeAt(from) <= SPACE) from += 1
      if (!this.isTooLong && (from === stop || (this.#hasComments && piece.charCodeAt(from) === HASH)))
        continue
      let to = stop
      while (to > from && piece.charCodeAt(to - 1) <= SPACE) to -= 1
      this.#start = start
      this.#from = from
      this.#to = to
      return true
    }
  }

  /** @returns The current record as text; `null` when it is not valid UTF-8. Nothing is ever replaced. */
  text(): string | null {
    if (this.#isAscii) return this.#piece.slice(this.#from, this.#to)
    const from = this.#base + this.#from
    const to = this.#base + this.#to
    if (!this.#isUtf8 && !isUtf8(this.#bytes.subarray(from, to))) return null
    return this.#bytes.toString('utf8', from, to)
  }

  /** @returns The first bytes of the current record, for people. */
  sample(): Buffer {
    if (this.isTooLong && this.#lost !== null) return this.#lost.sample
    const from = this.#base + this.#from
    return this.#bytes.subarray(from, Math.min(this.#base + this.#to, from + SAMPLE_BYTES))
  }

  /** Takes the next whole lines of the window into a string. */
  #loadPiece(): void {
    const bytes = this.#bytes
    const base = this.#restAt
    let end = Math.min(base + PIECE_BYTES, bytes.length)
    if (end < bytes.length) {
      const lastLf = bytes.subarray(base, end).lastIndexOf(LF)
      // Without any LF the piece grows to the next one: a long line, or a file that knows only CR.
      const nextLf = lastLf < 0 ? bytes.indexOf(LF, end) : base + lastLf
      end = nextLf < 0 ? bytes.length : nextLf + 1
    }
    const part = bytes.subarray(base, end)
    this.#isAscii = isAscii(part)
    this.#isUtf8 = this.#isAscii || isUtf8(part)
    this.#piece = part.toString('latin1')
    this.#base = base
    this.#restAt = end
    this.#at = 0
    this.#nextLf = -1
    this.#nextCr = -1
  }

  /** Moves to the beginning of the next line. @returns Where the line that begins at `start` ends. */
  #endOfLine(start: number): number {
    const piece = this.#piece
    if (this.#nextLf < start) this.#nextLf = positionOr(piece.indexOf('\n', start), piece.length)
    if (this.#nextCr < start) this.#nextCr = positionOr(piece.indexOf('\r', start), piece.length)
    const stop = this.#nextLf
    if (this.#nextCr >= stop) {
      this.#at = stop + 1
      return stop
    }
    const isPair = this.#nextCr + 1 === stop && stop < piece.length
    this.#at = this.#nextCr + (isPair ? 2 : 1)
    return this.#nextCr
  }
}

const positionOr = (position: number, otherwise: number): number => (position < 0 ? otherwise : position)

const hasUtf8Mark = (bytes: Buffer, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf
