import { describe, expect, it } from 'vitest'
import { ErrorTally } from '../../../../engine/telemetry/error-tally.ts'

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

  it('hands out groups that later failures do not change', () => {
    const tally = new ErrorTally()
    tally.add([{ code: 'E_DNS', count: 1, sample: 'a' }])
    const before = tally.groups
    tally.add([{ code: 'E_DNS', count: 1, sample: 'b' }])
    expect(before).toEqual([{ code: 'E_DNS', count: 1, sample: 'a' }])
  })
})
