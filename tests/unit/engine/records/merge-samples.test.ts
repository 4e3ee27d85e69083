import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeSamples } from '../../../../engine/records/merge-samples.ts'
import { storedSamples } from '../../../../engine/journal/stored-sample.ts'
import { failureKindNumber } from '../../../../shared/model/failure-kind.ts'
import { ADDED_COLUMNS, SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../../shared/model/sample.ts'

function row(values: Partial<Record<SampleColumn, number>>): Float64Array {
  const numbers = new Float64Array(SAMPLE_WIDTH).fill(NaN)
  for (const [name, value] of Object.entries(values)) numbers[SAMPLE[name as SampleColumn]] = value
  return numbers
}

const rowsOf = ({ samples }: { readonly samples: Float64Array }): Float64Array[] =>
  Array.from({ length: samples.length / SAMPLE_WIDTH }, (_, at) =>
    samples.subarray(at * SAMPLE_WIDTH, (at + 1) * SAMPLE_WIDTH),
  )

describe('mergeSamples', () => {
  it('leaves a short history as it is', () => {
    const rows = [row({ elapsedMs: 200, settled: 1 }), row({ elapsedMs: 400, settled: 2 })]
    expect(rowsOf(mergeSamples(rows, 2))).toEqual(rows)
    expect(mergeSamples([], 2)).toEqual({ samples: new Float64Array(), failures: new Float64Array() })
  })

  it('adds up counts, keeps the largest, the last, the mean, and percentiles of the busiest row', () => {
    const rows = [
      row({
        elapsedMs: 100,
        settled: 5,
        p99Ms: 50,
        maxMs: 51,
        inFlight: 4,
        limit: 8,
        rssBytes: 9,
        queueMs: 1,
      }),
      row({
        elapsedMs: 400,
        settled: 1,
        p99Ms: 900,
        maxMs: 950,
        inFlight: 8,
        limit: 16,
        rssBytes: 7,
        queueMs: 2,
      }),
    ]
    const [merged] = rowsOf(mergeSamples(rows, 1))
    const named = Object.fromEntries(Object.entries(SAMPLE).map(([name, at]) => [name, merged![at]]))
    expect(named).toMatchObject({
      elapsedMs: 400,
      settled: 6,
      queueMs: 3,
      p99Ms: 50,
      maxMs: 950,
      inFlight: 7,
      limit: 16,
      rssBytes: 9,
    })
  })

  it('skips what was not measured', () => {
    const rows = [
      row({ elapsedMs: 100, settled: 0 }),
      row({ elapsedMs: 200, settled: 0, inFlight: 3, maxMs: 5 }),
    ]
    const [merged] = rowsOf(mergeSamples(rows, 1))
    expect([SAMPLE.inFlight, SAMPLE.maxMs, SAMPLE.p50Ms].map(at => merged![at])).toEqual([3, 5, NaN])
  })

  it('reads rows of a version that had fewer columns', () => {
    const [merged] = rowsOf(mergeSamples([Float64Array.of(200, 3)], 5))
    expect([...merged!.slice(0, 3)]).toEqual([200, 3, NaN])
  })

  it('adds up failures by kind, and says so where a row does not tell', () => {
    const told = (elapsedMs: number, ...failures: number[]): Float64Array =>
      storedSamples(row({ elapsedMs }), Float64Array.from(failures))[0]!
    const [dns, server] = [failureKindNumber('E_DNS'), failureKindNumber('5xx')]
    const rows = [
      told(100, 0, dns, 1, 0, server, 2),
      told(150, 0, dns, 4),
      told(300),
      row({ elapsedMs: 400 }),
    ]
    const merged = mergeSamples(rows, 2)
    expect([...merged.failures]).toEqual([0, dns, 5, 0, server, 2])
    expect(rowsOf(merged).map(each => each[SAMPLE.failureKinds])).toEqual([2, NaN])
    const whole = mergeSamples(rows, 4)
    expect([...whole.failures]).toEqual([0, dns, 1, 0, server, 2, 1, dns, 4])
    expect(rowsOf(whole).map(each => each[SAMPLE.failureKinds])).toEqual([2, 1, 0, NaN])
  })

  it('never answers more rows than asked for, in order, and loses nothing that adds up', () => {
    const history = fc
      .array(fc.record({ lastedMs: fc.integer({ min: 1, max: 5_000 }), settled: fc.nat(1_000) }), {
        maxLength: 300,
      })
      .map(rows => {
        let elapsedMs = 0
        return rows.map(({ lastedMs, settled }) => {
          elapsedMs += lastedMs
          return row({ elapsedMs, ...Object.fromEntries(ADDED_COLUMNS.map(name => [name, settled])) })
        })
      })
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 50 }), (rows, most) => {
        const merged = rowsOf(mergeSamples(rows, most))
        expect(merged.length).toBeLessThanOrEqual(most)
        const elapsed = merged.map(each => each[SAMPLE.elapsedMs]!)
        expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b))
        expect(elapsed.at(-1)).toBe(rows.at(-1)?.[SAMPLE.elapsedMs])
        const sum = (all: readonly Float64Array[]) =>
          all.reduce((total, each) => total + each[SAMPLE.settled]!, 0)
        expect(sum(merged)).toBe(sum(rows))
      }),
    )
  })
})
