import type { RunTick, WorkerTick } from '../../../shared/model/run.ts'

const NO_LATENCIES = { p50: null, p90: null, p95: null, p99: null, max: null }

/** A tick of which a test says only what it is about. */
export const makeRunTick = (given: Partial<RunTick> = {}): RunTick => ({
  runId: 'run',
  elapsedMs: 0,
  state: 'running',
  tasks: { total: 0, ok: 0, failed: 0, skipped: 0, quarantined: 0, remaining: 0 },
  totalIsFinal: true,
  progressRatio: null,
  bytes: { read: 0, body: 0, wire: 0 },
  load: null,
  throughput: { nowPerSec: 0, averagePerSec: 0 },
  latencyNowMs: NO_LATENCIES,
  latencyMs: NO_LATENCIES,
  inFlight: 0,
  limit: 1,
  waiting: 0,
  steering: { processes: 1, threads: 1, inFlight: 1, ratePerSec: null, perHost: null },
  retries: 0,
  phases: { queueMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 },
  workers: [],
  etaMs: null,
  ...given,
})

export const makeWorkerTick = (given: Partial<WorkerTick> = {}): WorkerTick => ({
  worker: 1,
  pid: 100,
  threadId: 0,
  state: 'ready',
  inFlight: 0,
  waiting: 0,
  settled: 0,
  failed: 0,
  throughputPerSec: 0,
  loopUtilisationRatio: 0,
  cpuRatio: 0,
  rssBytes: 0,
  current: null,
  restarts: 0,
  ...given,
})
