import type { StreamView } from './viewport.ts'

export const AXIS_PX = 20
export const MARKERS_PX = 18
/** The row of what the event loops did, where lanes do not tell it. */
export const LOOP_PX = 22
const LEAST_ROW_PX = 5
const MOST_ROW_PX = 36

export interface StreamSize {
  readonly widthPx: number
  readonly heightPx: number
  /** Where names of lanes stand. */
  readonly gutterPx: number
  readonly hasMarkers: boolean
  readonly hasLoop: boolean
  readonly rows: number
}

/** Where everything is drawn, in CSS pixels. */
export interface StreamLayout extends StreamSize {
  readonly lanesTopPx: number
  readonly lanesHeightPx: number
  readonly plotWidthPx: number
  readonly rowPx: number
  /** Rows that fit in at once, the last one perhaps in part. */
  readonly rowsSeen: number
}

export function streamLayout(size: StreamSize): StreamLayout {
  const lanesTopPx = (size.hasMarkers ? MARKERS_PX : 2) + (size.hasLoop ? LOOP_PX + 4 : 0)
  const roomPx = Math.max(LEAST_ROW_PX, size.heightPx - lanesTopPx - AXIS_PX)
  const fitting = Math.floor(roomPx / Math.max(1, size.rows))
  const rowPx = Math.min(MOST_ROW_PX, Math.max(LEAST_ROW_PX, fitting))
  // The axis stands right beneath the lanes.
  const lanesHeightPx = size.rows === 0 ? roomPx : Math.min(roomPx, size.rows * rowPx)
  return {
    ...size,
    lanesTopPx,
    lanesHeightPx,
    plotWidthPx: Math.max(1, size.widthPx - size.gutterPx),
    rowPx,
    rowsSeen: lanesHeightPx / rowPx,
  }
}

export const xOf = (
  { gutterPx, plotWidthPx }: StreamLayout,
  { fromMs, toMs }: StreamView,
  ms: number,
): number => gutterPx + ((ms - fromMs) / (toMs - fromMs)) * plotWidthPx

export const msAt = (
  { gutterPx, plotWidthPx }: StreamLayout,
  { fromMs, toMs }: StreamView,
  x: number,
): number => fromMs + ((x - gutterPx) / plotWidthPx) * (toMs - fromMs)

export const yOf = ({ lanesTopPx, rowPx }: StreamLayout, { firstRow }: StreamView, row: number): number =>
  lanesTopPx + (row - firstRow) * rowPx

/** @returns The row at a height; −1 above, below and beside the lanes. */
export function rowAt(layout: StreamLayout, { firstRow }: StreamView, x: number, y: number): number {
  const { lanesTopPx, lanesHeightPx, rowPx, rows, gutterPx } = layout
  if (x < gutterPx || y < lanesTopPx || y >= lanesTopPx + lanesHeightPx) return -1
  const row = Math.floor(firstRow + (y - lanesTopPx) / rowPx)
  return row < rows ? row : -1
}
