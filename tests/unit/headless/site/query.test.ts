import { describe, expect, it } from 'vitest'
import { DEFAULT_LAWS } from '../../../../headless/site/laws.ts'
import { applyQuery, parseSpread } from '../../../../headless/site/query.ts'

describe('parseSpread', () => {
  it.each([
    ['50', { law: 'fixed', value: 50 }],
    ['fixed:2.5', { law: 'fixed', value: 2.5 }],
    ['uniform:10-90', { law: 'uniform', min: 10, max: 90 }],
    ['lognormal:30,0.5', { law: 'lognormal', median: 30, sigma: 0.5 }],
  ])('reads %s', (text, spread) => {
    expect(parseSpread(text)).toEqual(spread)
  })

  it.each(['', 'slow', '-5', 'uniform:5', 'lognormal:30', 'fixed:1.2.3'])('refuses "%s"', text => {
    expect(() => parseSpread(text)).toThrow(RangeError)
  })
})

describe('applyQuery', () => {
  it('changes what it names and keeps the rest', () => {
    expect(applyQuery(DEFAULT_LAWS, '?latency=20&errors=0.1&retry-after=3')).toEqual({
      ...DEFAULT_LAWS,
      latency: { law: 'fixed', value: 20 },
      errorRatio: 0.1,
      retryAfterSec: 3,
    })
  })

  it('ignores parameters that are no law', () => {
    expect(applyQuery(DEFAULT_LAWS, '?q=17')).toBe(DEFAULT_LAWS)
  })
})
