import type { RunState, RunSummary } from '../../../shared/model/run.ts'

interface Given {
  readonly elapsedMs: number
  readonly ok: number
  readonly remaining?: number
  readonly state?: RunState
  readonly reason?: string
}

export const makeSummary = ({
  elapsedMs,
  ok,
  remaining = 0,
  state = 'done',
  reason = '',
}: Given): RunSummary => ({
  schema: 'interleave/summary@1',
  runId: '20261122-000000-000000',
  kind: 'cpu',
  state,
  model: 'sequential',
  parallelism: { processes: 1, threads: 1, inFlight: 1, total: 1 },
  tasks: { total: ok + remaining, ok, failed: 0, skipped: 0, quarantined: 0, remaining },
  bytes: { read: 0, body: 0, wire: 0 },
  load: null,
  elapsedMs,
  throughputPerSec: (ok * 1_000) / elapsedMs,
  latencyMs: { p50: 1, p90: 1, p95: 1, p99: 1, max: 1 },
  phases: { queueMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 },
  cpuSec: 1,
  peakRssBytes: 1e8,
  retries: 0,
  requests: 0,
  errors: [],
  out: [],
  digest: null,
  exit: { code: state === 'done' ? 0 : 3, reason },
  error: null,
})
