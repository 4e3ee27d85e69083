/**
 * Which rows of a long table are drawn, and where. Browsers bound how high an element can be (Firefox at 17.8 million
 * pixels, Chromium at 33.5): beyond {@link MOST_SCROLL_PX} the scroll bar stands for more pixels than it has, and what
 * is seen is followed apart from it.
 */
export const MOST_SCROLL_PX = 8_000_000

/** Rows drawn beyond what is seen, above and below. */
const BEYOND = 6

export interface RowSpace {
  readonly rowCount: number
  readonly rowHeight: number
  /** Of the part that rows are seen in. */
  readonly viewPx: number
}

/** First and last row, both included; none when `last < first`. */
export interface RowRange {
  readonly first: number
  readonly last: number
}

const fullPx = ({ rowCount, rowHeight }: RowSpace): number => rowCount * rowHeight

/** @returns How high the scrolled element is made. */
export const scrollPx = (space: RowSpace): number => Math.min(MOST_SCROLL_PX, fullPx(space))

/** @returns How far `top` may go: where the last row stands at the lower edge. */
export const mostTop = (space: RowSpace): number => Math.max(0, fullPx(space) - space.viewPx)

/** Pixels of the table for each pixel of the scroll bar; 1 while it fits. */
const ratioOf = (space: RowSpace): number => {
  const way = scrollPx(space) - space.viewPx
  return way <= 0 ? 1 : mostTop(space) / way
}

/** @param top Pixels of the table above the view. @returns What the scroll bar says. */
export const scrollTopOf = (top: number, space: RowSpace): number => top / ratioOf(space)

/** The inverse of {@link scrollTopOf}. */
export const topOf = (scrollTop: number, space: RowSpace): number =>
  Math.min(mostTop(space), Math.max(0, scrollTop * ratioOf(space)))

/** @returns The rows that are at least partly seen. */
export function seenRows(top: number, { rowCount, rowHeight, viewPx }: RowSpace): RowRange {
  const first = Math.min(Math.floor(top / rowHeight), Math.max(0, rowCount - 1))
  return { first, last: Math.min(rowCount - 1, Math.ceil((top + viewPx) / rowHeight) - 1) }
}

/** @returns The rows to draw: those seen, and some beyond. */
export function drawnRows(top: number, space: RowSpace): RowRange {
  const { first, last } = seenRows(top, space)
  return { first: Math.max(0, first - BEYOND), last: Math.min(space.rowCount - 1, last + BEYOND) }
}

/** @returns Where the first drawn row stands in the scrolled element, so that the view shows `top`. */
export const drawnAtPx = (first: number, top: number, space: RowSpace): number =>
  scrollTopOf(top, space) + first * space.rowHeight - top

/** @returns The nearest `top` at which the whole row is seen. */
export function topShowing(row: number, top: number, space: RowSpace): number {
  const above = row * space.rowHeight
  const below = above + space.rowHeight - space.viewPx
  return Math.min(mostTop(space), Math.max(0, Math.min(above, Math.max(below, top))))
}
