import { COMMON_COLUMN } from '../../shared/model/record-layout.ts'
import { FILE_HEADER_BYTES } from '../journal/segment-format.ts'
import type { OutputPosition } from '../journal/journal-codec.ts'
import type { RowView } from '../journal/row-view.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Takes the row that the view has selected. */
export type TakeRow = (row: RowView) => void

/** Hands the committed records of a run to one output, each exactly once. */
export interface RecordFeed {
  /**
   * Reads one frame more.
   *
   * @returns False when every committed frame was read.
   * @throws JobError `E_JOURNAL_CORRUPT` when a committed frame is not whole.
   */
  step(): boolean
  /** Which records were handed over so far; a feed that starts there goes on exactly. */
  readonly position: OutputPosition
  /** Records handed over by this feed. */
  readonly records: number
  /** Hands over what is held back for its turn, in order: nothing more will come. */
  flushHeld(): void
}

/** Records as they were committed: frames of all segments in turn. */
export class CompletionFeed implements RecordFeed {
  readonly #pool: SegmentPool
  readonly #take: TakeRow
  readonly #positions: Map<number, number>
  /** Records below it were handed over in order of the input, before the run was resumed in order of completion. */
  readonly #firstIndex: number | null
  #records = 0
  #lastId = -1

  constructor(pool: SegmentPool, from: OutputPosition, take: TakeRow) {
    this.#pool = pool
    this.#take = take
    this.#positions = new Map(from.segments)
    this.#firstIndex = from.nextIndex
  }

  get position(): OutputPosition {
    return { segments: [...this.#positions], nextIndex: this.#firstIndex }
  }

  get records(): number {
    return this.#records
  }

  step(): boolean {
    const id = this.#nextSegment()
    if (id === null) return false
    const reader = this.#pool.reader(id)
    reader.seek(this.#positions.get(id) ?? FILE_HEADER_BYTES)
    if (!reader.next(this.#pool.committedBytes(id))) return false
    const { rows, frameAt } = reader
    const { dropped } = this.#pool
    for (let row = 0; row < rows.count; row += 1) {
      rows.select(row)
      if (this.#firstIndex !== null && rows.number(COMMON_COLUMN.index) < this.#firstIndex) continue
      if (dropped?.has(id, frameAt, rows.number(COMMON_COLUMN.index)) === true) continue
      this.#take(rows)
      this.#records += 1
    }
    this.#positions.set(id, reader.position)
    this.#lastId = id
    return true
  }

  flushHeld(): void {
    // Nothing is ever held back.
  }

  /** @returns The segment after the last one that has frames to read. */
  #nextSegment(): number | null {
    let first: number | null = null
    for (const id of this.#pool.ids) {
      if ((this.#positions.get(id) ?? FILE_HEADER_BYTES) >= this.#pool.committedBytes(id)) continue
      if (id > this.#lastId) return id
      first ??= id
    }
    return first
  }
}
