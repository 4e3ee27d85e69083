import { describe, expect, it } from 'vitest'

import { parseNumber, settle } from '../../../../renderer/components/number-input.ts'

describe('a typed number', () => {
  it('is read as people write it', () => {
    expect(['64', ' 1,024 ', '1 000', '2k', '1.5M', '-3', '.5', '1e3'].map(parseNumber)).toEqual([
      64, 1_024, 1_000, 2_000, 1_500_000, -3, 0.5, 1_000,
    ])
  })

  it('may be nothing, which is not the same as something unreadable', () => {
    expect(['', '  ', 'x', '1.2.3', '--1', '1kk'].map(parseNumber)).toEqual([
      null,
      null,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('settles within its bounds on a step', () => {
    expect(settle(7.4, { min: 1, max: 10 }, 1)).toBe(7)
    expect(settle(700, { min: 1, max: 10 }, 1)).toBe(10)
    expect(settle(-2, { min: 0, max: 10 }, 1)).toBe(0)
    expect(settle(0.30000000000000004, { min: 0, max: 1 }, 0.1)).toBe(0.3)
  })
})
