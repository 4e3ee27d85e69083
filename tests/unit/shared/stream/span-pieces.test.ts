import { describe, expect, it } from 'vitest'
import { PIECES, pieceEnds } from '../../../../shared/stream/span-pieces.ts'

const endsOf = (phases: Partial<Parameters<typeof pieceEnds>[0]>, startMs: number, endMs: number) => {
  const ends = new Float64Array(PIECES)
  pieceEnds({ cpuMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, ...phases }, startMs, endMs, ends)
  return [...ends]
}

describe('pieceEnds', () => {
  it('puts what no phase accounts for before the request of an answer', () => {
    expect(endsOf({ connectMs: 5, firstByteMs: 20, bodyMs: 10 }, 100, 140)).toEqual([
      100, 105, 110, 130, 140, 140,
    ])
  })

  it('puts it behind the connect where no answer began', () => {
    expect(endsOf({ connectMs: 5, firstByteMs: NaN, bodyMs: NaN }, 100, 140)).toEqual([
      100, 100, 105, 105, 105, 140,
    ])
  })

  it('computes first where CPU was measured with its moment', () => {
    expect(endsOf({ cpuMs: 3, firstByteMs: 7 }, 0, 10)).toEqual([3, 3, 3, 10, 10, 10])
  })

  it('never goes beyond the end of the span', () => {
    expect(endsOf({ connectMs: 50, firstByteMs: 50 }, 0, 60)).toEqual([0, 0, 50, 60, 60, 60])
  })
})
