import type { RowView } from '../journal/row-view.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Most bytes of frames kept for records that wait for their turn. */
const MOST_BYTES = 32 * 2 ** 20

interface Cached {
  readonly rows: RowView
  readonly bytes: number
}

/** Frames that were read once and are needed again soon; the least recently used one goes first. */
export class FrameCache {
  readonly #pool: SegmentPool
  readonly #frames = new Map<string, Cached>()
  #bytes = 0
  /** The frame asked for last: most records come from the same one as the record before. */
  #last: { readonly segment: number; readonly frameAt: number; readonly rows: RowView } | null = null

  constructor(pool: SegmentPool) {
    this.#pool = pool
  }

  /** Keeps a copy of a frame that was just read. */
  offer(segment: number, frameAt: number, rows: RowView): void {
    this.#keep(`${segment}@${frameAt}`, rows.copy())
  }

  /** @returns The frame's rows, valid until the next call; read again when it is kept no more. */
  rows(segment: number, frameAt: number): RowView {
    const last = this.#last
    if (last?.segment === segment && last.frameAt === frameAt) return last.rows
    const rows = this.#find(segment, frameAt)
    this.#last = { segment, frameAt, rows }
    return rows
  }

  #find(segment: number, frameAt: number): RowView {
    const key = `${segment}@${frameAt}`
    const cached = this.#frames.get(key)
    if (cached !== undefined) {
      this.#frames.delete(key)
      this.#frames.set(key, cached)
      return cached.rows
    }
    const reader = this.#pool.reader(segment)
    reader.seek(frameAt)
    reader.next(this.#pool.committedBytes(segment))
    return this.#keep(key, reader.rows.copy())
  }

  #keep(key: string, rows: RowView): RowView {
    this.#frames.set(key, { rows, bytes: rows.bytes })
    this.#bytes += rows.bytes
    while (this.#bytes > MOST_BYTES && this.#frames.size > 1) {
      const [oldest, { bytes }] = this.#frames.entries().next().value!
      this.#frames.delete(oldest)
      this.#bytes -= bytes
    }
    return rows
  }
}
