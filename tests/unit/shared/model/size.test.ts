import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatSize, parseSize } from '../../../../shared/model/size.ts'

describe('parseSize', () => {
  it.each([
    ['4096', 4_096],
    ['64KiB', 65_536],
    ['10MB', 10_000_000],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['5M', 5 * 2 ** 20],
    ['2 kib', 2_048],
    ['1TiB', 2 ** 40],
    ['7B', 7],
    ['0', 0],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseSize(text, '--max-body')).toBe(bytes)
  })

  it.each(['', 'big', '-1', '1e6', '10XB', '10 M iB', '9007199254740993', '99999999TiB', '0x10'])(
    'refuses %j as E_CONFIG',
    text => {
      expect(() => parseSize(text, '--max-body')).toThrow(
        expect.objectContaining({
          code: 'E_CONFIG',
          message: expect.stringMatching(/^--max-body: .* is not a size/),
        }),
      )
    },
  )
})

describe('formatSize', () => {
  it.each([
    [0, '0B'],
    [65_536, '64KiB'],
    [10_000_000, '10MB'],
    [33_554_432, '32MiB'],
    [1_000, '1KB'],
    [1_023, '1023B'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })

  it('writes what parseSize reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), bytes => {
        expect(parseSize(formatSize(bytes), 'x')).toBe(bytes)
      }),
    )
  })
})
