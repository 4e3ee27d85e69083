import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  ASCII_GLYPHS,
  progressBar,
  sparkline,
  stackedBar,
  UNICODE_GLYPHS,
} from '../../../../../headless/cli/terminal/bars.ts'
import { lineWidth } from '../../../../../headless/cli/terminal/line.ts'

const textOf = (line: readonly { readonly text: string }[]): string => line.map(({ text }) => text).join('')

describe('progressBar', () => {
  it('grows by eighths of a column', () => {
    const bars = [0, 0.03, 0.5, 0.53, 1, 2].map(ratio =>
      textOf(progressBar(ratio, 8, UNICODE_GLYPHS, 'accent')),
    )
    expect(bars).toEqual(['░░░░░░░░', '▎░░░░░░░', '████░░░░', '████▎░░░', '████████', '████████'])
    expect(textOf(progressBar(0.53, 8, ASCII_GLYPHS, 'accent'))).toBe('####....')
  })

  it('is exactly as wide as asked', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 1, max: 200 }), (ratio, columns) => {
        expect(lineWidth(progressBar(ratio, columns, UNICODE_GLYPHS, 'ok'))).toBe(columns)
      }),
    )
  })
})

describe('stackedBar', () => {
  it('tells shares apart by their fill', () => {
    const bar = stackedBar(
      [
        { kind: 'cpu', amount: 25 },
        { kind: 'server', amount: 50 },
        { kind: 'body', amount: 25 },
      ],
      8,
      UNICODE_GLYPHS,
    )
    expect(textOf(bar)).toBe('██░░░░▒▒')
  })

  it('is exactly as wide as asked, whatever the shares', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 5 }), amounts => {
        const shares = amounts.map(amount => ({ kind: 'cpu' as const, amount }))
        expect(lineWidth(stackedBar(shares, 24, UNICODE_GLYPHS))).toBe(24)
      }),
    )
  })
})

describe('sparkline', () => {
  it('is scaled to the largest value shown, the newest last', () => {
    expect(sparkline([100, 0, 5, 10], 3, UNICODE_GLYPHS)).toBe('▁▅█')
    expect(sparkline([0, 0], 10, UNICODE_GLYPHS)).toBe('▁▁')
  })
})
