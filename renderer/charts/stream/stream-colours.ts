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
    const [, red = '0', green = '0', blue = '0'] = /^#(..)(..)(..)/.exec(colour) ?? []
    const hex = (text: string): number => Number.parseInt(text, 16)
    return ((opacity << 24) | (hex(blue) << 16) | (hex(green) << 8) | hex(red)) >>> 0
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
