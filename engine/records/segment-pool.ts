import { SegmentReader } from '../journal/segment-reader.ts'
import type { DroppedRows } from '../journal/journal-codec.ts'
import { segmentPath, type RunPaths } from '../journal/run-paths.ts'
import { DroppedRowSet } from './dropped-rows.ts'

/** A run may have thousands of segments, one for each life of each worker; few are read at a time. */
const MOST_OPEN = 32

/** The committed segments of one run: how far each may be read, and readers for them. */
export class SegmentPool implements Disposable {
  readonly #paths: RunPaths
  readonly #committed: Map<number, number>
  /** In order of use, the oldest first. */
  readonly #open = new Map<number, SegmentReader>()

  /** Rows that are not to be read any more; `null` where there are none, as a rule. */
  readonly dropped: DroppedRowSet | null

  /** @param committed Length by segment number. */
  constructor(paths: RunPaths, committed: ReadonlyMap<number, number>, dropped: readonly DroppedRows[] = []) {
    this.dropped = dropped.length === 0 ? null : new DroppedRowSet(dropped)
    this.#paths = paths
    this.#committed = new Map(committed)
  }

  get ids(): Iterable<number> {
    return this.#committed.keys()
  }

  committedBytes(id: number): number {
    return this.#committed.get(id) ?? 0
  }

  commit(id: number, bytes: number): void {
    this.#committed.set(id, bytes)
  }

  /** @returns A reader that belongs to the pool; it is valid until another segment is asked for. */
  reader(id: number): SegmentReader {
    const open = this.#open.get(id) ?? new SegmentReader(segmentPath(this.#paths, id))
    this.#open.delete(id)
    this.#open.set(id, open)
    if (this.#open.size > MOST_OPEN) {
      const [oldest, reader] = this.#open.entries().next().value!
      reader.close()
      this.#open.delete(oldest)
    }
    return open
  }

  [Symbol.dispose](): void {
    for (const reader of this.#open.values()) reader.close()
    this.#open.clear()
  }
}
