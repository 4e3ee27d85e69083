import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChunkPlanner } from '../../../../engine/plan/chunk.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import { fedInputs } from '../../../support/engine/fed-inputs.ts'
import { feedSteps, leadsTo } from '../../../support/engine/fed-supply.ts'

describe('ChunkPlanner', () => {
  it('gives each worker one contiguous part, sizes differing by one at most', () => {
    fc.assert(
      fc.property(fedInputs, fc.integer({ min: 1, max: 5 }), (inputs, workers) => {
        const { steps, total } = feedSteps(inputs)
        const supply = new Supply()
        const planner = new ChunkPlanner(supply, workers)
        for (const step of steps) {
          expect(planner.next(0)).toBeNull()
          step(supply)
        }
        const parts = Array.from({ length: workers }, (_, slot) => {
          const indexes: number[] = []
          for (let span = planner.next(slot); span !== null; span = planner.next(slot)) {
            expect([span.step, leadsTo(span.data, span.first, span.end)]).toEqual([1, true])
            for (let index = span.first; index < span.end!; index += 1) indexes.push(index)
          }
          return indexes
        })
        expect(parts.flat()).toEqual(Array.from({ length: total }, (_, index) => index))
        const sizes = parts.map(part => part.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('needs the whole of the input before it hands out anything', () => {
    const supply = new Supply()
    const planner = new ChunkPlanner(supply, 2)
    expect(supply.isNeededWhole).toBe(true)
    supply.addIndexes(10)
    expect([planner.next(0), planner.unleased]).toEqual([null, 10])
    supply.endAll(10)
    expect([planner.next(1), planner.next(1), planner.unleased]).toEqual([
      { first: 5, step: 1, end: 10, data: { type: 'none' } },
      null,
      0,
    ])
  })
})
