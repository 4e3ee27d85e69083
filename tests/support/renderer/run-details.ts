import type { RunHistory } from '../../../shared/model/run-history.ts'
import { parseJob } from '../../../shared/model/job-schema.ts'
import type { RunDetail } from '../../../shared/model/run.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../shared/model/sample.ts'
import { makeSummary, PARALLELISM, RUN_ID } from '../cli/run-ticks.ts'

/** A crawl as `runs.show` tells of it. */
export function makeDetail(change: Partial<RunDetail> = {}): RunDetail {
  const summary = makeSummary()
  return {
    runId: RUN_ID,
    kind: 'crawl',
    state: 'running',
    isOwned: true,
    startedAt: '2026-11-22T13:05:01.000Z',
    title: 'urls.txt',
    tasks: summary.tasks,
    elapsedMs: summary.elapsedMs,
    tags: [],
    job: parseJob({
      schema: 'interleave/job@1',
      kind: 'crawl',
      inputs: ['/work/urls.txt'],
      parallelism: { model: 'processes', processes: 2, inFlight: 64 },
    }),
    options: {
      out: [],
      outMode: 'create',
      allowFailures: { unit: 'tasks', value: 0 },
      asserts: [],
      patienceMs: null,
      rejects: null,
      pass: 'write',
    },
    parallelism: PARALLELISM,
    summary,
    ...change,
  }
}

/** Rows of samples; what a row leaves out is 0. */
export function makeSamples(rows: readonly Partial<Record<SampleColumn, number>>[]): Float64Array {
  const samples = new Float64Array(rows.length * SAMPLE_WIDTH)
  rows.forEach((row, at) => {
    for (const [column, value] of Object.entries(row)) {
      samples[at * SAMPLE_WIDTH + SAMPLE[column as SampleColumn]] = value
    }
  })
  return samples
}

export const makeHistory = (change: Partial<RunHistory> = {}): RunHistory => ({
  samples: new Float64Array(0),
  failures: new Float64Array(0),
  log: [],
  logOmitted: 0,
  latency: { buckets: [], maxMs: 0 },
  ...change,
})
