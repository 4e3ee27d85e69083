import { describe, expect, it } from 'vitest'
import { ErrorTally, failureCountsOf } from '../../../../engine/telemetry/error-tally.ts'

describe('ErrorTally', () => {
  it('adds up by code, keeps the first sample, and names the most frequent first', () => {
    const tally = new ErrorTally([{ code: 'E_DNS', count: 2, sample: 'before' }])
    tally.add([
      { code: 'E_DNS', count: 1, sample: 'later' },
      { code: 'E_CONNECT', count: 5, sample: 'refused' },
    ])
    tally.add([{ code: 'E_TLS', count: 4, sample: 'expired' }])
    expect(tally.groups).toEqual([
      { code: 'E_CONNECT', count: 5, sample: 'refused' },
      { code: 'E_TLS', count: 4, sample: 'expired' },
      { code: 'E_DNS', count: 3, sample: 'before' },
    ])
  })

  it('adds up unwanted statuses by kind, and tells all failures by kind', () => {
    const status = { code: 'E_HTTP_STATUS', sample: '503' } as const
    const tally = new ErrorTally([{ ...status, count: 2, statuses: { '5xx': 1 } }])
    tally.add([
      { ...status, count: 4, statuses: { '5xx': 3, '429': 1 } },
      { code: 'E_DNS', count: 1, sample: 'a' },
    ])
    expect(tally.groups[0]).toEqual({ ...status, count: 6, statuses: { '429': 1, '5xx': 4 } })
    expect(failureCountsOf(tally.groups)).toEqual([
      { kind: 'E_HTTP_STATUS', count: 1 },
      { kind: '429', count: 1 },
      { kind: '5xx', count: 4 },
      { kind: 'E_DNS', count: 1 },
    ])
  })

  it('hands out groups that later failures do not change', () => {
    const tally = new ErrorTally()
    tally.add([{ code: 'E_DNS', count: 1, sample: 'a' }])
    const before = tally.groups
    tally.add([{ code: 'E_DNS', count: 1, sample: 'b' }])
    expect(before).toEqual([{ code: 'E_DNS', count: 1, sample: 'a' }])
  })
})
