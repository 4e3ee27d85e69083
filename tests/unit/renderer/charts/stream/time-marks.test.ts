import { describe, expect, it } from 'vitest'

import { timeLabel, timeMarks } from '../../../../../renderer/charts/stream/time-marks.ts'

const labels = (fromMs: number, toMs: number, most: number) =>
  timeMarks(fromMs, toMs, most).map(({ label }) => label)

describe('timeMarks', () => {
  it('has round times from hours to parts of a millisecond', () => {
    expect(labels(0, 3_600_000, 4)).toEqual(['0:00', '15:00', '30:00', '45:00', '1:00:00'])
    expect(labels(0, 1_000, 4)).toEqual(['0:00.0', '0:00.5', '0:01.0'])
    expect(labels(61_000, 61_004, 4)).toEqual(['1:01.000', '1:01.001', '1:01.002', '1:01.003', '1:01.004'])
    expect(labels(0, 0.5, 2)).toEqual(['0:00.0000', '0:00.0005'])
  })

  it('carries into the next second', () => {
    expect(timeLabel(59_999.6, 1)).toBe('1:00.000')
  })
})
