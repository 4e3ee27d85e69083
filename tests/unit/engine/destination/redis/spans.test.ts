import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { AppliedSpan } from '../../../../../engine/destination/destination.ts'
import { compactSpans } from '../../../../../engine/destination/redis/spans.ts'

const span = (first: number, step: number, next: number): AppliedSpan => ({ first, step, next })

function tasksOf(spans: readonly AppliedSpan[]): number[] {
  const tasks = new Set<number>()
  for (const { first, step, next } of spans) for (let task = first; task < next; task += step) tasks.add(task)
  return [...tasks].sort((a, b) => a - b)
}

describe('compactSpans', () => {
  it('joins spans that touch or overlap and leaves others apart', () => {
    expect(
      compactSpans([span(20, 1, 30), span(0, 1, 10), span(5, 1, 12), span(12, 1, 15), span(40, 1, 40)]),
    ).toEqual([span(0, 1, 15), span(20, 1, 30)])
  })

  it('joins spans of the same step and phase, also where an end lies between two tasks', () => {
    expect(compactSpans([span(0, 4, 9), span(12, 4, 21), span(1, 4, 6), span(2, 4, 100)])).toEqual([
      span(0, 4, 21),
      span(1, 4, 6),
      span(2, 4, 100),
    ])
  })

  it('names the same tasks as before, by no more spans', () => {
    const some = fc
      .record({ first: fc.nat(60), step: fc.integer({ min: 1, max: 4 }), length: fc.nat(30) })
      .map(({ first, step, length }) => span(first, step, first + length))
    fc.assert(
      fc.property(fc.array(some), spans => {
        const joined = compactSpans(spans)
        expect(tasksOf(joined)).toEqual(tasksOf(spans))
        expect(joined.length).toBeLessThanOrEqual(spans.length)
        expect(compactSpans(joined)).toEqual(joined)
      }),
    )
  })
})
