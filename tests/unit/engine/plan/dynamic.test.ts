import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { DynamicPlanner } from '../../../../engine/plan/dynamic.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import { fedInputs } from '../../../support/engine/fed-inputs.ts'
import { feedSteps, leadsTo, wholeSupply } from '../../../support/engine/fed-supply.ts'

const settledOf = (indexes: readonly number[]): SettledBitmap => {
  const settled = new SettledBitmap()
  for (const index of indexes) settled.set(index)
  return settled
}

describe('DynamicPlanner', () => {
  it('hands out every unsettled task once, whoever asks, however the supply grows', () => {
    fc.assert(
      fc.property(
        fedInputs,
        fc.array(fc.nat(200)),
        fc.infiniteStream(
          fc.record({ slot: fc.nat(3), size: fc.integer({ min: 1, max: 30 }), asks: fc.nat(4) }),
        ),
        (inputs, settledIndexes, wishes) => {
          const { steps, total } = feedSteps(inputs)
          const settled = settledOf(settledIndexes.filter(index => index < total))
          const supply = new Supply()
          const planner = new DynamicPlanner(supply, settled)
          const handed: number[] = []
          const ask = (slot: number, size: number): boolean => {
            const span = planner.next(slot, size)
            if (span === null) return false
            expect([span.step, span.end! - span.first <= size]).toEqual([1, true])
            expect(leadsTo(span.data, span.first, span.end)).toBe(true)
            for (let index = span.first; index < span.end!; index += 1) handed.push(index)
            return true
          }
          for (const step of steps) {
            step(supply)
            const { slot, size, asks } = wishes.next().value!
            for (let asked = 0; asked < asks; asked += 1) ask(slot, size)
          }
          while (ask(0, 7));
          const unsettled = Array.from({ length: total }, (_, index) => index).filter(
            index => !settled.has(index),
          )
          expect(new Set(handed).size).toBe(handed.length)
          expect(handed.filter(index => !settled.has(index))).toEqual(unsettled)
          expect([planner.unleased, supply.pieces.every(piece => piece.credits === 0)]).toEqual([0, true])
        },
      ),
    )
  })

  it('begins at the first task that is not settled', () => {
    const supply = new Supply()
    supply.addIndexes(100)
    const planner = new DynamicPlanner(supply, settledOf([0, 1, 2, 10]))
    expect([planner.next(0, 5), planner.next(0, 5), planner.unleased]).toMatchObject([
      { first: 3, end: 8 },
      { first: 8, end: 13 },
      87,
    ])
  })

  it('hands a file without marks to one worker, to its end', () => {
    const planner = new DynamicPlanner(wholeSupply(), new SettledBitmap())
    expect([planner.next(0, 5), planner.next(1, 5)]).toMatchObject([
      { first: 0, step: 1, end: null, data: { byteStart: 0, indexAtStart: 0, lineAtStart: 1 } },
      null,
    ])
  })

  it('lets go of fed records that are settled already, so that more may be fed', () => {
    const supply = new Supply()
    const onPassed = vi.fn()
    supply.onPassed = onPassed
    supply.addBatch(0, 4, new Uint8Array(4))
    supply.addBatch(4, 4, new Uint8Array(4))
    expect(new DynamicPlanner(supply, settledOf([0, 1, 2, 3, 4, 5, 6, 7])).next(0, 5)).toBeNull()
    expect(onPassed.mock.calls).toEqual([[4], [4]])
  })

  it('lets go of a batch with its last task', () => {
    const supply = new Supply()
    const onPassed = vi.fn()
    supply.onPassed = onPassed
    supply.addBatch(0, 4, new Uint8Array(4))
    const planner = new DynamicPlanner(supply, new SettledBitmap())
    planner.next(0, 3)
    expect(onPassed).not.toHaveBeenCalled()
    planner.next(0, 3)
    expect(onPassed).toHaveBeenCalledExactlyOnceWith(4)
  })
})
