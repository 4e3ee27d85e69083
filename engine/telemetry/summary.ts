import { COUNTER, settledCount, type CounterName, type Counters } from '../../shared/model/counters.ts'
import type { Failure } from '../../shared/model/error.ts'
import { EXIT, exitCodeOf } from '../../shared/model/exit-code.ts'
import {
  HISTOGRAMS,
  Histogram,
  type HistogramName,
  type SparseBuckets,
} from '../../shared/model/histogram.ts'
import type { JobKind, RunOptions } from '../../shared/model/job.ts'
import { totalInFlight, type Parallelism } from '../../shared/model/fields/parallelism.ts'
import type {
  ErrorGroup,
  Latencies,
  PhaseTimes,
  RunState,
  RunSummary,
  TaskCounts,
} from '../../shared/model/run.ts'
import { judgeAsserts, parseAssert } from './asserts.ts'

/** Everything a summary is made of. */
export interface SummaryParts {
  readonly runId: string
  readonly kind: JobKind
  readonly state: RunState
  readonly parallelism: Parallelism
  readonly options: RunOptions
  /** Sums of the whole run. */
  readonly counters: Counters
  /** One entry for each of `HISTOGRAMS`. */
  readonly histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[]
  readonly errors: readonly ErrorGroup[]
  /** `null` while the input is still being read. */
  readonly total: number | null
  readonly elapsedMs: number
  readonly cpuSec: number
  readonly peakRssBytes: number
  /** What ended a run early; `null` when it came to its end or is still going. */
  readonly stop: { readonly code: number; readonly reason: string } | null
  readonly failure: Failure | null
}

/** @returns The final document of a run, or what it would be now. Pure. */
export function buildSummary(parts: SummaryParts): RunSummary {
  const { counters, parallelism } = parts
  const count = (name: CounterName): number => counters[COUNTER[name]] ?? 0
  const facts = {
    tasks: taskCounts(counters, parts.total),
    latencyMs: latenciesOf(parts.histograms, 'latency'),
    throughputPerSec: parts.elapsedMs > 0 ? rounded((settledCount(counters) * 1_000) / parts.elapsedMs) : 0,
    elapsedMs: rounded(parts.elapsedMs),
    retries: count('retries'),
  }
  const { processes, threads, inFlight } = parallelism
  return {
    schema: 'interleave/summary@1',
    runId: parts.runId,
    kind: parts.kind,
    state: parts.state,
    model: parallelism.model,
    parallelism: { processes, threads, inFlight, total: totalInFlight(parallelism) },
    tasks: facts.tasks,
    bytes: { read: count('bytesRead'), body: count('bytesBody'), wire: count('bytesWire') },
    elapsedMs: facts.elapsedMs,
    throughputPerSec: facts.throughputPerSec,
    latencyMs: facts.latencyMs,
    phases: phaseTimes(counters),
    cpuSec: rounded(parts.cpuSec),
    peakRssBytes: parts.peakRssBytes,
    retries: facts.retries,
    requests: count('requests'),
    errors: [...parts.errors].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    out: parts.options.out,
    digest: parts.kind === 'cpu' ? digestText(count('digestLow'), count('digestHigh')) : null,
    exit: judgeExit(parts, facts),
    error: parts.failure,
  }
}

/** @param total `null` counts what has settled so far as all there is. */
export function taskCounts(counters: Counters, total: number | null): TaskCounts {
  const count = (name: CounterName): number => counters[COUNTER[name]] ?? 0
  const settled = settledCount(counters)
  const known = Math.max(total ?? settled, settled)
  return {
    total: known,
    ok: count('ok'),
    failed: count('failed'),
    skipped: count('skipped'),
    quarantined: count('quarantined'),
    remaining: known - settled,
  }
}

/** @returns Percentiles of one merged histogram in milliseconds, rounded to 1 µs; `null` before its first sample. */
export function latenciesOf(
  histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[],
  name: HistogramName,
): Latencies {
  const histogram = new Histogram()
  const state = histograms[HISTOGRAMS.indexOf(name)]
  if (state !== undefined) histogram.merge(state.buckets, state.maxMs)
  const at = (ratio: number): number | null => {
    const value = histogram.percentile(ratio)
    return value === undefined ? null : rounded(value)
  }
  const max = histogram.count === 0 ? null : rounded(histogram.maxMs)
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max }
}

export function phaseTimes(counters: Counters): PhaseTimes {
  const sum = (name: CounterName): number => rounded(counters[COUNTER[name]] ?? 0)
  return {
    queueMs: sum('queueMs'),
    connectMs: sum('connectMs'),
    firstByteMs: sum('firstByteMs'),
    bodyMs: sum('bodyMs'),
    cpuMs: sum('cpuMs'),
  }
}

/** @returns 16 hexadecimal digits, the high half first. */
export const digestText = (low: number, high: number): string =>
  [high, low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')

type Facts = Pick<RunSummary, 'tasks' | 'latencyMs' | 'throughputPerSec' | 'elapsedMs' | 'retries'>

/** A failed assert outranks failed tasks: who wrote it wants to hear of it. */
function judgeExit(parts: SummaryParts, facts: Facts): RunSummary['exit'] {
  if (parts.failure !== null) return { code: exitCodeOf(parts.failure.code), reason: parts.failure.message }
  if (parts.stop !== null) return parts.stop
  const { tasks } = facts
  if (parts.state !== 'done' && parts.state !== 'finishing')
    return { code: EXIT.unable, reason: `the run is ${parts.state}, ${tasks.remaining} tasks remain` }
  const broken = judgeAsserts(parts.options.asserts.map(parseAssert), facts)
  if (broken.length > 0) return { code: EXIT.assertFailed, reason: broken.join('; ') }
  const failed = tasks.failed + tasks.quarantined
  if (failed > allowedFailures(parts.options.allowFailures, tasks.total))
    return { code: EXIT.tasksFailed, reason: `${failed} of ${tasks.total} tasks failed` }
  if (failed > 0) return { code: EXIT.done, reason: `${failed} of ${tasks.total} tasks failed, as allowed` }
  return { code: EXIT.done, reason: tasks.total === 0 ? 'the input holds no tasks' : 'all tasks done' }
}

const allowedFailures = ({ unit, value }: RunOptions['allowFailures'], total: number): number =>
  unit === 'tasks' ? value : (total * value) / 100

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
