import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DelayedTasks } from '../../../../engine/worker/task-store.ts'
import { makeWaitingTask } from '../../../support/engine/waiting-task.ts'

describe('DelayedTasks', () => {
  it('gives tasks back at their time, the earliest first', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ pushAtMs: fc.integer({ min: 0, max: 1_000 }) }),
        fc.record({ popAtMs: fc.integer({ min: 0, max: 1_000 }) }),
      ),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(steps, script => {
        const delayed = new DelayedTasks()
        const waiting = new Map<number, number>()
        for (const [index, step] of script.entries()) {
          if ('pushAtMs' in step) {
            delayed.push(step.pushAtMs, makeWaitingTask(index))
            waiting.set(index, step.pushAtMs)
          } else {
            const earliest = Math.min(Infinity, ...waiting.values())
            const popped = delayed.popDue(step.popAtMs)
            if (earliest > step.popAtMs) expect(popped).toBeUndefined()
            else {
              expect(waiting.get(popped!.index)).toBe(earliest)
              waiting.delete(popped!.index)
            }
          }
          expect([delayed.size, delayed.nextMs]).toEqual([
            waiting.size,
            Math.min(Infinity, ...waiting.values()),
          ])
        }
      }),
    )
  })

  it('is empty once cleared', () => {
    const delayed = new DelayedTasks()
    delayed.push(5, makeWaitingTask(1))
    delayed.clear()
    expect([delayed.size, delayed.nextMs, delayed.popDue(10)]).toEqual([0, Infinity, undefined])
  })
})
