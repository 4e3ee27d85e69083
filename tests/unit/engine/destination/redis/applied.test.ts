import { describe, expect, it } from 'vitest'
import { AppliedTasks, parseFailure } from '../../../../../engine/destination/redis/applied.ts'
import type { AppliedSpan } from '../../../../../engine/destination/destination.ts'
import { seededRandom } from '../../../../support/engine/random.ts'

const appliedOf = (spans: readonly AppliedSpan[], count: number): number[] => {
  const applied = new AppliedTasks(spans, new Map())
  return Array.from({ length: count }, (_, at) => at).filter(at => applied.isApplied(at))
}

describe('AppliedTasks', () => {
  it('covers every step-th task from the first of a span up to its end', () => {
    expect(appliedOf([{ first: 3, step: 4, next: 12 }], 20)).toEqual([3, 7, 11])
    expect(appliedOf([{ first: 3, step: 4, next: 3 }], 20)).toEqual([])
  })

  it('joins spans of every shape', () => {
    const spans = [
      { first: 10, step: 1, next: 12 },
      { first: 0, step: 3, next: 4 },
      { first: 11, step: 1, next: 15 },
      { first: 1, step: 9, next: 2 },
    ]
    expect(appliedOf(spans, 20)).toEqual([0, 1, 3, 10, 11, 12, 13, 14])
  })

  it('agrees with going through every span', () => {
    const random = seededRandom(11)
    for (let round = 0; round < 50; round += 1) {
      const spans = Array.from({ length: 12 }, () => {
        const first = Math.floor(random() * 200)
        return { first, step: 1 + Math.floor(random() * 3), next: first + Math.floor(random() * 40) }
      })
      const expected = Array.from({ length: 300 }, (_, at) => at).filter(at =>
        spans.some(({ first, step, next }) => at >= first && at < next && (at - first) % step === 0),
      )
      expect(appliedOf(spans, 300)).toEqual(expected)
    }
  })

  it('tells why a record was refused', () => {
    const applied = new AppliedTasks([], new Map([[4, 'E_DEST_DATA WRONGTYPE no']]))
    expect([applied.failureOf(4), applied.failureOf(5)]).toEqual([
      { code: 'E_DEST_DATA', message: 'WRONGTYPE no' },
      null,
    ])
  })

  it('takes a failure without a known code for one of data', () => {
    expect(parseFailure('something else')).toEqual({ code: 'E_DEST_DATA', message: 'something else' })
    expect(parseFailure('E_LINE_TOO_LONG by far')).toEqual({ code: 'E_LINE_TOO_LONG', message: 'by far' })
  })
})
