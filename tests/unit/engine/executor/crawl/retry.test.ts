import { describe, expect, it } from 'vitest'
import { backoffMs, isRetryableStatus, retryAfterMs } from '../../../../../engine/executor/crawl/retry.ts'
import { DEFAULT_LIMITS } from '../../../../../engine/executor/http/limits.ts'

describe('backoffMs', () => {
  it('doubles from a second to a minute, spread over half of it', () => {
    expect([1, 2, 3, 7, 100].map(attempt => backoffMs(attempt, 0.5, DEFAULT_LIMITS))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ])
    expect([0, 1].map(random => backoffMs(1, random, DEFAULT_LIMITS))).toEqual([750, 1_250])
  })
})

describe('retryAfterMs', () => {
  it('reads seconds and dates, and nothing else', () => {
    const wallMs = Date.parse('2026-11-22T10:00:00Z')
    const values = [
      '5',
      ' 5 ',
      '99999',
      '-1',
      '1.5x',
      'Sun, 22 Nov 2026 10:00:30 GMT',
      'Sun, 22 Nov 2020 10:00:30 GMT',
      '',
      null,
    ]
    expect(values.map(value => retryAfterMs(value, wallMs, 3_600_000))).toEqual([
      5_000, 5_000, 3_600_000, 0, 0, 30_000, 0, 0, 0,
    ])
  })
})

describe('isRetryableStatus', () => {
  it('holds for what passes', () => {
    expect([200, 404, 408, 425, 429, 499, 500, 503, 599, 600].filter(isRetryableStatus)).toEqual([
      408, 425, 429, 500, 503, 599,
    ])
  })
})
