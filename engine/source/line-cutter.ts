import type { RecordCutter } from './record-cutter.ts'
import type { RecordExtents } from './record-extents.ts'
import { PIECE_BYTES, positionOr, type TextUnits } from './text-units.ts'

/** Cuts lines: LF, CR LF and a lone CR end one. Blank lines are records only where `countsBlank` says so. */
export class LineCutter implements RecordCutter {
  line: number
  lookedAt = 0
  readonly isUnclosed = false
  readonly #units: TextUnits
  readonly #countsBlank: boolean
  readonly #lf: string
  readonly #cr: string
  /** The line under way began in bytes that were forgotten: it is a record whatever follows. */
  #isForgotten = false
  #firstLine = 0
  #start = 0

  constructor(units: TextUnits, countsBlank: boolean, line: number) {
    this.#units = units
    this.#countsBlank = countsBlank
    this.line = line
    this.#lf = units.unitOf('\n')
    this.#cr = units.unitOf('\r')
  }

  forget(): void {
    this.lookedAt = 0
    this.#isForgotten = true
  }

  cut(bytes: Buffer, length: number, isEnd: boolean, extents: RecordExtents): number {
    extents.count = 0
    this.#firstLine = this.line
    this.#start = 0
    let at = this.lookedAt
    for (let isLast = false; !isLast;) {
      isLast = at + PIECE_BYTES >= length
      const piece = this.#units.pieceOf(bytes, at, isLast ? length : at + PIECE_BYTES)
      // A CR in last place may be half of a CR LF.
      const isHalf = !(isLast && isEnd) && piece.endsWith(this.#cr)
      const units = piece.length - (isHalf ? 1 : 0)
      this.#cutPiece(piece, units, { base: at, bytes }, extents)
      at += units << this.#units.shift
    }
    if (isEnd && (this.#start < length || this.#isForgotten)) this.#add(bytes, length, extents)
    const cut = isEnd ? length : this.#start
    this.lookedAt = isEnd ? 0 : at - cut
    return cut
  }

  /** Adds the lines that end within the first `units` units of a piece, which begins at the byte `base`. */
  #cutPiece(
    piece: string,
    units: number,
    { base, bytes }: { readonly base: number; readonly bytes: Buffer },
    extents: RecordExtents,
  ): void {
    const { shift } = this.#units
    let nextLf = -1
    let nextCr = -1
    for (let at = 0; ;) {
      if (nextLf < at) nextLf = positionOr(piece.indexOf(this.#lf, at), units)
      if (nextCr < at) nextCr = positionOr(piece.indexOf(this.#cr, at), units)
      const stop = nextCr < nextLf ? nextCr : nextLf
      if (stop >= units) return
      this.#add(bytes, base + (stop << shift), extents)
      const isPair = stop === nextCr && stop + 1 === nextLf && nextLf < units
      at = stop + (isPair ? 2 : 1)
      this.#start = base + (at << shift)
    }
  }

  #add(bytes: Buffer, end: number, extents: RecordExtents): void {
    if (this.#countsBlank || this.#isForgotten || !this.#units.isBlank(bytes, this.#start, end))
      extents.add(this.#start, end, this.line - this.#firstLine)
    this.#isForgotten = false
    this.line += 1
  }
}
