import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatDuration, parseDuration } from '../../../../shared/model/duration.ts'

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1.5s', 1_500],
    ['0.5ms', 0.5],
    ['1.1s', 1_100],
    ['0', 0],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text, '--timeout')).toBe(ms)
  })

  it('tells how to write a number without a unit', () => {
    expect(() => parseDuration('10', '--timeout')).toThrow(
      '--timeout: "10" has no unit; write 10s for seconds or 10ms for milliseconds',
    )
  })

  it.each(['', 'soon', '-5s', '1d', '5 minutes', '1e3s', 'NaNms', 'Infinityms', '1s2s', '٣s'])(
    'refuses %j as E_CONFIG',
    text => {
      expect(() => parseDuration(text, '--delay')).toThrow(
        expect.objectContaining({ code: 'E_CONFIG', message: expect.stringMatching(/^--delay: /) }),
      )
    },
  )
})

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [90_000, '90s'],
    [300_000, '5m'],
    [7_200_000, '2h'],
    [0.25, '0.25ms'],
    [0.001, '0.001ms'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('writes what parseDuration reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom(1, 1_000), (number, divisor) => {
        const ms = number / divisor
        expect(parseDuration(formatDuration(ms), 'x')).toBe(Math.round(ms * 1_000) / 1_000)
      }),
    )
  })
})
