/** What is looked at: a window of time, and the first row that is seen, which may be cut by the upper edge. */
export interface StreamView {
  readonly fromMs: number
  readonly toMs: number
  readonly firstRow: number
}

/** What there is to look at. */
export interface StreamExtent {
  readonly endMs: number
  readonly rows: number
  /** Rows that fit in at once. */
  readonly rowsSeen: number
}

/** A microsecond each pixel, about: nothing is measured finer. */
const LEAST_MS = 0.5
/** A run that has only begun is drawn as if it had lasted so long. */
const LEAST_RUN_MS = 1_000

export const wholeRun = ({ endMs }: Pick<StreamExtent, 'endMs'>): StreamView => ({
  fromMs: 0,
  toMs: Math.max(LEAST_RUN_MS, endMs),
  firstRow: 0,
})

/** @returns The nearest view that has something of the run in it. */
export function clampView({ fromMs, toMs, firstRow }: StreamView, extent: StreamExtent): StreamView {
  const mostMs = wholeRun(extent).toMs
  const lengthMs = Math.min(mostMs, Math.max(LEAST_MS, toMs - fromMs))
  const startMs = Math.min(Math.max(0, fromMs), mostMs - lengthMs)
  const lastFirst = Math.max(0, extent.rows - extent.rowsSeen)
  return {
    fromMs: startMs,
    toMs: startMs + lengthMs,
    firstRow: Math.min(lastFirst, Math.max(0, firstRow)),
  }
}

/** @param factor Below 1 looks closer. @param atMs What stays where it is. */
export function zoomAt(view: StreamView, factor: number, atMs: number): StreamView {
  const { fromMs, toMs } = view
  const lengthMs = Math.max(LEAST_MS, (toMs - fromMs) * factor)
  const ratio = (atMs - fromMs) / Math.max(LEAST_MS, toMs - fromMs)
  return { ...view, fromMs: atMs - ratio * lengthMs, toMs: atMs + (1 - ratio) * lengthMs }
}

export const panBy = (view: StreamView, ms: number, rows: number): StreamView => ({
  fromMs: view.fromMs + ms,
  toMs: view.toMs + ms,
  firstRow: view.firstRow + rows,
})

/** @returns The view with as much of the time, which ends with the run. */
export const followEnd = (view: StreamView, endMs: number): StreamView => {
  const lengthMs = view.toMs - view.fromMs
  return { ...view, fromMs: Math.max(0, endMs - lengthMs), toMs: Math.max(lengthMs, endMs) }
}

/** @returns The view moved as little as shows the span. */
export function reveal(
  view: StreamView,
  { startMs, endMs, row }: { readonly startMs: number; readonly endMs: number; readonly row: number },
  rowsSeen: number,
): StreamView {
  const lengthMs = view.toMs - view.fromMs
  const fitsIn = endMs - startMs <= lengthMs
  const isSeen = fitsIn ? startMs >= view.fromMs && endMs <= view.toMs : startMs >= view.fromMs
  const fromMs = isSeen ? view.fromMs : fitsIn ? (startMs + endMs - lengthMs) / 2 : startMs
  const firstRow =
    row < view.firstRow ? row : row + 1 > view.firstRow + rowsSeen ? row + 1 - rowsSeen : view.firstRow
  return { fromMs, toMs: fromMs + lengthMs, firstRow }
}
