import { describe, expect, it } from 'vitest'
import { BulkBench } from '../../../support/engine/bulk-bench.ts'

const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `r${at}`)

describe('BulkRuntime in the order of the input', () => {
  it('has one batch in flight at a time', async () => {
    const bench = new BulkBench({ isOrdered: true })
    await bench.grant(lines(9))
    expect(bench.writer.log.length).toBe(1)
    bench.writer.settle()
    expect([bench.writer.log.length, bench.runtime.inFlight]).toEqual([2, 1])
  })

  it('begins a lease only when everything before it is settled, and asks for a report meanwhile', async () => {
    const bench = new BulkBench({ isOrdered: true })
    await bench.grant(lines(2), { first: 10, end: 12 })
    expect([bench.writer.log, bench.idles > 0]).toEqual([[], true])
    bench.runtime.setHorizon(9)
    expect(bench.writer.log).toEqual([])
    bench.runtime.setHorizon(10)
    expect(bench.writer.log).toEqual([[10, 12, 'r0 r1']])
  })

  it('does not wait to be told of what it settled itself', async () => {
    const bench = new BulkBench({ isOrdered: true })
    await bench.grant(lines(2))
    await bench.grant(lines(2), { first: 2, end: 4 })
    expect(bench.writer.log.length).toBe(1)
    bench.writer.settle()
    expect(bench.writer.log.at(-1)).toEqual([2, 4, 'r0 r1'])
  })
})
