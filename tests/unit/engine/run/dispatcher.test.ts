import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { DynamicPlanner } from '../../../../engine/plan/dynamic.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import type { Slot } from '../../../../engine/pool/pool.ts'
import { Dispatcher } from '../../../../engine/run/dispatcher.ts'
import { LeaseBook } from '../../../../engine/run/lease-book.ts'
import type { Lease } from '../../../../engine/worker/protocol.ts'
import { makeSlot } from '../../../support/engine/slot.ts'

interface Options {
  readonly tasks: number
  readonly workers?: number
  readonly permits?: number
  readonly leastShare?: number
  readonly throughputPerSec?: number
  readonly isShared?: boolean
  readonly isOrdered?: boolean
}

function setUp({
  tasks,
  workers = 2,
  permits = 4,
  leastShare = 1,
  throughputPerSec = 0,
  isShared = true,
  isOrdered = false,
}: Options) {
  const supply = new Supply()
  supply.addIndexes(tasks)
  const settled = new SettledBitmap()
  const book = new LeaseBook(settled)
  const granted: { slot: Slot; lease: Lease }[] = []
  const dispatcher = new Dispatcher({
    planner: new DynamicPlanner(supply, settled),
    book,
    workers: () => workers,
    sizes: () => ({ busyMs: 100, least: permits * 2, leastShare, most: 65_536 }),
    isShared,
    isOrdered,
    throughputOf: () => throughputPerSec,
    suspicions: { struckWithin: () => [], isKept: () => true },
    grant: (slot, lease) => granted.push({ slot, lease }),
  })
  /** `worker: first-end` of each grant since the last call. */
  const take = (): string[] =>
    granted.splice(0).map(({ slot, lease }) => `${slot.position}: ${lease.first}-${lease.end}`)
  /** The worker settles all it holds and reports it. */
  const finish = (slot: Slot, ...spans: readonly (readonly [first: number, end: number])[]): void => {
    book.revoke(slot.position)
    for (const [first, end] of spans) for (let index = first; index < end; index += 1) settled.set(index)
    dispatcher.serveAll()
  }
  return { supply, settled, book, dispatcher, granted, take, finish }
}

const alone = (index: number) =>
  [
    { first: index, step: 1, end: index + 1, data: { type: 'none' } },
    { deaths: 2, isBegun: true, isAlone: true, quarantine: null },
  ] as const

const returned = (first: number, end: number) =>
  [
    { first, step: 1, end, data: { type: 'none' } },
    { deaths: 1, isBegun: true, isAlone: false, quarantine: null },
  ] as const

describe('Dispatcher', () => {
  it('sizes leases for a tenth of a second, and shrinks them towards the end', () => {
    const { dispatcher, granted } = setUp({ tasks: 10_000, throughputPerSec: 10_000 })
    const slot = makeSlot(0)
    for (let wants = 0; wants < 200; wants += 1) dispatcher.want(slot)
    const sizes = granted.map(({ lease }) => lease.end! - lease.first)
    expect([sizes[0], sizes.at(-1)]).toEqual([1_000, 1])
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  it('makes no lease smaller than its worker can have in flight while there is plenty', () => {
    const { dispatcher, take } = setUp({ tasks: 10_000, permits: 64 })
    dispatcher.want(makeSlot(0))
    expect(take()).toEqual(['0: 0-128'])
  })

  it('makes no lease smaller than the least share, but for the last one', () => {
    const { dispatcher, granted } = setUp({ tasks: 100, permits: 20, leastShare: 16 })
    const slot = makeSlot(0)
    for (let wants = 0; wants < 9; wants += 1) dispatcher.want(slot)
    expect(granted.map(({ lease }) => lease.end! - lease.first)).toEqual([25, 19, 16, 16, 16, 8])
  })

  it('does not shrink the leases of a worker that is alone', () => {
    const { dispatcher, granted } = setUp({ tasks: 100, workers: 1, permits: 10 })
    const slot = makeSlot(0)
    for (let wants = 0; wants < 9; wants += 1) dispatcher.want(slot)
    expect(granted.map(({ lease }) => lease.end! - lease.first)).toEqual([20, 20, 20, 20, 20])
  })

  it('keeps a worker in mind that wants more than there is', () => {
    const { dispatcher, supply, take } = setUp({ tasks: 0 })
    const slot = makeSlot(0)
    dispatcher.want(slot)
    expect(take()).toEqual([])
    supply.addIndexes(3)
    dispatcher.serveAll()
    dispatcher.serveAll()
    expect(take()).toEqual(['0: 0-1'])
  })

  it('hands out what lost workers gave back before anything new, but for what settled meanwhile', () => {
    const { dispatcher, settled, take } = setUp({ tasks: 100 })
    const slot = makeSlot(0)
    dispatcher.want(slot)
    take()
    dispatcher.putBack(slot, ...returned(0, 4))
    dispatcher.putBack(slot, ...returned(4, 8))
    for (const index of [0, 1, 2, 3]) settled.set(index)
    dispatcher.want(slot)
    expect(take()).toEqual(['0: 4-8'])
  })

  it('gives back to its own slot what belongs there', () => {
    const { dispatcher, take } = setUp({ tasks: 0, isShared: false })
    const [first, second] = [makeSlot(0), makeSlot(1)]
    dispatcher.putBack(second, ...returned(0, 4))
    dispatcher.want(first)
    expect(take()).toEqual([])
    dispatcher.want(second)
    expect(take()).toEqual(['1: 0-4'])
  })

  it('gives back in order, and to nobody who waits with a later lease, where the order counts', () => {
    const { dispatcher, take } = setUp({ tasks: 100, permits: 5, isOrdered: true })
    const [first, second] = [makeSlot(0), makeSlot(1)]
    dispatcher.want(first)
    dispatcher.want(second)
    expect(take()).toEqual(['0: 0-10', '1: 10-20'])
    dispatcher.putBack(first, ...returned(6, 8))
    dispatcher.putBack(first, ...returned(0, 4))
    dispatcher.want(second)
    expect(take()).toEqual(['1: 20-30'])
    const restarted = makeSlot(2)
    dispatcher.want(restarted)
    dispatcher.want(restarted)
    expect(take()).toEqual(['2: 0-4', '2: 6-8'])
  })

  it('lets a task run alone when all before it is settled, and nothing behind it earlier, where the order counts', () => {
    const { dispatcher, take, finish } = setUp({ tasks: 100, permits: 5, isOrdered: true })
    const [lost, waiting] = [makeSlot(0, { pid: 7 }), makeSlot(1, { pid: 7 })]
    dispatcher.want(lost)
    dispatcher.want(waiting)
    expect(take()).toEqual(['0: 0-10', '1: 10-20'])
    finish(lost, [0, 2])
    dispatcher.forget(lost)
    dispatcher.putBack(lost, ...alone(6))
    dispatcher.putBack(lost, ...alone(3))
    for (const [first, end] of [
      [2, 3],
      [4, 6],
      [7, 10],
    ] as const)
      dispatcher.putBack(lost, ...returned(first, end))
    dispatcher.want(waiting)
    expect(take()).toEqual([])
    dispatcher.want(lost)
    expect(take()).toEqual(['0: 2-3'])
    dispatcher.want(lost)
    expect(take()).toEqual([])
    finish(lost, [2, 3])
    expect(take()).toEqual(['0: 3-4'])
    dispatcher.want(lost)
    expect(take()).toEqual([])
    finish(lost, [3, 4])
    expect(take()).toEqual(['0: 4-6'])
    dispatcher.want(lost)
    finish(lost, [4, 6])
    expect(take()).toEqual(['0: 6-7'])
    finish(lost, [6, 7])
    expect(take().toSorted()).toEqual(['0: 7-10', '1: 20-30'])
  })

  it('keeps a worker’s own part of the input back that lies behind a task alone, where the order counts', () => {
    const { dispatcher, take, finish } = setUp({ tasks: 100, permits: 5, isShared: false, isOrdered: true })
    const [first, second] = [makeSlot(0), makeSlot(1)]
    dispatcher.putBack(first, ...alone(10))
    dispatcher.want(first)
    expect(take()).toEqual(['0: 0-10'])
    dispatcher.want(second)
    expect(take()).toEqual([])
    finish(first, [0, 10])
    expect(take()).toEqual(['1: 10-11'])
    finish(second, [10, 11])
    expect(take()).toEqual(['1: 10-20'])
  })

  it('serves nobody who is not ready, is forgotten, or comes after the end', () => {
    const { dispatcher, take } = setUp({ tasks: 100 })
    const [cooling, gone, late] = [makeSlot(0, { state: 'cooling' }), makeSlot(1), makeSlot(2)]
    dispatcher.want(cooling)
    expect(take()).toEqual([])
    cooling.state = 'ready'
    dispatcher.serveAll()
    expect(take().length).toBe(1)
    gone.state = 'dead'
    dispatcher.want(gone)
    dispatcher.forget(gone)
    gone.state = 'ready'
    dispatcher.serveAll()
    dispatcher.close()
    dispatcher.want(late)
    expect(take()).toEqual([])
  })

  it('lets a task run alone in its worker once that is idle, and others go on', () => {
    const { dispatcher, take, finish } = setUp({ tasks: 100, workers: 2, permits: 1 })
    const [first, second] = [makeSlot(0), makeSlot(1)]
    dispatcher.want(first)
    expect(take()).toEqual(['0: 0-2'])
    dispatcher.putBack(second, ...alone(50))
    dispatcher.putBack(second, ...alone(60))
    dispatcher.want(first)
    dispatcher.want(second)
    expect(take()).toEqual(['1: 2-4'])
    finish(first, [0, 2])
    dispatcher.want(first)
    expect(take()).toEqual(['0: 50-51'])
    finish(first, [50, 51])
    expect(take()).toEqual(['0: 60-61'])
    finish(first, [60, 61])
    expect(take()).toEqual(['0: 4-6'])
  })

  it('gives those who are to go only what was given back', () => {
    const { dispatcher, take, finish } = setUp({ tasks: 100, workers: 2, permits: 1, isOrdered: true })
    const [stays, goes] = [makeSlot(0), makeSlot(1)]
    dispatcher.retire(new Set([goes]))
    for (const slot of [goes, stays]) dispatcher.want(slot)
    expect(take()).toEqual(['0: 0-2'])
    dispatcher.putBack(
      goes,
      { first: 50, step: 1, end: 52, data: { type: 'none' } },
      { deaths: 1, isBegun: true, isAlone: false, quarantine: null },
    )
    expect(dispatcher.hasReturned).toBe(true)
    dispatcher.want(goes)
    expect([take(), dispatcher.hasReturned]).toEqual([['1: 50-52'], false])
    finish(goes, [50, 52])
    dispatcher.want(goes)
    expect(take()).toEqual([])
    dispatcher.retire(new Set())
    expect(take()).toEqual(['1: 2-4'])
  })

  it('keeps the other workers of a process idle while one of them runs a task alone', () => {
    const { dispatcher, take, finish } = setUp({ tasks: 100, workers: 3, permits: 1 })
    const [first, second, other] = [makeSlot(0, { pid: 7 }), makeSlot(1, { pid: 7 }), makeSlot(2, { pid: 8 })]
    dispatcher.want(second)
    dispatcher.putBack(other, ...alone(50))
    dispatcher.want(first)
    dispatcher.want(other)
    dispatcher.want(second)
    expect(take()).toEqual(['1: 0-2', '2: 2-4'])
    finish(second, [0, 2])
    expect(take()).toEqual(['0: 50-51'])
    finish(first, [50, 51])
    expect(take().toSorted()).toEqual(['0: 4-6', '1: 6-8'])
  })

  it('finds another worker for tasks alone when the first one dies', () => {
    const { dispatcher, take } = setUp({ tasks: 0 })
    const [first, second] = [makeSlot(0), makeSlot(1)]
    dispatcher.putBack(first, ...alone(5))
    dispatcher.want(first)
    expect(take()).toEqual(['0: 5-6'])
    first.state = 'dead'
    dispatcher.forget(first)
    dispatcher.putBack(first, ...alone(5))
    dispatcher.want(second)
    expect(take()).toEqual(['1: 5-6'])
  })
})
