import type { JobFacts } from '../../../headless/cli/job-title.ts'
import type { Parallelism } from '../../../shared/model/fields/parallelism.ts'
import type { RunEvent, RunSummary, RunTick, WorkerTick } from '../../../shared/model/run.ts'

/** Made-up runs for displays: every number follows from how far the run has come. */

export const PARALLELISM: Parallelism = {
  model: 'processes',
  processes: 2,
  threads: 1,
  inFlight: 64,
  partition: 'dynamic',
  order: 'completion',
}

export const RUN_ID = '20261122-130501-k3x9'

export function makeWorkerTick(worker: number, change: Partial<WorkerTick> = {}): WorkerTick {
  return {
    worker,
    pid: 40_100 + worker,
    threadId: 0,
    state: 'ready',
    inFlight: 64,
    waiting: 12,
    settled: 30_000,
    failed: 156,
    throughputPerSec: 921.4,
    loopUtilisationRatio: 0.37,
    cpuRatio: 0.41,
    rssBytes: 96_500_000,
    current: `https://www.example.org/articles/${worker}/python-concurrency`,
    restarts: 0,
    ...change,
  }
}

export function makeTick(change: Partial<RunTick> = {}): RunTick {
  return {
    runId: RUN_ID,
    elapsedMs: 42_300,
    state: 'running',
    tasks: { total: 100_000, ok: 60_892, failed: 310, skipped: 0, quarantined: 2, remaining: 38_796 },
    totalIsFinal: true,
    progressRatio: 0.61204,
    bytes: { read: 4_400_000, body: 1_203_000_000, wire: 320_000_000 },
    load: null,
    throughput: { nowPerSec: 1_842.3, averagePerSec: 1_446.9 },
    latencyNowMs: { p50: 13.1, p90: 88, p95: 171, p99: 390, max: 811 },
    latencyMs: { p50: 12.43, p90: 91, p95: 184.2, p99: 402.9, max: 1_240 },
    inFlight: 128,
    limit: 128,
    waiting: 412,
    steering: { processes: 2, threads: 1, inFlight: 64, ratePerSec: null, perHost: null },
    retries: 37,
    phases: { queueMs: 0, connectMs: 31_000, firstByteMs: 3_100_000, bodyMs: 410_000, cpuMs: 610_000 },
    workers: [makeWorkerTick(1), makeWorkerTick(2, { loopUtilisationRatio: 0.93, restarts: 1 })],
    etaMs: { low: 21_000, high: 26_800 },
    ...change,
  }
}

export function makeSummary(change: Partial<RunSummary> = {}): RunSummary {
  return {
    schema: 'interleave/summary@1',
    runId: RUN_ID,
    kind: 'crawl',
    state: 'done',
    model: 'processes',
    parallelism: { processes: 2, threads: 1, inFlight: 64, total: 128 },
    tasks: { total: 100_000, ok: 99_688, failed: 310, skipped: 0, quarantined: 2, remaining: 0 },
    bytes: { read: 4_400_000, body: 1_203_000_000, wire: 320_000_000 },
    load: null,
    elapsedMs: 68_250,
    throughputPerSec: 1_465.2,
    latencyMs: { p50: 12.43, p90: 91, p95: 184.2, p99: 402.9, max: 1_240 },
    phases: { queueMs: 0, connectMs: 31_000, firstByteMs: 3_100_000, bodyMs: 410_000, cpuMs: 610_000 },
    cpuSec: 51.2,
    peakRssBytes: 231_000_000,
    retries: 37,
    requests: 100_351,
    errors: [
      { code: 'E_TIMEOUT_TOTAL', count: 290, sample: 'no response from slow.example.org within 60,000 ms' },
      { code: 'E_HTTP_STATUS', count: 20, sample: 'status 503 from www.example.org' },
      { code: 'E_QUARANTINED', count: 2, sample: 'the worker died twice on this task (signal SIGABRT)' },
    ],
    out: [],
    digest: null,
    exit: { code: 3, reason: '312 of 100000 tasks failed' },
    error: null,
    ...change,
  }
}

export const STARTED: RunEvent = {
  type: 'run.started',
  runId: RUN_ID,
  pid: 40_100,
  dataDir: '/home/user/.local/share/interleave',
  parallelism: PARALLELISM,
  resumable: true,
  resumed: false,
  notices: [],
}

export const FAILED_TASKS: readonly RunEvent[] = [
  ...Array.from({ length: 290 }, (_, index): RunEvent => ({
    type: 'task.failed',
    index,
    input: `https://slow.example.org/${index}`,
    outcome: 'failed',
    error: {
      code: 'E_TIMEOUT_TOTAL',
      message: 'no response from slow.example.org within 60,000 ms',
      retryable: true,
    },
  })),
  ...Array.from({ length: 20 }, (_, index): RunEvent => ({
    type: 'task.failed',
    index,
    input: `https://www.example.org/${index}`,
    outcome: 'failed',
    error: { code: 'E_HTTP_STATUS', message: 'status 503 from www.example.org', retryable: true },
  })),
]

/** Facts of made-up jobs. */
export const makeFacts = (change: Partial<JobFacts> = {}): JobFacts => ({
  kind: 'crawl',
  title: 'urls.txt',
  manner: 'work',
  destination: null,
  ...change,
})

/** A load under way; batches are what is in flight. */
export const makeLoadTick = (change: Partial<RunTick> = {}): RunTick =>
  makeTick({
    load: {
      read: 62_500,
      sent: 62_000,
      acknowledged: 60_892,
      failed: 312,
      rejects: '/work/data.txt.rejects.jsonl',
    },
    bytes: { read: 6_400_000, body: 0, wire: 7_100_000 },
    inFlight: 4,
    limit: 4,
    waiting: 0,
    retries: 0,
    phases: { queueMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 },
    ...change,
  })

export const LOAD_FACTS = makeFacts({
  kind: 'load',
  title: 'data.txt',
  destination: 'redis://localhost:6379/0',
})
