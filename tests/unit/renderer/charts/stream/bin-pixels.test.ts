import { describe, expect, it } from 'vitest'

import { paintBins } from '../../../../../renderer/charts/stream/bin-pixels.ts'
import { pixelColours } from '../../../../../renderer/charts/stream/stream-colours.ts'

const colours = { cpu: 1, connect: 2, firstByte: 3, body: 4, other: 5, failed: 9 }
/** Shares of `cpu`, `connect`, `firstByte`, `body`, `other`, then the mark. */
const cells = (...bins: readonly (readonly number[])[]) => Uint8Array.from(bins.flat())
const column = (pixels: Uint32Array, count: number, bin: number) =>
  Array.from({ length: pixels.length / count }, (_, y) => pixels[y * count + bin])

describe('paintBins', () => {
  it('stacks shares from the lower edge, computing first, and leaves a line between lanes', () => {
    const pixels = paintBins({ count: 1, cells: cells([128, 0, 127, 0, 0, 1]) }, 9, colours)
    expect(column(pixels, 1, 0)).toEqual([3, 3, 3, 3, 1, 1, 1, 1, 0])
  })

  it('shows what is hardly there, and what failed', () => {
    const pixels = paintBins(
      { count: 3, cells: cells([0, 0, 1, 0, 0, 1], [0, 0, 0, 0, 0, 3], [0, 0, 0, 0, 0, 0]) },
      6,
      colours,
    )
    expect([0, 1, 2].map(bin => column(pixels, 3, bin))).toEqual([
      [0, 0, 0, 0, 3, 0],
      [9, 0, 0, 0, 5, 0],
      [0, 0, 0, 0, 0, 0],
    ])
  })
})

describe('pixelColours', () => {
  it('reads colours as style sheets and builds write them', () => {
    const named = { connect: '#123', firstByte: '#112233', body: '#000000', other: '#fff', failed: '#b23' }
    const { cpu, connect, failed } = pixelColours({ ...named, cpu: '#f2a65a' })
    expect([cpu, connect, failed]).toEqual([0xff5aa6f2, 0xff332211, 0xff3322bb])
  })
})
