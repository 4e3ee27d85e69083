import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../../shared/model/histogram.ts'

const durations = fc.array(fc.double({ min: 0.001, max: 3_600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
})
/** Spread over all magnitudes, as latencies are. */
const spread = fc.array(
  fc.double({ min: -3, max: 6.5, noNaN: true }).map(exponent => 10 ** exponent),
  { minLength: 1, maxLength: 200 },
)
const ratios = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.95, 0.99, 1)

function of(samples: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const ms of samples) histogram.record(ms)
  return histogram
}

function exactPercentile(samples: readonly number[], ratio: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(ratio * sorted.length)) - 1]!
}

const whole = (histogram: Histogram): unknown => ({
  buckets: [...histogram.toSparse()],
  maxMs: histogram.maxMs,
  count: histogram.count,
})

const merged = (...parts: readonly Histogram[]): Histogram => {
  const histogram = new Histogram()
  for (const part of parts) histogram.merge(part.toSparse(), part.maxMs)
  return histogram
}

describe('Histogram', () => {
  it('gives percentiles at most 1 % above the exact ones, and never below', () => {
    fc.assert(
      fc.property(fc.oneof(durations, spread), ratios, (samples, ratio) => {
        const exact = exactPercentile(samples, ratio)
        const found = of(samples).percentile(ratio)!
        // The last digits are those of the logarithm.
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
        expect(found).toBeLessThanOrEqual(exact * 1.01 * (1 + 1e-9))
      }),
    )
  })

  it('is the same whichever way its parts are merged', () => {
    fc.assert(
      fc.property(spread, spread, spread, (a, b, c) => {
        const all = whole(of([...a, ...b, ...c]))
        expect(whole(merged(merged(of(a), of(b)), of(c)))).toEqual(all)
        expect(whole(merged(of(a), merged(of(b), of(c))))).toEqual(all)
        expect(whole(merged(of(c), of(a), of(b)))).toEqual(all)
      }),
    )
  })

  it('is empty after a drain, which has everything', () => {
    fc.assert(
      fc.property(spread, samples => {
        const histogram = of(samples)
        const before = whole(histogram)
        const { buckets, maxMs } = histogram.drain()
        expect(whole(histogram)).toEqual({ buckets: [], maxMs: 0, count: 0 })
        histogram.merge(buckets, maxMs)
        expect(whole(histogram)).toEqual(before)
      }),
    )
  })

  it('has no percentile before the first sample', () => {
    expect(new Histogram().percentile(0.5)).toBeUndefined()
  })

  it('gives the exact largest sample as its end', () => {
    const histogram = of([3, 7.123, 5])
    expect([histogram.maxMs, histogram.percentile(1)]).toEqual([7.123, 7.123])
    expect(of([0.0004]).maxMs).toBe(0.0004)
  })

  it('counts what is no duration as the shortest', () => {
    const histogram = of([NaN, -1, 0, 0.0001])
    expect([histogram.count, histogram.percentile(1), histogram.maxMs]).toEqual([4, 0.001, 0.0001])
  })

  it('counts what is longer than an hour in its last bucket', () => {
    const histogram = of([Infinity, 1e9])
    expect(histogram.count).toBe(2)
    expect(histogram.percentile(0.5)).toBeGreaterThan(3_600_000)
    expect(histogram.percentile(0.5)).toBeLessThan(3_700_000)
  })

  it('leaves out buckets of a later version', () => {
    const histogram = of([1])
    histogram.merge(Uint32Array.of(1_000_000, 5), 1)
    expect(histogram.count).toBe(1)
  })

  it('takes many samples of one duration as if they came one by one', () => {
    const together = new Histogram()
    together.recordMany(7.5, 3)
    together.recordMany(900, 0)
    together.recordMany(NaN, 2)
    expect(whole(together)).toEqual(whole(of([7.5, 7.5, 7.5, NaN, NaN])))
  })
})
