import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  formatStatusRanges,
  includesStatus,
  parseStatusRanges,
} from '../../../../shared/model/status-range.ts'

describe('parseStatusRanges', () => {
  it('reads statuses and ranges, sorts them and joins those that touch', () => {
    expect(parseStatusRanges('404, 300-399,200-299')).toEqual([
      [200, 399],
      [404, 404],
    ])
  })

  it('includes both ends of a range', () => {
    const ranges = parseStatusRanges('200-299')
    expect([199, 200, 299, 300].map(status => includesStatus(ranges, status))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it.each(['', '200-', '-200', '299-200', '99', '1000', '2xx', '200,,300', '200;300'])(
    'refuses %j as E_CONFIG',
    text => {
      expect(() => parseStatusRanges(text)).toThrow(
        expect.objectContaining({
          code: 'E_CONFIG',
          message: expect.stringMatching(/^--ok-status: .* write 200-399,404$/),
        }),
      )
    },
  )

  it('reads back what formatStatusRanges writes', () => {
    const status = fc.integer({ min: 100, max: 999 })
    const pair = fc.tuple(status, status).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), pairs => {
        const ranges = parseStatusRanges(pairs.join(','))
        expect(parseStatusRanges(formatStatusRanges(ranges))).toEqual(ranges)
      }),
    )
  })
})
