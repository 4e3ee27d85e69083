import type { RecordCutter } from './record-cutter.ts'
import type { RecordExtents } from './record-extents.ts'
import { PIECE_BYTES, positionOr, type TextUnits } from './text-units.ts'

/** Where a cell is about to begin; inside one or behind its closing quote; between its quotes. */
const AT_START = 0
const INSIDE = 1
const IN_QUOTES = 2

/**
 * Cuts rows of cells, which are lines but for line ends inside quotes. A quote opens only at the start of a cell and is
 * doubled inside; whatever stands behind the closing one belongs to the cell up to the next delimiter or line end.
 * Empty lines are no rows.
 */
export class RowCutter implements RecordCutter {
  /** Line of the row under way. */
  line: number
  lookedAt = 0
  isUnclosed = false
  readonly #units: TextUnits
  readonly #lf: string
  readonly #cr: string
  readonly #quote: string
  readonly #lfCode: number
  readonly #crCode: number
  readonly #quoteCode: number
  readonly #delimiterCode: number
  #state = AT_START
  /** The row under way began in bytes that were forgotten: it is a record whatever follows. */
  #isForgotten = false
  #firstLine = 0
  #start = 0
  /** Line ends inside the row under way. */
  #linesInside = 0
  // The piece that is cut: its first `#length` units, from the byte `#base` on.
  #piece = ''
  #codes: Uint8Array | Uint16Array = new Uint8Array(0)
  #length = 0
  #base = 0
  // Where the next of each lies, at or behind the unit that was asked for last; the piece's length when there is none.
  #nextLf = -1
  #nextCr = -1
  #nextQuote = -1

  /** @param delimiter One ASCII character. */
  constructor(units: TextUnits, delimiter: string, line: number) {
    this.#units = units
    this.line = line
    this.#lf = units.unitOf('\n')
    this.#cr = units.unitOf('\r')
    this.#quote = units.unitOf('"')
    this.#lfCode = this.#lf.charCodeAt(0)
    this.#crCode = this.#cr.charCodeAt(0)
    this.#quoteCode = this.#quote.charCodeAt(0)
    this.#delimiterCode = units.unitOf(delimiter).charCodeAt(0)
  }

  forget(): void {
    this.lookedAt = 0
    this.#isForgotten = true
  }

  cut(bytes: Buffer, length: number, isEnd: boolean, extents: RecordExtents): number {
    extents.count = 0
    this.#firstLine = this.line
    this.#start = 0
    this.isUnclosed = false
    this.#codes = this.#units.codesOf(bytes, length)
    let at = this.lookedAt
    for (let isLast = false; !isLast;) {
      isLast = at + PIECE_BYTES >= length
      this.#load(bytes, at, isLast ? length : at + PIECE_BYTES)
      at += this.#cutPiece(isLast && isEnd, extents) << this.#units.shift
    }
    if (isEnd && (this.#start < length || this.#isForgotten)) {
      this.isUnclosed = this.#state === IN_QUOTES
      this.#add(length, extents)
    }
    const cut = isEnd ? length : this.#start
    this.lookedAt = isEnd ? 0 : at - cut
    return cut
  }

  #load(bytes: Buffer, start: number, end: number): void {
    this.#piece = this.#units.pieceOf(bytes, start, end)
    this.#length = this.#piece.length
    this.#base = start
    this.#nextLf = -1
    this.#nextCr = -1
    this.#nextQuote = -1
  }

  /** @returns How many units were looked at: all, but for one in last place that means nothing without the next. */
  #cutPiece(isEnd: boolean, extents: RecordExtents): number {
    const length = this.#length
    for (let at = 0; at < length;) {
      // Without a quote in front of the line's end it does not matter where cells begin.
      const isPlain = this.#state !== IN_QUOTES && this.#quoteFrom(at) >= this.#lineEndFrom(at)
      const end = isPlain ? this.#lineEndFrom(at) : this.#passCells(at, isEnd)
      const next = end < length && this.#state !== IN_QUOTES ? this.#endRow(end, isEnd, extents) : end
      if (next === end && end < length) return end
      if (isPlain && end === length)
        this.#state = this.#codeAt(length - 1) === this.#delimiterCode ? AT_START : INSIDE
      at = next
    }
    return length
  }

  /** @returns The end of the row's last line; where the piece ends, or must not be read further, when it does not end. */
  #passCells(from: number, isEnd: boolean): number {
    const codes = this.#codes
    const offset = this.#base >> this.#units.shift
    const stop = offset + this.#length
    // A quote in last place may be one of two, a CR in last place half of a CR LF.
    const last = isEnd ? stop : stop - 1
    const quote = this.#quoteCode
    const lf = this.#lfCode
    const cr = this.#crCode
    const delimiter = this.#delimiterCode
    let state = this.#state
    let lines = 0
    let at = offset + from
    for (; at < stop; at += 1) {
      const code = codes[at] as number
      if (state !== IN_QUOTES) {
        if (code === lf || code === cr) break
        if (code === delimiter) state = AT_START
        else state = code === quote && state === AT_START ? IN_QUOTES : INSIDE
      } else if (code === quote) {
        if (at >= last) break
        if (at + 1 < stop && codes[at + 1] === quote) at += 1
        else state = INSIDE
      } else if (code === lf) lines += 1
      else if (code === cr) {
        if (at >= last) break
        lines += 1
        if (at + 1 < stop && codes[at + 1] === lf) at += 1
      }
    }
    this.#state = state
    this.#linesInside += lines
    return at - offset
  }

  #endRow(end: number, isEnd: boolean, extents: RecordExtents): number {
    const { shift } = this.#units
    const isCr = this.#codeAt(end) === this.#crCode
    if (isCr && end === this.#length - 1 && !isEnd) {
      this.#state = INSIDE
      return end
    }
    this.#add(this.#base + (end << shift), extents)
    const isPair = isCr && this.#codeAt(end + 1) === this.#lfCode
    const next = end + (isPair ? 2 : 1)
    this.#start = this.#base + (next << shift)
    return next
  }

  #add(end: number, extents: RecordExtents): void {
    if (end > this.#start || this.#isForgotten) extents.add(this.#start, end, this.line - this.#firstLine)
    this.#isForgotten = false
    this.line += 1 + this.#linesInside
    this.#linesInside = 0
    this.#state = AT_START
  }

  /** @returns The unit at a position of the piece; `undefined` behind its end. */
  #codeAt(at: number): number | undefined {
    return at < this.#length ? this.#codes[(this.#base >> this.#units.shift) + at] : undefined
  }

  #lineEndFrom(at: number): number {
    if (this.#nextLf < at) this.#nextLf = positionOr(this.#piece.indexOf(this.#lf, at), this.#length)
    if (this.#nextCr < at) this.#nextCr = positionOr(this.#piece.indexOf(this.#cr, at), this.#length)
    return Math.min(this.#nextLf, this.#nextCr)
  }

  #quoteFrom(at: number): number {
    if (this.#nextQuote < at) this.#nextQuote = positionOr(this.#piece.indexOf(this.#quote, at), this.#length)
    return this.#nextQuote
  }
}
