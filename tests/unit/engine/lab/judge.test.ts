import { describe, expect, it } from 'vitest'

import { judge, type MeasuredPoint } from '../../../../engine/lab/judge.ts'
import { comparedRun, measuredPoint } from '../../../support/lab/compared-runs.ts'

const PLAN = { seed: 7, repeats: 5 }
const SLOW = [100, 104, 97, 101, 99]
const FAST = SLOW.map(value => value * 2)

const judged = (measured: readonly MeasuredPoint[], busyRatio = 0) => judge(PLAN, measured, busyRatio)

describe('what a comparison found', () => {
  it('is a ratio of every pair with its interval, the faster first', () => {
    const { ratios } = judged([measuredPoint('a', SLOW), measuredPoint('b', FAST), measuredPoint('c', SLOW)])
    expect(ratios.map(({ a, b }) => `${a} ${b}`)).toEqual(['b a', 'b c', 'a c'])
    expect(ratios[0]).toMatchObject({ verdict: 'faster' })
    expect(ratios[0]!.ratio).toBeCloseTo(2)
    expect(ratios[0]!.low).toBeGreaterThan(1)
    expect(ratios[2]).toMatchObject({ verdict: 'no difference shown' })
  })

  it('is the same for the same runs and seed, and does not change with another point', () => {
    const two = [measuredPoint('a', SLOW), measuredPoint('b', FAST)]
    expect(judged(two)).toEqual(judged(two))
    expect(judged([...two, measuredPoint('c', [1, 2, 1, 2, 1])]).ratios).toContainEqual(judged(two).ratios[0])
  })

  it('takes from a pair only the blocks in which both ran', () => {
    const torn = measuredPoint('b', FAST)
    const { ratios } = judged([measuredPoint('a', SLOW), { ...torn, runs: torn.runs.slice(0, 2) }])
    expect(ratios[0]).toMatchObject({ verdict: 'too few repeats', low: null })
  })

  it('leaves warm-ups out', () => {
    const point = measuredPoint('a', SLOW)
    const { cells } = judged([
      { ...point, runs: [comparedRun({ block: -1, throughputPerSec: 1 }), ...point.runs] },
    ])
    expect(cells[0]!.throughputPerSec).toEqual(SLOW)
    expect(cells[0]!.median).toBe(100)
  })

  it('keeps what lies far out, and marks it', () => {
    const { cells } = judged([measuredPoint('a', [100, 101, 99, 100, 10])])
    expect(cells[0]!.throughputPerSec).toHaveLength(5)
    expect(cells[0]!.outliers).toEqual([4])
  })

  it('is void for a point that computed something else than the first run, or did not finish', () => {
    const withDigest = (name: string, digest: string, order: number): MeasuredPoint => {
      const point = measuredPoint(name, SLOW)
      return { ...point, runs: point.runs.map(run => ({ ...run, digest, order: run.order + order })) }
    }
    const { cells, ratios } = judged([withDigest('a', 'ffff', 0), withDigest('b', 'eeee', 1)])
    expect(cells.map(cell => cell.void?.type ?? null)).toEqual([null, 'digest'])
    expect(ratios[0]).toMatchObject({ verdict: 'void', ratio: null })

    const stopped = comparedRun({ void: { type: 'not-done', detail: 'the disk is full' } })
    const point = measuredPoint('c', SLOW)
    expect(judged([{ ...point, runs: [...point.runs, stopped] }]).cells[0]!.void).toMatchObject({
      detail: 'the disk is full',
    })
  })

  it('fits a curve to the points of one model that differ in their lanes', () => {
    const lambda = 100
    const usl = (n: number): number => (lambda * n) / (1 + 0.03 * (n - 1) + 0.0005 * n * (n - 1))
    const points = [1, 2, 4, 8, 16, 32, 64].map(n =>
      measuredPoint(
        `loop:1x1x${n}`,
        [0.99, 1, 1.01].map(noise => usl(n) * noise),
        { lanes: n },
      ),
    )
    const { scalability } = judged([...points, measuredPoint('threads', SLOW, { model: 'threads' })])
    expect(scalability).toHaveLength(1)
    const [fit] = scalability
    expect(fit).toMatchObject({ model: 'loop' })
    expect(fit!.peakN).toBeGreaterThan(35)
    expect(fit!.peakN).toBeLessThan(53)
  })

  it('says what its reader has to know', () => {
    const failing = measuredPoint('a', SLOW)
    const notes = judge(
      { seed: 1, repeats: 2 },
      [
        { ...failing, runs: failing.runs.map(run => ({ ...run, failed: 100 })) },
        { ...failing, point: { ...failing.point, name: 'b' }, runs: [comparedRun({ workMs: 20 })] },
        { ...failing, point: { ...failing.point, name: 'c' }, runs: [comparedRun({ startMs: 3_000 })] },
      ],
      0.5,
    ).notes
    expect(notes.map(({ type }) => type)).toEqual([
      'noisy',
      'few-repeats',
      'failures',
      'short',
      'start-dominates',
    ])
  })
})
