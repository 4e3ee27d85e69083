import { describe, expect, it } from 'vitest'
import { ratioInterval } from '../../../../../engine/lab/statistics/ratio-interval.ts'
import { seededRandom, type Random } from '../../../../../engine/lab/statistics/seeded-random.ts'
import { NOISE_NAMES, NOISES } from './noise.ts'

const RATIO = 1.3
const SIMULATIONS = 4_000

interface Simulation {
  readonly count: number
  readonly isPaired: boolean
  readonly noiseOfA: (random: Random) => number
  readonly noiseOfB: (random: Random) => number
  /** How much slower the last block is than the first. */
  readonly drift?: number
}

/** @returns The share of intervals that the true ratio lies in. */
function coverageOf({ count, isPaired, noiseOfA, noiseOfB, drift = 0 }: Simulation): number {
  const random = seededRandom(count)
  const simulations = isPaired ? SIMULATIONS : Math.min(SIMULATIONS, 400_000 / count ** 2)
  let covered = 0
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const a: number[] = []
    const b: number[] = []
    for (let block = 0; block < count; block += 1) {
      const slowDown = 1 + (drift * block) / (count - 1)
      a.push(RATIO * slowDown * noiseOfA(random))
      b.push(slowDown * noiseOfB(random))
    }
    const { low, high } = ratioInterval(a, b, { isPaired })
    if (low <= RATIO && RATIO <= high) covered += 1
  }
  return covered / simulations
}

function expectCoverage(simulation: Simulation): void {
  const coverage = coverageOf(simulation)
  expect(coverage).toBeGreaterThanOrEqual(0.93)
  expect(coverage).toBeLessThanOrEqual(0.97)
}

const cases = NOISE_NAMES.flatMap(name => [5, 7, 10, 20].map(count => ({ name, count })))

describe('ratioInterval', () => {
  it.each(cases)('covers the ratio in 93 to 97 % of $count blocks with $name noise', ({ name, count }) => {
    expectCoverage({ count, isPaired: true, noiseOfA: NOISES[name], noiseOfB: NOISES[name] })
  })

  it.each([5, 7, 10, 20])('covers it with %d blocks of which the last is a tenth slower', count => {
    const noise = { noiseOfA: NOISES.normal, noiseOfB: NOISES.normal }
    expectCoverage({ count, isPaired: true, drift: 0.1, ...noise })
  })

  it.each([5, 10])('covers it with %d blocks when one of the two alone is noisy', count => {
    expectCoverage({ count, isPaired: true, noiseOfA: NOISES['heavy-tailed'], noiseOfB: () => 1 })
  })

  // Twenty and twenty have 400 ratios each time: one kind of noise has to do.
  const groups = cases.filter(({ name, count }) => count < 20 || name === 'normal with outliers')
  it.each(groups)(
    'covers it for $count and as many that are not paired, with $name noise',
    ({ name, count }) => {
      expectCoverage({ count, isPaired: false, noiseOfA: NOISES[name], noiseOfB: NOISES[name] })
    },
  )

  it.each([3, 4])('covers it with as few as %d, paired or not, under log-normal noise', count => {
    const noise = NOISES['log-normal']
    expectCoverage({ count, isPaired: true, noiseOfA: noise, noiseOfB: noise })
    expectCoverage({ count, isPaired: false, noiseOfA: noise, noiseOfB: noise })
  })

  it('is the median of the ratios of blocks, from the least to the greatest of five', () => {
    const { ratio, low, high } = ratioInterval([10, 22, 36, 52, 70], [10, 20, 30, 40, 50], { isPaired: true })
    expect(ratio).toBeCloseTo(1.2, 12)
    expect(low).toBeCloseTo(1, 12)
    expect(high).toBeCloseTo(1.4, 12)
  })

  it('is the inverse when both change places', () => {
    const a = [3, 4, 5, 4.5, 3.7, 4.1, 5.2, 3.9]
    const b = [2, 2.5, 1.8, 2.2, 2.4, 2.1, 2, 2.3]
    for (const isPaired of [true, false]) {
      const one = ratioInterval(a, b, { isPaired })
      const other = ratioInterval(b, a, { isPaired })
      expect(other.ratio).toBeCloseTo(1 / one.ratio, 12)
      expect(other.low).toBeCloseTo(1 / one.high, 12)
      expect(other.high).toBeCloseTo(1 / one.low, 12)
    }
  })

  it('has the depths of the published tables', () => {
    const ones = (count: number) => new Array<number>(count).fill(1)
    const ramp = (count: number, step: number) =>
      Array.from({ length: count }, (_, at) => Math.exp(at * step))
    // Median of 10: the 2nd has 97.85 %, the 3rd 89.06 %; Hettmansperger and Sheather's λ for 95 % is 0.657.
    const paired = ratioInterval(ramp(10, 1), ones(10), { isPaired: true })
    expect(Math.log(paired.low)).toBeCloseTo(1.657, 2)
    expect(Math.log(paired.high)).toBeCloseTo(7.343, 2)
    // Mann and Whitney, 5 and 5: the 4th least difference, 94.4 %, is nearer to 95 % than the 3rd with 96.8 %.
    const b = ramp(5, 1)
    const groups = ratioInterval(ramp(5, 0.01), b, { isPaired: false })
    const differences = ramp(5, 0.01)
      .flatMap(x => b.map(y => x / y))
      .toSorted((x, y) => x - y)
    expect([groups.low, groups.high]).toEqual(
      [differences[3], differences[21]].map(x => expect.closeTo(x!, 12)),
    )
  })

  it('gives a ratio but no interval below three', () => {
    expect(ratioInterval([2, 4], [1, 2], { isPaired: true })).toEqual({ ratio: 2, low: NaN, high: NaN })
    expect(ratioInterval([2], [1, 1, 1], { isPaired: false })).toEqual({ ratio: 2, low: NaN, high: NaN })
  })

  it('says nothing of what has no logarithm, and of nothing', () => {
    const nothing = { ratio: NaN, low: NaN, high: NaN }
    expect(ratioInterval([], [], { isPaired: true })).toEqual(nothing)
    expect(ratioInterval([1, 0, 1], [1, 1, 1], { isPaired: true })).toEqual(nothing)
    expect(ratioInterval([1, 1, 1], [1, Infinity, 1], { isPaired: false })).toEqual(nothing)
  })

  it('goes on to thousands of values', () => {
    const random = seededRandom(5)
    const some = (count: number) => Array.from({ length: count }, () => NOISES.normal(random))
    for (const [count, isPaired] of [
      [3_000, true],
      [100, false],
    ] as const) {
      const { ratio, low, high } = ratioInterval(some(count), some(count), { isPaired })
      expect([low, ratio, high].every(value => Math.abs(value - 1) < 0.05)).toBe(true)
      expect(low).toBeLessThan(ratio)
      expect(high).toBeGreaterThan(ratio)
    }
  })

  it('refuses blocks in which one of the two is missing', () => {
    expect(() => ratioInterval([1, 2], [1], { isPaired: true })).toThrow(RangeError)
  })
})
