import type { StreamPhase } from '../../../shared/model/task-stream.ts'
import type { ChartTheme } from '../theme.ts'
import type { PixelColours } from './bin-pixels.ts'

export type StreamColours = Readonly<Record<StreamPhase | 'failed', string>>

export const streamColours = ({ lines, textFaint }: ChartTheme): StreamColours => ({
  cpu: lines.cpu,
  connect: lines.connect,
  firstByte: lines.wait,
  body: lines.body,
  other: textFaint,
  failed: lines.failed,
})

/** How much of a row's height each phase takes: also without colours computing is not taken for waiting. */
export const PHASE_HEIGHT: Readonly<Record<StreamPhase, number>> = {
  cpu: 1,
  body: 0.8,
  firstByte: 0.55,
  connect: 0.55,
  other: 0.25,
}

export function pixelColours(colours: StreamColours): PixelColours {
  const pixel = (colour: string, opacity = 255): number => {
    // A build shortens `#bb2233` to `#b23`.
    const long = colour.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
    const number = /^#[\da-f]{6}$/i.test(long) ? Number.parseInt(long.slice(1), 16) : 0x808080
    const [red, green, blue] = [number >> 16, (number >> 8) & 0xff, number & 0xff]
    return ((opacity << 24) | (blue << 16) | (green << 8) | red) >>> 0
  }
  return {
    cpu: pixel(colours.cpu),
    connect: pixel(colours.connect),
    firstByte: pixel(colours.firstByte),
    body: pixel(colours.body),
    other: pixel(colours.other, 110),
    failed: pixel(colours.failed),
  }
}
