import { COUNTER } from '../../shared/model/counters.ts'
import type { Histogram } from '../../shared/model/histogram.ts'
import type {
  Latencies,
  LoadCounts,
  RunState,
  RunTick,
  Steering,
  TaskCounts,
} from '../../shared/model/run.ts'
import type { Slot } from '../pool/pool.ts'
import type { Aggregator } from './aggregator.ts'
import { failureCountsOf } from './error-tally.ts'

/** @returns The usual percentiles of a histogram, in milliseconds; `null` before the first sample. */
export const latenciesOf = (histogram: Histogram): Latencies => ({
  p50: histogram.percentile(0.5) ?? null,
  p90: histogram.percentile(0.9) ?? null,
  p95: histogram.percentile(0.95) ?? null,
  p99: histogram.percentile(0.99) ?? null,
  max: histogram.count === 0 ? null : histogram.maxMs,
})

interface TickParts {
  readonly runId: string
  readonly state: RunState
  readonly elapsedMs: number
  readonly nowMs: number
  readonly tasks: TaskCounts
  readonly totalIsFinal: boolean
  /** Part of the input that is read, for runs whose number of tasks is not known yet. */
  readonly positionRatio: number | null
  readonly load: LoadCounts | null
  readonly limit: number
  readonly steering: Steering
  readonly slots: readonly Slot[]
  readonly aggregator: Aggregator
}

/** @returns One sample of everything a view shows of a run. */
export function makeTick(parts: TickParts): RunTick {
  const { aggregator, tasks, nowMs, elapsedMs } = parts
  const { counters } = aggregator
  const done = tasks.total - tasks.remaining
  const nowPerSec = aggregator.throughputNow(nowMs, done)
  const averagePerSec = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0
  const workers = parts.slots.map(slot => aggregator.workerTick(slot))
  const isKnown = parts.totalIsFinal && tasks.total > 0
  const remaining = isKnown ? tasks.remaining : estimateRemaining(tasks, done, parts.positionRatio)
  return {
    runId: parts.runId,
    elapsedMs,
    state: parts.state,
    tasks,
    totalIsFinal: parts.totalIsFinal,
    progressRatio: isKnown ? done / tasks.total : parts.positionRatio,
    bytes: {
      read: counters[COUNTER.bytesRead]!,
      body: counters[COUNTER.bytesBody]!,
      wire: counters[COUNTER.bytesWire]!,
    },
    load: parts.load,
    throughput: { nowPerSec, averagePerSec },
    latencyNowMs: latenciesOf(aggregator.latencyNow(nowMs)),
    latencyMs: latenciesOf(aggregator.histograms[0]!),
    inFlight: workers.reduce((sum, worker) => sum + worker.inFlight, 0),
    limit: parts.limit,
    waiting: workers.reduce((sum, worker) => sum + worker.waiting, 0),
    steering: parts.steering,
    retries: counters[COUNTER.retries]!,
    failures: failureCountsOf(aggregator.errors.groups),
    phases: aggregator.phases,
    workers,
    etaMs: remaining === null ? null : etaOf(remaining, nowPerSec, averagePerSec),
  }
}

/** A position of less says little of how many tasks there are. */
const LEAST_RATIO = 0.01

/** @returns Tasks that remain if those to come are as long as those found; `null` when nothing tells. */
const estimateRemaining = (found: TaskCounts, done: number, positionRatio: number | null): number | null =>
  positionRatio === null || positionRatio < LEAST_RATIO ? null : found.total / positionRatio - done

/** Between what the last second and what the whole run promise. */
function etaOf(remaining: number, nowPerSec: number, averagePerSec: number): RunTick['etaMs'] {
  const fast = Math.max(nowPerSec, averagePerSec)
  const slow = Math.min(nowPerSec, averagePerSec)
  if (slow <= 0) return null
  return { low: (remaining * 1_000) / fast, high: (remaining * 1_000) / slow }
}
