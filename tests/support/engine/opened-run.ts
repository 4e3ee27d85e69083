import type { OpenedRun } from '../../../engine/records/protocol.ts'
import { makeCounters } from '../../../shared/model/counters.ts'
import type { JobSpec, RunOptions } from '../../../shared/model/job.ts'

export const makeOpenedRun = (given: Partial<OpenedRun> = {}): OpenedRun => ({
  runId: 'run',
  directory: '/runs/run',
  job: {} as JobSpec,
  options: {} as RunOptions,
  parallelism: {
    model: 'loop',
    processes: 1,
    threads: 1,
    inFlight: 4,
    partition: 'dynamic',
    order: 'completion',
  },
  bounds: null,
  epoch: 1,
  state: 'planned',
  settled: new Uint8Array(),
  counters: makeCounters(),
  histograms: [],
  errors: [],
  total: null,
  elapsedMs: 0,
  cpuSec: 0,
  peakRssBytes: 0,
  fingerprints: null,
  nextSegment: 1,
  suspects: [],
  summary: null,
  notices: [],
  ...given,
})
