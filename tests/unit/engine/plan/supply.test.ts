import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Supply } from '../../../../engine/plan/supply.ts'
import type { RangeInput } from '../../../../engine/worker/protocol.ts'

const input: RangeInput = { path: '/list.txt', sizeBytes: 1_000, format: 'list', field: null }

/** Marks at these indexes, ten bytes a record. */
const marksAt = (...indexes: readonly number[]): Float64Array =>
  Float64Array.from(indexes.flatMap(index => [index * 10, index, index + 1]))

const rangeFrom = (index: number, byteEnd?: number): unknown => ({
  type: 'range',
  input,
  byteStart: index * 10,
  indexAtStart: index,
  lineAtStart: index + 1,
  ...(byteEnd === undefined ? {} : { byteEnd }),
})

describe('Supply', () => {
  it('lets a range be leased up to its last mark, and all of it once its end is known', () => {
    const supply = new Supply()
    supply.addRange(input, 0, false)
    const [piece] = supply.pieces
    expect([piece!.leasable, supply.found]).toEqual([0, 0])
    supply.addMarks(marksAt(0, 128, 256))
    expect([piece!.leasable, supply.found]).toEqual([256, 256])
    supply.addMarks(new Float64Array())
    supply.endRange(300)
    expect([piece!.leasable, piece!.end, supply.found]).toEqual([300, 300, 300])
  })

  it('begins a file of records behind its header', () => {
    const supply = new Supply()
    const records = {
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      header: ['a'],
      bodyStart: 5,
      bodyLine: 2,
    } as const
    supply.addRange({ path: '/a.csv', sizeBytes: 100, records }, 7, true)
    expect(supply.pieces[0]!.dataAt(7, null)).toMatchObject({ byteStart: 5, indexAtStart: 7, lineAtStart: 2 })
  })

  it('points at the last mark before the first record wanted, and the first one after the last', () => {
    const supply = new Supply()
    supply.addRange(input, 0, false)
    supply.addMarks(marksAt(0, 128))
    supply.addMarks(marksAt(256, 384))
    const [piece] = supply.pieces
    expect(piece!.dataAt(0, 1)).toEqual(rangeFrom(0, 1_280))
    expect(piece!.dataAt(127, 128)).toEqual(rangeFrom(0, 1_280))
    expect(piece!.dataAt(128, 129)).toEqual(rangeFrom(128, 2_560))
    expect(piece!.dataAt(300, 384)).toEqual(rangeFrom(256, 3_840))
    expect(piece!.dataAt(300, 385)).toEqual(rangeFrom(256))
    expect(piece!.dataAt(0, null)).toEqual(rangeFrom(0))
  })

  it('finds the right mark among any', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 7 }), fc.nat(500), (steps, block, wanted) => {
        const supply = new Supply()
        supply.addRange(input, 0, false)
        const marks = [0]
        for (const gap of steps) marks.push(marks.at(-1)! + gap)
        for (let from = 0; from < marks.length; from += block) {
          supply.addMarks(marksAt(...marks.slice(from, from + block)))
        }
        const first = wanted % marks.at(-1)!
        const end = first + 1
        const after = marks.find(mark => mark >= end)
        expect(supply.pieces[0]!.dataAt(first, end)).toEqual(
          rangeFrom(
            marks.findLast(mark => mark <= first)!,
            after === undefined ? undefined : after * 10,
          ),
        )
      }),
    )
  })

  it('joins batches, indexes and ranges into one row of indexes', () => {
    const supply = new Supply()
    supply.addBatch(0, 5, new Uint8Array(3))
    supply.addRange(input, 5, false)
    supply.endRange(9)
    supply.addIndexes(4)
    expect(supply.pieces.map(({ first, end }) => [first, end])).toEqual([
      [0, 5],
      [5, 9],
      [9, 13],
    ])
    expect(supply.pieces.map(piece => piece.dataAt(piece.first, piece.end).type)).toEqual([
      'batch',
      'range',
      'none',
    ])
  })

  it('learns the end of a whole file from whoever reads it', () => {
    const supply = new Supply()
    supply.addRange(input, 0, true)
    supply.endAll(null)
    expect([supply.isEnded, supply.total]).toEqual([true, null])
    supply.setTotal(42)
    expect([supply.total, supply.found, supply.pieces[0]!.end]).toEqual([42, 42, 42])
  })

  it('tells how many fed records planners are past', () => {
    const supply = new Supply()
    const onPassed = vi.fn()
    supply.onPassed = onPassed
    supply.addBatch(0, 5, new Uint8Array(5))
    supply.addRange(input, 5, false)
    supply.addBatch(9, 7, new Uint8Array(7))
    supply.dropBefore(1)
    supply.dropBefore(1)
    supply.dropBefore(3)
    expect([onPassed.mock.calls, supply.pieces, supply.dropped]).toEqual([[[5], [7]], [], 3])
  })

  it('refuses marks and ends without their range', () => {
    expect(() => new Supply().addMarks(marksAt(0))).toThrow('without their range')
    expect(() => new Supply().endRange(1)).toThrow('without its range')
    const supply = new Supply()
    supply.addBatch(0, 1, new Uint8Array(1))
    expect(() => supply.addMarks(marksAt(0))).toThrow('without their range')
  })
})
