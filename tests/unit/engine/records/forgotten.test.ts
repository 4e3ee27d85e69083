import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { forgottenTasks } from '../../../../engine/records/forgotten.ts'

const index = fc.nat({ max: 300 })

describe('forgottenTasks', () => {
  it('are those that are settled and that no span covers', () => {
    const span = fc.record({ first: index, step: fc.integer({ min: 1, max: 5 }), next: index })
    fc.assert(
      fc.property(fc.uniqueArray(index), fc.array(span, { maxLength: 5 }), (settled, spans) => {
        const bitmap = new SettledBitmap()
        for (const each of settled) bitmap.set(each)
        const expected = settled.filter(
          each =>
            !spans.some(
              ({ first, step, next }) => each >= first && each < next && (each - first) % step === 0,
            ),
        )
        const forgotten = forgottenTasks(bitmap.toBytes(), spans)
        expect(forgotten.count).toBe(expected.length)
        expect(expected.every(each => forgotten.has(each))).toBe(true)
      }),
    )
  })

  it('looks no further than the journal, however far the destination is', () => {
    const bitmap = new SettledBitmap()
    bitmap.set(5)
    expect(forgottenTasks(bitmap.toBytes(), [{ first: 0, step: 1, next: 2 ** 32 - 1 }]).count).toBe(0)
  })
})
