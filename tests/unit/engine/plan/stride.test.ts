import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StridePlanner } from '../../../../engine/plan/stride.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import { fedInputs } from '../../../support/engine/fed-inputs.ts'
import { feedSteps, leadsTo, wholeSupply } from '../../../support/engine/fed-supply.ts'

describe('StridePlanner', () => {
  it('gives worker i exactly the tasks k with k % n == i, once each', () => {
    fc.assert(
      fc.property(
        fedInputs,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(4)),
        (inputs, workers, slots) => {
          const { steps, total } = feedSteps(inputs)
          const supply = new Supply()
          const planner = new StridePlanner(supply, workers)
          const handed = Array.from({ length: workers }, (): number[] => [])
          const ask = (slot: number): boolean => {
            const span = planner.next(slot)
            if (span === null) return false
            expect(leadsTo(span.data, span.first, span.end)).toBe(true)
            for (let index = span.first; index < span.end!; index += span.step) handed[slot]!.push(index)
            return true
          }
          for (const step of steps) {
            step(supply)
            ask(slots.next().value! % workers)
          }
          for (let slot = 0; slot < workers; slot += 1) while (ask(slot));
          const all = Array.from({ length: total }, (_, index) => index)
          expect(handed).toEqual(handed.map((_, slot) => all.filter(index => index % workers === slot)))
          expect(supply.pieces).toEqual([])
        },
      ),
    )
  })

  it('lets every worker read a file from its first byte', () => {
    const supply = new Supply()
    const { steps } = feedSteps([{ kind: 'marks', count: 100, every: 10, block: 2 }])
    for (const step of steps) step(supply)
    const planner = new StridePlanner(supply, 2)
    expect([planner.next(0), planner.next(1)]).toMatchObject([
      { first: 0, step: 2, end: 100, data: { byteStart: 0 } },
      { first: 1, step: 2, end: 100, data: { byteStart: 0 } },
    ])
  })

  it('hands out no file whose last record may be followed by another input', () => {
    const supply = new Supply()
    const { steps } = feedSteps([{ kind: 'marks', count: 20, every: 10, block: 9 }])
    const planner = new StridePlanner(supply, 2)
    steps[0]!(supply)
    steps[1]!(supply)
    expect(planner.next(0)).toBeNull()
    steps[2]!(supply)
    expect(planner.next(0)).toMatchObject({ first: 0, end: 20 })
  })

  it('lets the readers of a file without marks find its end', () => {
    const planner = new StridePlanner(wholeSupply(), 3)
    expect([planner.next(2), planner.next(2), planner.next(0)]).toMatchObject([
      { first: 2, step: 3, end: null },
      null,
      { first: 0, step: 3, end: null },
    ])
  })

  it('keeps a batch until the last worker has taken its part', () => {
    const supply = new Supply()
    const passed: number[] = []
    supply.onPassed = records => passed.push(records)
    const planner = new StridePlanner(supply, 2)
    supply.addBatch(0, 6, new Uint8Array(6))
    planner.next(0)
    expect([planner.next(0), passed]).toEqual([null, []])
    planner.next(1)
    expect(passed).toEqual([6])
  })
})
