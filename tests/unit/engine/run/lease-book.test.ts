import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import type { Span } from '../../../../engine/plan/planner.ts'
import { LeaseBook, PLAIN } from '../../../../engine/run/lease-book.ts'
import { isSettled } from '../../../../engine/source/settled.ts'
import type { Lease, LeaseProgress } from '../../../../engine/worker/protocol.ts'

const span = (first: number, end: number | null, step = 1): Span => ({
  first,
  step,
  end,
  data: { type: 'none' },
})

function setUp(...settledIndexes: readonly number[]): { book: LeaseBook; settled: SettledBitmap } {
  const settled = new SettledBitmap()
  for (const index of settledIndexes) settled.set(index)
  return { book: new LeaseBook(settled), settled }
}

const progress = (
  { id, attempt }: Lease,
  indexes: readonly number[],
  endIndex: number | null = null,
): LeaseProgress => ({ id, attempt, settled: Uint32Array.from(indexes), endIndex })

describe('LeaseBook', () => {
  it('issues leases that name what is settled already', () => {
    const { book } = setUp(11, 14, 70_000)
    const lease = book.issue(0, span(10, 20, 2), PLAIN)!
    expect(lease).toMatchObject({
      id: 1,
      attempt: 1,
      first: 10,
      step: 2,
      end: 20,
      careful: false,
      quarantine: null,
    })
    expect([0, 1, 2, 3, 4].map(at => isSettled(lease.settled!, at))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ])
    expect(book.issue(0, span(100_000, 200_000), PLAIN)).toMatchObject({ id: 2, settled: null })
  })

  it('issues nothing that is settled as a whole', () => {
    const { book } = setUp(3, 5, 7)
    expect(book.issue(0, span(3, 8, 2), PLAIN)).toBeNull()
    expect(book.issue(0, span(8, 8), PLAIN)).toBeNull()
    expect(book.issue(0, span(3, 9, 2), PLAIN)).toBeNull()
    expect(book.issue(0, span(3, 10, 2), PLAIN)).not.toBeNull()
  })

  it('knows a worker as idle once all it holds has settled', () => {
    const { book } = setUp(1)
    const lease = book.issue(0, span(0, 4), PLAIN)!
    expect([book.isIdle(0), book.isIdle(1)]).toEqual([false, true])
    expect(book.apply(0, [progress(lease, [3, 0])])).toBe(2)
    expect(book.isIdle(0)).toBe(false)
    expect(book.apply(0, [progress(lease, [2])])).toBe(1)
    expect(book.isIdle(0)).toBe(true)
  })

  it('ends a lease without end where its reader says', () => {
    const { book } = setUp()
    const lease = book.issue(0, span(1, null, 3), PLAIN)!
    expect(book.apply(0, [progress(lease, [1, 7])])).toBe(2)
    expect(book.apply(0, [progress(lease, [], 9)])).toBe(0)
    expect(book.isIdle(0)).toBe(false)
    expect(book.apply(0, [progress(lease, [4], 9)])).toBe(1)
    expect(book.isIdle(0)).toBe(true)
  })

  it('takes back what a lost worker held, and only that', () => {
    const { book } = setUp()
    const manner = { deaths: 1, isBegun: true, isAlone: false, quarantine: null }
    const first = book.issue(0, span(0, 4), PLAIN)!
    book.issue(0, span(4, 8), manner)
    const other = book.issue(1, span(8, 12), PLAIN)!
    book.apply(0, [progress(first, [0])])
    expect(book.revoke(0)).toEqual([
      { span: span(0, 4), manner: PLAIN },
      { span: span(4, 8), manner },
    ])
    expect([book.revoke(0), book.isIdle(0)]).toEqual([[], true])
    expect(book.apply(1, [progress(other, [8])])).toBe(1)
  })

  it.each([
    ['an index before its lease', [9]],
    ['an index after its lease', [20]],
    ['an index between its steps', [11]],
    ['a task that is settled', [12]],
    ['a task twice', [16, 14, 16]],
    ['a good task beside a bad one', [10, 20]],
  ])('refuses a report whole that names %s', (_, indexes) => {
    const { book, settled } = setUp(12)
    const other = book.issue(0, span(30, 40), PLAIN)!
    const lease = book.issue(0, span(10, 20, 2), PLAIN)!
    expect(book.apply(0, [progress(other, [30]), progress(lease, indexes)])).toBeNull()
    expect(settled.count).toBe(1)
    expect(book.apply(0, [progress(lease, [18, 10, 14, 16]), progress(other, [31])])).toBe(5)
  })

  it('refuses a report for what another worker holds, for another attempt, and after a death', () => {
    const { book, settled } = setUp()
    const lease = book.issue(0, span(0, 4), PLAIN)!
    expect(book.apply(1, [progress(lease, [0])])).toBeNull()
    expect(book.apply(0, [progress({ ...lease, attempt: 2 }, [0])])).toBeNull()
    expect(book.apply(0, [progress(lease, [0]), progress(lease, [1])])).toBeNull()
    expect(book.apply(0, [progress({ ...lease, id: 99 }, [])])).toBeNull()
    book.revoke(0)
    expect(book.apply(0, [progress(lease, [0])])).toBeNull()
    expect(settled.count).toBe(0)
  })

  it('refuses an end for a lease that has one, and tasks beyond a reported end', () => {
    const { book } = setUp()
    const bounded = book.issue(0, span(0, 4), PLAIN)!
    const open = book.issue(0, span(10, null), PLAIN)!
    expect(book.apply(0, [progress(bounded, [0], 2)])).toBeNull()
    expect(book.apply(0, [progress(open, [10, 15], 15)])).toBeNull()
    expect(book.apply(0, [progress(open, [10, 14], 15)])).toBe(2)
  })

  const spans = (lease: Lease, ...pairs: readonly number[]): LeaseProgress => ({
    ...progress(lease, []),
    settledSpans: Float64Array.from(pairs),
  })

  it('settles spans of consecutive tasks, beside tasks named one by one', () => {
    const { book, settled } = setUp(50)
    const lease = book.issue(0, span(0, 100_000), PLAIN)!
    expect(book.apply(0, [{ ...spans(lease, 0, 50, 60, 70_000), settled: Uint32Array.of(55) }])).toBe(69_991)
    expect([settled.has(51), settled.has(55), settled.has(69_999), settled.has(70_000)]).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(book.apply(0, [spans(lease, 51, 55, 56, 60, 70_000, 100_000)])).toBe(30_008)
    expect(book.isIdle(0)).toBe(true)
  })

  it.each([
    ['reach beyond the lease', [10, 21]],
    ['begin before it', [9, 12]],
    ['overlap', [10, 14, 13, 16]],
    ['fall', [15, 18, 10, 12]],
    ['are empty', [12, 12]],
    ['are no whole numbers', [10.5, 12]],
    ['hold a settled task', [16, 19]],
    ['have no end', [10]],
  ])('refuses spans that %s', (_, pairs) => {
    const { book, settled } = setUp(17)
    const lease = book.issue(0, span(10, 20), PLAIN)!
    expect(book.apply(0, [spans(lease, ...pairs)])).toBeNull()
    expect(settled.count).toBe(1)
  })

  it('refuses spans of a lease with steps, and tasks named twice in two ways', () => {
    const { book } = setUp()
    const stepped = book.issue(0, span(0, 20, 2), PLAIN)!
    expect(book.apply(0, [spans(stepped, 0, 2)])).toBeNull()
    const lease = book.issue(0, span(20, 30), PLAIN)!
    expect(book.apply(0, [{ ...spans(lease, 20, 25), settled: Uint32Array.of(24) }])).toBeNull()
  })

  it('knows the latest lease of a worker', () => {
    const { book } = setUp()
    expect(book.lastHeldBy(0)).toBe(-1)
    book.issue(0, span(30, 40), PLAIN)
    book.issue(0, span(10, 20), PLAIN)
    expect([book.lastHeldBy(0), book.lastHeldBy(1)]).toEqual([30, -1])
  })

  it('issues leases of millions of tasks without looking at each', () => {
    const { book } = setUp(5)
    expect(book.issue(0, span(0, 2 ** 32 - 1), PLAIN)).toMatchObject({ id: 1 })
  })
})
