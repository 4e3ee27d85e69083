import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UrlSet } from '../../../../engine/source/url-set.ts'

describe('UrlSet', () => {
  it('remembers what was added and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 1_000 }), numbers => {
        const set = new UrlSet()
        const seen = new Set<number>()
        for (const number of numbers) {
          expect(set.add(`http://h/${number}`)).toBe(!seen.has(number))
          seen.add(number)
        }
        expect(set.size).toBe(seen.size)
      }),
      { numRuns: 30 },
    )
  })

  it('takes no URL for another among a hundred thousand, while it grows', () => {
    const set = new UrlSet()
    for (let at = 0; at < 100_000; at += 1)
      if (!set.add(`http://example.com/page/${at}?x=${at % 7}`)) expect.fail(`${at}`)
    for (let at = 0; at < 100_000; at += 1)
      if (set.add(`http://example.com/page/${at}?x=${at % 7}`)) expect.fail(`${at}`)
    expect(set.size).toBe(100_000)
  })

  it('compares what WHATWG makes of a URL, without its fragment', () => {
    const set = new UrlSet()
    const added = [
      'HTTP://Example.com:80/a/../b#x',
      'http://example.com/b',
      'http://example.com/b#y',
      'http://example.com/B',
    ].map(url => set.add(url))
    expect(added).toEqual([true, false, false, true])
  })

  it('never takes what is no URL for a repetition', () => {
    const set = new UrlSet()
    expect([set.add('nonsense'), set.add('nonsense')]).toEqual([true, true])
  })
})
