import { describe, expect, it } from 'vitest'
import {
  bodyBytesOf,
  DEFAULT_LAWS,
  latencyMsOf,
  linksOf,
  statusOf,
  type SiteLaws,
} from '../../../../headless/site/laws.ts'

const PAGES = Array.from({ length: 10_000 }, (_, page) => page)
const laws = (given: Partial<SiteLaws>): SiteLaws => ({ ...DEFAULT_LAWS, ...given })
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('the laws of the target site', () => {
  it('give a page the same latency, size, status and links whenever they are asked', () => {
    const given = laws({
      latency: { law: 'lognormal', median: 30, sigma: 0.5 },
      bytes: { law: 'uniform', min: 500, max: 5_000 },
      errorRatio: 0.3,
    })
    const describePage = (page: number): unknown => [
      latencyMsOf(given, page),
      bodyBytesOf(given, page),
      statusOf(given, page, 1),
      linksOf(given, page),
    ]

    expect(PAGES.slice(0, 50).map(describePage)).toEqual(PAGES.slice(0, 50).map(describePage))
  })

  it('give other pages under another seed', () => {
    const latency = { law: 'uniform', min: 0, max: 1_000 } as const
    const one = PAGES.slice(0, 50).map(page => latencyMsOf(laws({ latency, seed: 1 }), page))
    const two = PAGES.slice(0, 50).map(page => latencyMsOf(laws({ latency, seed: 2 }), page))

    expect(one.filter((value, at) => value === two[at])).toEqual([])
  })

  it('spread uniform latencies between their bounds', () => {
    const values = PAGES.map(page =>
      latencyMsOf(laws({ latency: { law: 'uniform', min: 10, max: 90 } }), page),
    )

    expect(Math.min(...values)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...values)).toBeLessThan(90)
    expect(Math.abs(mean(values) - 50)).toBeLessThan(1)
  })

  it('spread lognormal latencies around their median, with a tail', () => {
    const latency = { law: 'lognormal', median: 30, sigma: 0.5 } as const
    const values = PAGES.map(page => latencyMsOf(laws({ latency }), page)).sort((a, b) => a - b)

    expect(Math.abs(values[5_000]! - 30)).toBeLessThan(1)
    // One sigma is 68 % of the pages.
    expect(Math.abs(values[8_413]! - 30 * Math.exp(0.5))).toBeLessThan(2)
    expect(values[9_999]).toBeGreaterThan(100)
  })

  it('make the asked share of pages fail, and the asked share of those recover', () => {
    const given = laws({ errorRatio: 0.2, recoverRatio: 0.25, limitedRatio: 0.1 })
    const count = (status: number, request: number): number =>
      PAGES.filter(page => statusOf(given, page, request) === status).length

    const shares = [count(500, 1), count(429, 1), count(500, 2), count(429, 2)].map(
      pages => pages / PAGES.length,
    )

    expect(shares[0]).toBeCloseTo(0.2, 1)
    expect(shares[1]).toBeCloseTo(0.1, 1)
    expect(shares[2]).toBeCloseTo(0.15, 1)
    expect(shares[3]).toBe(0)
  })

  it('link every page to the next one, and only to pages that exist', () => {
    const given = laws({ pages: 50, links: 5 })
    const all = PAGES.slice(0, 50).map(page => linksOf(given, page))

    expect(all.map(links => links[0])).toEqual([...PAGES.slice(1, 50), 0])
    expect(all.flat().every(link => link >= 0 && link < 50 && Number.isInteger(link))).toBe(true)
    expect(linksOf(laws({ links: 0 }), 3)).toEqual([])
  })
})
