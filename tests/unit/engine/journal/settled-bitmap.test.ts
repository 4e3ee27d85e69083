import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { SETTLED_PAGE_BYTES } from '../../../../engine/records/protocol.ts'

const PAGE_TASKS = SETTLED_PAGE_BYTES * 8

/** Indexes around page and byte borders, and anywhere in the first pages. */
const index = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: PAGE_TASKS - 20, max: PAGE_TASKS + 20 }),
  fc.integer({ min: 0, max: 3 * PAGE_TASKS }),
)

const bitmapOf = (indexes: Iterable<number>): SettledBitmap => {
  const bitmap = new SettledBitmap()
  for (const each of indexes) bitmap.set(each)
  return bitmap
}

describe('SettledBitmap', () => {
  it('agrees with a set of indexes', () => {
    fc.assert(
      fc.property(
        fc.array(index, { maxLength: 300 }),
        fc.array(index, { maxLength: 30 }),
        (settled, asked) => {
          const model = new Set<number>()
          const bitmap = new SettledBitmap()
          for (const each of settled) {
            expect(bitmap.set(each)).toBe(!model.has(each))
            model.add(each)
          }
          expect(bitmap.count).toBe(model.size)
          for (const each of asked) {
            let unset = each
            while (model.has(unset)) unset += 1
            expect([bitmap.has(each), bitmap.nextUnset(each)]).toEqual([model.has(each), unset])
          }
        },
      ),
    )
  })

  it('settles and counts ranges as if task by task', () => {
    const range = fc.tuple(index, fc.nat({ max: 100_000 }))
    fc.assert(
      fc.property(
        fc.array(index, { maxLength: 50 }),
        fc.array(range, { maxLength: 4 }),
        range,
        (settled, ranges, [askedFirst, askedLength]) => {
          const bitmap = bitmapOf(settled)
          const model = bitmapOf(settled)
          for (const [first, length] of ranges) {
            let added = 0
            for (let each = first; each < first + length; each += 1) if (model.set(each)) added += 1
            expect(bitmap.setRange(first, first + length)).toBe(added)
          }
          let count = 0
          for (let each = askedFirst; each < askedFirst + askedLength; each += 1)
            if (model.has(each)) count += 1
          expect(bitmap.countRange(askedFirst, askedFirst + askedLength)).toBe(count)
          expect([bitmap.count, bitmap.end]).toEqual([model.count, model.end])
          expect(bitmap.toBytes()).toEqual(model.toBytes())
          expect(bitmap.drainDirtyPages().length).toBe(model.drainDirtyPages().length)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('excerpts any arithmetic row of tasks', () => {
    const row = fc.record({
      first: index,
      step: fc.integer({ min: 1, max: 9 }),
      length: fc.nat({ max: 200 }),
    })
    fc.assert(
      fc.property(fc.array(index, { maxLength: 200 }), row, (settled, { first, step, length }) => {
        const bitmap = bitmapOf(settled)
        const end = first + length
        const expected = Array.from({ length: Math.ceil(length / step) }, (_, k) =>
          bitmap.has(first + k * step),
        )
        const excerpt = bitmap.excerpt(first, step, end)
        if (!expected.includes(true)) expect(excerpt).toBeNull()
        else {
          expect(excerpt).toHaveLength(Math.ceil(expected.length / 8))
          const bits = [...excerpt!].flatMap(byte =>
            Array.from({ length: 8 }, (_, bit) => (byte & (1 << bit)) !== 0),
          )
          expect(bits.slice(0, expected.length)).toEqual(expected)
          expect(bits.slice(expected.length)).not.toContain(true)
        }
      }),
    )
  })

  it('excerpts aligned rows across pages', () => {
    const bitmap = bitmapOf([PAGE_TASKS - 1, PAGE_TASKS])
    expect(bitmap.excerpt(PAGE_TASKS - 8, 1, PAGE_TASKS + 1)).toEqual(Uint8Array.of(0x80, 0x01))
    expect(bitmap.excerpt(PAGE_TASKS + 8, 1, PAGE_TASKS + 16)).toBeNull()
  })

  it('is the same after it went through bytes, or through its dirty pages', () => {
    fc.assert(
      fc.property(
        fc.array(index, { maxLength: 100 }),
        fc.array(index, { maxLength: 100 }),
        (before, after) => {
          const bitmap = bitmapOf(before)
          const stored = bitmap.toBytes()
          bitmap.drainDirtyPages()
          for (const each of after) bitmap.set(each)
          const pages = bitmap.drainDirtyPages()
          const bytes = new Uint8Array(bitmap.toBytes().length)
          bytes.set(stored)
          for (const { page, bits } of pages) bytes.set(bits, page * SETTLED_PAGE_BYTES)
          const copy = SettledBitmap.fromBytes(bytes)
          expect(copy.toBytes()).toEqual(bitmap.toBytes())
          expect(copy.count).toBe(bitmap.count)
          expect([bitmap.drainDirtyPages(), copy.drainDirtyPages()]).toEqual([[], []])
        },
      ),
      { numRuns: 30 },
    )
  })

  it('skips whole pages when it looks for an unsettled task', () => {
    const bitmap = SettledBitmap.fromBytes(new Uint8Array(SETTLED_PAGE_BYTES * 2).fill(0xff))
    expect({ count: bitmap.count, next: bitmap.nextUnset(3) }).toEqual({
      count: 2 * PAGE_TASKS,
      next: 2 * PAGE_TASKS,
    })
  })

  it('reaches the largest index and refuses what is none', () => {
    const bitmap = new SettledBitmap()
    expect(bitmap.set(4_000_000_000)).toBe(true)
    expect(bitmap.has(4_000_000_000)).toBe(true)
    for (const wrong of [-1, 2 ** 32, 70_000.5, NaN])
      expect(() => new SettledBitmap().set(wrong)).toThrow(RangeError)
  })
})
