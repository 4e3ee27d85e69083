import { describe, expect, it } from 'vitest'

import {
  bytes,
  clock,
  compact,
  milliseconds,
  percent,
  significant,
} from '../../../../shared/locales/format.ts'

describe('numbers for people', () => {
  it('have three significant digits, and all of them from a thousand on', () => {
    const values = [0, 0.0123, 0.5, 0.9951, 1.234, 9.999, 12.34, 99.96, 184.4, 1842.3, 61_204, 1_234_567]
    expect(values.map(significant)).toEqual([
      '0',
      '0.01',
      '0.50',
      '1.00',
      '1.23',
      '10.0',
      '12.3',
      '100',
      '184',
      '1,842',
      '61,204',
      '1,234,567',
    ])
  })

  it('fit five characters when compact', () => {
    const values = [0, 999, 1_000, 9_999, 61_204, 999_499, 999_600, 12_345_678, 4_000_000_000]
    expect(values.map(compact)).toEqual([
      '0',
      '999',
      '1.00k',
      '10.0k',
      '61.2k',
      '999k',
      '1.00M',
      '12.3M',
      '4.00G',
    ])
  })

  it('take the unit of time that reads best', () => {
    expect([0.0123, 12.43, 999.6, 1_240, 90_000, 300_000].map(milliseconds)).toEqual([
      '0.01 ms',
      '12.4 ms',
      '1.00 s',
      '1.24 s',
      '90.0 s',
      '5.00 min',
    ])
  })

  it('show times that go on as a clock', () => {
    expect([0, 7_400, 62_000, 3_723_000, 90_000_000].map(clock)).toEqual([
      '0:00',
      '0:07',
      '1:02',
      '1:02:03',
      '1d 1:00',
    ])
  })

  it('show bytes in binary units', () => {
    expect([0, 999, 1_024, 96_500_000, 2 ** 40].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 KiB',
      '92.0 MiB',
      '1.00 TiB',
    ])
  })

  it('never call almost all or almost nothing all or nothing', () => {
    expect([0, 0.0001, 0.184, 0.9999, 1].map(percent)).toEqual(['0 %', '1 %', '18 %', '99 %', '100 %'])
  })
})
