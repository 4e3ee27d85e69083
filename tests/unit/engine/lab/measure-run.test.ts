import { describe, expect, it } from 'vitest'

import { measureRun } from '../../../../engine/lab/measure-run.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../../shared/model/sample.ts'
import { makeSummary } from '../../../support/lab/summary.ts'
import { cpuJob } from '../../../support/records/run.ts'

const rowsOf = (rows: readonly Partial<Record<SampleColumn, number>>[]): Float64Array => {
  const samples = new Float64Array(rows.length * SAMPLE_WIDTH)
  for (const [at, row] of rows.entries())
    for (const [column, value] of Object.entries(row))
      samples[at * SAMPLE_WIDTH + SAMPLE[column as SampleColumn]] = value
  return samples
}

const busy = (at: number) => ({
  elapsedMs: 200 * (at + 1),
  settled: 10,
  inFlight: 1,
  limit: 1,
  workers: 1,
  loopRatio: 0.98,
  cpuRatio: 0.97,
  cpuMs: 195,
})

const measured = (rows: number, firstTaskMs: number | null = 100) =>
  measureRun({
    planned: { point: 0, block: 0 },
    order: 3,
    summary: makeSummary({ elapsedMs: 2_100, ok: 100 }),
    firstTaskMs,
    samples: rowsOf([{ elapsedMs: 50 }, ...Array.from({ length: rows }, (_, at) => busy(at))]),
    job: cpuJob(),
    machine: { cpus: 2, cpuQuota: 2 },
  })

describe('what a comparison keeps of a run', () => {
  it('is its throughput from the first task on, and what starting cost', () => {
    expect(measured(10)).toMatchObject({
      order: 3,
      startMs: 100,
      workMs: 2_000,
      throughputPerSec: 50,
      void: null,
    })
  })

  it('is means of the time in which something settled', () => {
    expect(measured(10).loopRatio).toBeCloseTo(0.98)
    expect(measured(10).inFlight).toBeCloseTo(1)
  })

  it('names what held it up, unless it was too short to tell', () => {
    expect(measured(10).bottleneck).toMatchObject({ name: 'loop' })
    expect(measured(4).bottleneck).toEqual({ name: 'none', share: 0, cpuBoundRatio: null })
  })

  it('is void where it did not finish', () => {
    const summary = makeSummary({
      elapsedMs: 1_000,
      ok: 10,
      remaining: 90,
      state: 'stopped',
      reason: 'the disk is full',
    })
    const { void: reason } = measureRun({
      planned: { point: 0, block: 0 },
      order: 0,
      summary,
      firstTaskMs: null,
      samples: new Float64Array(0),
      job: cpuJob(),
      machine: { cpus: 2, cpuQuota: 2 },
    })
    expect(reason).toEqual({ type: 'not-done', detail: 'the disk is full' })
  })
})
