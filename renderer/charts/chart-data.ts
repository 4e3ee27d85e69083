import type { LineTone } from './theme.ts'

/** Shapes what is measured for what is drawn; nothing here knows of a canvas. */

export interface LineSeries {
  readonly name: string
  readonly tone: LineTone
  /** Lengths of dashes and gaps in pixels; as the tone has it when it is not given. */
  readonly dash?: readonly number[] | undefined
  /** `[x0, y0, x1, y1, …]`: milliseconds since the run began, rising, and a value; NaN leaves a gap. */
  readonly points: Float64Array
}

export interface ChartMarker {
  readonly atMs: number
  readonly label: string
  readonly tone: LineTone
}

/** @returns The last value that is not NaN. */
export function lastValue(points: Float64Array): number | undefined {
  for (let index = points.length - 1; index > 0; index -= 2) {
    const value = points[index]!
    if (!Number.isNaN(value)) return value
  }
  return undefined
}

/** @returns The time that all series together span; `null` when none has a point. */
export function timeSpan(
  series: readonly LineSeries[],
): { readonly fromMs: number; readonly toMs: number } | null {
  const filled = series.filter(({ points }) => points.length >= 2)
  if (filled.length === 0) return null
  return {
    fromMs: Math.min(...filled.map(({ points }) => points[0]!)),
    toMs: Math.max(...filled.map(({ points }) => points[points.length - 2]!)),
  }
}

/** @returns The index of the point nearest in time, counted in points; −1 when there is none. */
export function nearestPoint(points: Float64Array, atMs: number): number {
  const count = points.length >> 1
  if (count === 0) return -1
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (points[middle * 2]! < atMs) low = middle + 1
    else high = middle
  }
  if (low === 0) return 0
  return atMs - points[low * 2 - 2]! <= points[low * 2]! - atMs ? low - 1 : low
}

export interface TableRow {
  readonly atMs: number
  /** One for each series; `undefined` where it has no value then. */
  readonly values: readonly (number | undefined)[]
}

/**
 * The chart as a table, newest first.
 *
 * @param mostRows When there are more points than that, rows are evenly spread over the time; each is a measured one.
 */
export function asTable(series: readonly LineSeries[], mostRows: number): readonly TableRow[] {
  const [longest] = [...series].sort((one, other) => other.points.length - one.points.length)
  if (longest === undefined || longest.points.length < 2) return []
  const count = longest.points.length >> 1
  const rows = Math.min(count, mostRows)
  const at = (row: number): number =>
    longest.points[2 * (rows === 1 ? count - 1 : Math.round((row * (count - 1)) / (rows - 1)))]!
  return Array.from({ length: rows }, (_, row) => at(rows - 1 - row)).map(atMs => ({
    atMs,
    values: series.map(({ points }) => valueAt(points, atMs)),
  }))
}

function valueAt(points: Float64Array, atMs: number): number | undefined {
  const index = nearestPoint(points, atMs)
  const value = index < 0 ? Number.NaN : points[index * 2 + 1]!
  return Number.isNaN(value) ? undefined : value
}

export interface PlacedMarker extends ChartMarker {
  /** Its text is left out where it would cover another's; the line stays. */
  readonly isLabelled: boolean
}

/**
 * @param pxPerMs How wide a millisecond is drawn.
 * @param widthOf How wide a text is drawn.
 * @returns The markers by time. Texts that would overlap are left out: failures go first, then what is newer.
 */
export function placeMarkers(
  markers: readonly ChartMarker[],
  pxPerMs: number,
  widthOf: (label: string) => number,
): readonly PlacedMarker[] {
  const taken: { readonly fromPx: number; readonly toPx: number }[] = []
  const placed = [...markers].sort(byImportance).map(marker => {
    const half = (widthOf(marker.label) + LABEL_GAP_PX) / 2
    const atPx = marker.atMs * pxPerMs
    const isLabelled = taken.every(({ fromPx, toPx }) => atPx + half <= fromPx || atPx - half >= toPx)
    if (isLabelled) taken.push({ fromPx: atPx - half, toPx: atPx + half })
    return { ...marker, isLabelled }
  })
  return placed.sort((one, other) => one.atMs - other.atMs)
}

const LABEL_GAP_PX = 8

const byImportance = (one: ChartMarker, other: ChartMarker): number =>
  Number(other.tone === 'failed') - Number(one.tone === 'failed') || other.atMs - one.atMs

/** @returns A round number of milliseconds between marks of time, so that at most `most` of them stand in the span. */
export function timeStep(spanMs: number, most: number): number {
  const least = spanMs / Math.max(1, most)
  return TIME_STEPS_MS.find(step => step >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 4, 6, 12, 24].map(count => count * HOUR),
]
