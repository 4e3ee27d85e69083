import { describe, expect, it } from 'vitest'

import {
  asTable,
  lastValue,
  nearestPoint,
  placeMarkers,
  timeSpan,
  timeStep,
  type LineSeries,
} from '../../../../renderer/charts/chart-data.ts'

const series = (name: string, points: readonly number[]): LineSeries => ({
  name,
  tone: 'wait',
  points: Float64Array.from(points),
})

describe('the points of a line', () => {
  const points = Float64Array.from([0, 1, 200, 2, 400, Number.NaN])

  it('have a last value, which a gap is not', () => {
    expect([lastValue(points), lastValue(new Float64Array())]).toEqual([2, undefined])
  })

  it('are found by the time nearest to them', () => {
    expect([-50, 0, 90, 110, 300, 301, 9_999].map(atMs => nearestPoint(points, atMs))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ])
    expect(nearestPoint(new Float64Array(), 0)).toBe(-1)
  })

  it('span a time together', () => {
    expect(timeSpan([series('a', [200, 1, 600, 1]), series('b', []), series('c', [0, 1, 400, 1])])).toEqual({
      fromMs: 0,
      toMs: 600,
    })
    expect(timeSpan([series('a', [])])).toBeNull()
  })
})

describe('a chart as a table', () => {
  it('has every measured time, newest first, and no value where there was none', () => {
    const rows = asTable([series('a', [0, 1, 200, 2]), series('b', [0, 5, 200, Number.NaN])], 60)
    expect(rows).toEqual([
      { atMs: 200, values: [2, undefined] },
      { atMs: 0, values: [1, 5] },
    ])
  })

  it('is spread over the time when there is too much for it, first and last included', () => {
    const long = series(
      'a',
      Array.from({ length: 2_000 }, (_, index) => index),
    )
    const rows = asTable([long], 5)
    expect(rows.map(({ atMs }) => atMs)).toEqual([1_998, 1_498, 1_000, 500, 0])
  })

  it('is empty before anything was measured', () => {
    expect([asTable([], 60), asTable([series('a', [])], 60)]).toEqual([[], []])
  })
})

describe('markers', () => {
  const labelled = (markers: Parameters<typeof placeMarkers>[0]): string[] =>
    placeMarkers(markers, 0.1, label => label.length * 7)
      .filter(({ isLabelled }) => isLabelled)
      .map(({ label }) => label)

  it('all have their text where there is room, in the order of time', () => {
    expect(
      labelled([
        { atMs: 5_000, label: 'later', tone: 'accent' },
        { atMs: 1_000, label: 'first', tone: 'accent' },
      ]),
    ).toEqual(['first', 'later'])
  })

  it('leave out the text that would cover another: failures stay, then what is newer', () => {
    expect(
      labelled([
        { atMs: 1_000, label: '64 → 128', tone: 'accent' },
        { atMs: 1_100, label: 'worker died', tone: 'failed' },
        { atMs: 1_200, label: 'restarted', tone: 'accent' },
        { atMs: 9_000, label: 'paused', tone: 'accent' },
        { atMs: 9_100, label: 'resumed', tone: 'accent' },
      ]),
    ).toEqual(['worker died', 'resumed'])
  })
})

describe('marks of time', () => {
  it('are round, and no more than there is room for', () => {
    expect([3_000, 60_000, 300_000, 3_600_000, 90_000_000].map(spanMs => timeStep(spanMs, 6))).toEqual([
      1_000, 10_000, 60_000, 600_000, 21_600_000,
    ])
  })
})
