import { creditsOf } from '../source/reader-protocol.ts'
import type { LeaseData, RangeInput, RecordFormat } from '../worker/protocol.ts'

/** Consecutive task indexes whose records are in one place: a lease never crosses a piece. */
export interface Piece {
  readonly first: number
  /** One past the last index; `null` until it is known. */
  end: number | null
  /** Tasks below this index may be leased by range. */
  leasable: number
  /** Read by one worker from the first byte to the last, or by all of them; has no marks. */
  readonly isWhole: boolean
  /** Credits that the reader spent on this piece's batch; 0 where records stay in their file. */
  readonly credits: number
  /**
   * @param first Index of the first record wanted; below `leasable`, or the piece's first.
   * @param end One past the last one; `null` to read to the end of the data.
   * @returns Where to read them.
   */
  dataAt(first: number, end: number | null): LeaseData
  /** @returns The first index at or after `index` at which a lease may end without its neighbour reading its last bytes again. */
  boundaryFrom(index: number): number
}

const MARK_WIDTH = 3

/** Where nothing is read, a lease may end anywhere. */
const same = (index: number): number => index

/** Marks of a file: where records begin, as triples `[byteOffset, index, line]` in rising order. */
class RangePiece implements Piece {
  readonly first: number
  end: number | null = null
  leasable: number
  readonly isWhole: boolean
  readonly credits = 0
  readonly #input: RangeInput
  readonly #marks: Float64Array[] = []
  readonly #beginning: [byteOffset: number, index: number, line: number]

  constructor(input: RangeInput, first: number, isWhole: boolean) {
    const { bodyStart, bodyLine } = 'records' in input ? input.records : { bodyStart: 0, bodyLine: 1 }
    this.#beginning = [bodyStart, first, bodyLine]
    this.#input = input
    this.first = first
    this.isWhole = isWhole
    this.leasable = first
  }

  addMarks(marks: Float64Array): void {
    if (marks.length === 0) return
    this.#marks.push(marks)
    this.leasable = Math.max(this.leasable, marks[marks.length - 2]!)
  }

  dataAt(first: number, end: number | null): LeaseData {
    const [byteStart, indexAtStart, lineAtStart] = this.#markBefore(first)
    const byteEnd = end === null ? undefined : this.#byteOfMarkFrom(end)
    const range = { type: 'range', input: this.#input, byteStart, indexAtStart, lineAtStart } as const
    return byteEnd === undefined ? range : { ...range, byteEnd }
  }

  boundaryFrom(index: number): number {
    const block = this.#blockFrom(index)
    return block?.[(lastMarkBelow(block, index) + 1) * MARK_WIDTH + 1] ?? this.leasable
  }

  /** @returns The last mark at or before `index`. */
  #markBefore(index: number): [byteOffset: number, index: number, line: number] {
    const block = this.#marks.findLast(marks => marks[1]! <= index)
    if (block === undefined) return this.#beginning
    const at = lastMarkBelow(block, index + 1) * MARK_WIDTH
    return [block[at]!, block[at + 1]!, block[at + 2]!]
  }

  /** @returns Byte offset of the first mark at or after `index`; `undefined` when there is none yet. */
  #byteOfMarkFrom(index: number): number | undefined {
    const block = this.#blockFrom(index)
    return block?.[(lastMarkBelow(block, index) + 1) * MARK_WIDTH]
  }

  #blockFrom(index: number): Float64Array | undefined {
    return this.#marks.find(marks => marks[marks.length - 2]! >= index)
  }
}

/** @returns Number of the last mark whose index is below `index`; -1 when there is none. */
function lastMarkBelow(block: Float64Array, index: number): number {
  let low = -1
  let high = block.length / MARK_WIDTH - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (block[middle * MARK_WIDTH + 1]! < index) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * What is known of a run's tasks so far: pieces of the index space in rising order, growing while the reader reads.
 * Holds marks and waiting batches, never a file's records.
 */
export class Supply {
  readonly pieces: Piece[] = []
  /** Number of tasks, once every input was read to its end. */
  total: number | null = null
  /** Tasks known to exist so far. */
  found = 0
  /** Nothing more will be added. */
  isEnded = false
  /** Nothing is handed out before the input's end is known, so fed records wait however many they are. */
  isNeededWhole = false
  /** Called when planners are past batches that cost so many credits: as many more may be fed. */
  onPassed: ((credits: number) => void) | null = null
  #dropped = 0

  /** Pieces that were dropped from the front: positions of planners count from the first piece ever added. */
  get dropped(): number {
    return this.#dropped
  }

  /** Adds `count` tasks that are their own index. */
  addIndexes(count: number): void {
    const first = this.found
    const end = first + count
    const dataAt = (): LeaseData => ({ type: 'none' })
    this.pieces.push({ first, end, leasable: end, isWhole: false, credits: 0, dataAt, boundaryFrom: same })
    this.found = end
  }

  addRange(input: RangeInput, first: number, isWhole: boolean): void {
    this.pieces.push(new RangePiece(input, first, isWhole))
  }

  addMarks(marks: Float64Array): void {
    const piece = this.pieces.at(-1)
    if (!(piece instanceof RangePiece)) throw new Error('marks came without their range')
    piece.addMarks(marks)
    this.found = Math.max(this.found, piece.leasable)
  }

  endRange(endIndex: number): void {
    const piece = this.pieces.at(-1)
    if (piece === undefined) throw new Error('the end of a range came without its range')
    piece.end = endIndex
    piece.leasable = endIndex
    this.found = Math.max(this.found, endIndex)
  }

  /** @param format How the records of a load are to be read; absent for URLs. */
  addBatch(first: number, count: number, payload: Uint8Array, format?: RecordFormat): void {
    const end = first + count
    const batch = { type: 'batch', firstIndex: first, payload } as const
    const data: LeaseData = format === undefined ? batch : { ...batch, format }
    this.pieces.push({
      first,
      end,
      leasable: end,
      isWhole: false,
      credits: creditsOf(count, payload.length, format !== undefined),
      dataAt: () => data,
      boundaryFrom: same,
    })
    this.found = Math.max(this.found, end)
  }

  /** @param total `null` when only a worker that reads the last range to its end will know. */
  endAll(total: number | null): void {
    this.isEnded = true
    if (total !== null) this.setTotal(total)
  }

  /** A worker, or the reader, has seen the end of the input. */
  setTotal(total: number): void {
    this.total = total
    this.found = total
    const last = this.pieces.at(-1)
    if (last !== undefined) last.end ??= total
  }

  /** Forgets the pieces in front of position `position`: every planner is past them. */
  dropBefore(position: number): void {
    const count = position - this.#dropped
    if (count <= 0) return
    const passed = this.pieces.splice(0, count)
    this.#dropped += count
    const credits = passed.reduce((sum, piece) => sum + piece.credits, 0)
    if (credits > 0) this.onPassed?.(credits)
  }
}
