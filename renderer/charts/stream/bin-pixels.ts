import {
  CELL_MARK,
  CELL_MARK_AT,
  STREAM_CELL_BYTES,
  STREAM_PHASES,
  type StreamBins,
  type StreamPhase,
} from '../../../shared/model/task-stream.ts'

/** Colours as a canvas keeps them: red in the lowest byte, opacity in the highest. */
export type PixelColours = Readonly<Record<StreamPhase | 'failed', number>>

/** From the lower edge up: what computes stands on the ground, what waits above it. */
const STACK: readonly StreamPhase[] = ['cpu', 'body', 'firstByte', 'connect', 'other']
const AT = Object.fromEntries(STREAM_PHASES.map((phase, at) => [phase, at])) as Record<StreamPhase, number>

/** One row of cells as a column of pixels each: heights are shares of time. `rowPx` pixels a lane, the lowest one free. */
export function paintBins(
  { count, cells }: Pick<StreamBins, 'count' | 'cells'>,
  rowPx: number,
  colours: PixelColours,
): Uint32Array<ArrayBuffer> {
  const lanes = Math.floor(cells.length / (count * STREAM_CELL_BYTES))
  const pixels = new Uint32Array(count * lanes * rowPx)
  const usedPx = rowPx - 1
  // In a low lane two pixels would hide what else there was.
  const failedPx = rowPx < 8 ? 1 : 2
  for (let lane = 0; lane < lanes; lane += 1)
    for (let bin = 0; bin < count; bin += 1) {
      const cell = (lane * count + bin) * STREAM_CELL_BYTES
      const mark = cells[cell + CELL_MARK_AT]!
      if (mark === 0) continue
      let y = (lane + 1) * rowPx - 2
      const top = lane * rowPx
      let filled = 0
      let drawn = 0
      for (const phase of STACK) {
        const share = cells[cell + AT[phase]]!
        if (share === 0) continue
        filled += share
        // Rounded up at the first, so that what is there is seen.
        const until = Math.max(drawn === 0 ? 1 : drawn, Math.min(usedPx, Math.round((filled / 255) * usedPx)))
        for (; drawn < until && y >= top; drawn += 1, y -= 1) pixels[y * count + bin] = colours[phase]
      }
      if (drawn === 0) pixels[y * count + bin] = colours.other
      if ((mark & CELL_MARK.failed) === 0) continue
      for (let at = 0; at < failedPx; at += 1) pixels[(top + at) * count + bin] = colours.failed
    }
  return pixels
}
