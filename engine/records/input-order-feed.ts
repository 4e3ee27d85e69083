import { COMMON_COLUMN } from '../../shared/model/record-layout.ts'
import { FILE_HEADER_BYTES } from '../journal/segment-format.ts'
import type { OutputPosition } from '../journal/journal-codec.ts'
import { FrameCache } from './frame-cache.ts'
import type { RecordFeed, TakeRow } from './record-feed.ts'
import { ReorderWindow, type RecordPlace } from './reorder-window.ts'
import type { SegmentPool } from './segment-pool.ts'

interface SegmentProgress {
  /** Byte offset of the next frame. */
  position: number
  /** Highest index read so far. */
  lastIndex: number
  /** Records that wait for their turn, by the offset of their frame, in order of reading. */
  readonly held: Map<number, number>
}

/**
 * Records in the order of the input. A record ahead of its turn is remembered by its place and read again when its
 * turn comes; its frame is as a rule still in the cache.
 */
export class InputOrderFeed implements RecordFeed {
  readonly #pool: SegmentPool
  readonly #take: TakeRow
  readonly #segments = new Map<number, SegmentProgress>()
  readonly #window: ReorderWindow
  readonly #frames: FrameCache
  readonly #place: RecordPlace = { segment: 0, frameAt: 0, row: 0 }
  #records = 0

  constructor(pool: SegmentPool, from: OutputPosition, take: TakeRow) {
    this.#pool = pool
    this.#take = take
    this.#window = new ReorderWindow(from.nextIndex ?? 0)
    this.#frames = new FrameCache(pool)
    // A position that knows no index was made in order of completion: everything is looked at again.
    if (from.nextIndex === null) return
    for (const [id, position] of from.segments)
      this.#segments.set(id, { position, lastIndex: -1, held: new Map() })
  }

  /** Of each segment the first frame that still holds a record to come, so that going on reads few frames again. */
  get position(): OutputPosition {
    const segments = [...this.#segments].map(([id, { position, held }]): readonly [number, number] => {
      const firstHeld = held.keys().next()
      return [id, firstHeld.done === true ? position : firstHeld.value]
    })
    return { segments, nextIndex: this.#window.next }
  }

  get records(): number {
    return this.#records
  }

  step(): boolean {
    const id = this.#segmentFurthestBehind()
    if (id === null) return false
    const progress = this.#progressOf(id)
    const reader = this.#pool.reader(id)
    reader.seek(progress.position)
    if (!reader.next(this.#pool.committedBytes(id))) return false
    const { rows, frameAt } = reader
    const { dropped } = this.#pool
    let held = 0
    for (let row = 0; row < rows.count; row += 1) {
      rows.select(row)
      const index = rows.number(COMMON_COLUMN.index)
      progress.lastIndex = Math.max(progress.lastIndex, index)
      if (index < this.#window.next || dropped?.has(id, frameAt, index) === true) continue
      this.#window.hold(index, id, frameAt, row)
      held += 1
    }
    if (held > 0) progress.held.set(frameAt, held)
    progress.position = reader.position
    this.#frames.offer(id, frameAt, rows)
    this.#drain()
    return true
  }

  flushHeld(): void {
    while (this.#window.held > 0) {
      this.#drain()
      if (this.#window.held > 0) this.#window.skipNext()
    }
  }

  #drain(): void {
    const place = this.#place
    while (this.#window.takeNext(place)) {
      const rows = this.#frames.rows(place.segment, place.frameAt)
      rows.select(place.row)
      this.#take(rows)
      this.#records += 1
      const { held } = this.#progressOf(place.segment)
      const left = (held.get(place.frameAt) ?? 1) - 1
      if (left > 0) held.set(place.frameAt, left)
      else held.delete(place.frameAt)
    }
  }

  #progressOf(id: number): SegmentProgress {
    const known = this.#segments.get(id)
    if (known !== undefined) return known
    const progress = { position: FILE_HEADER_BYTES, lastIndex: -1, held: new Map<number, number>() }
    this.#segments.set(id, progress)
    return progress
  }

  /** Reading there first keeps the window small, also when a whole run is read again. */
  #segmentFurthestBehind(): number | null {
    let best: number | null = null
    let lowest = Infinity
    for (const id of this.#pool.ids) {
      const progress = this.#segments.get(id)
      if ((progress?.position ?? FILE_HEADER_BYTES) >= this.#pool.committedBytes(id)) continue
      const lastIndex = progress?.lastIndex ?? -1
      if (lastIndex >= lowest) continue
      lowest = lastIndex
      best = id
    }
    return best
  }
}
