import type { DroppedRows } from '../journal/journal-codec.ts'

/** Tells rows that do not count any more from those that do. */
export class DroppedRowSet {
  readonly #times: readonly {
    readonly bytesBySegment: ReadonlyMap<number, number>
    readonly spans: DroppedRows['spans']
  }[]

  constructor(dropped: readonly DroppedRows[]) {
    this.#times = dropped.map(({ segments, spans }) => ({ bytesBySegment: new Map(segments), spans }))
  }

  /** @param frameAt Byte offset of the row's frame. */
  has(segment: number, frameAt: number, index: number): boolean {
    for (const { bytesBySegment, spans } of this.#times) {
      if (frameAt < (bytesBySegment.get(segment) ?? 0) && isWithin(spans, index)) return true
    }
    return false
  }
}

function isWithin(spans: DroppedRows['spans'], index: number): boolean {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]![1] <= index) low = middle + 1
    else high = middle
  }
  return low < spans.length && spans[low]![0] <= index
}
