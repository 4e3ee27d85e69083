import { COUNTER, settledCount, type CounterName, type Counters } from '../../shared/model/counters.ts'
import type { Failure } from '../../shared/model/error.ts'
import { EXIT, exitCodeOf } from '../../shared/model/exit-code.ts'
import {
  HISTOGRAMS,
  Histogram,
  type HistogramName,
  type SparseBuckets,
} from '../../shared/model/histogram.ts'
import { parseAllowance, type Allowance } from '../../shared/model/allowance.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import { totalInFlight, type Parallelism } from '../../shared/model/fields/parallelism.ts'
import type {
  ErrorGroup,
  Latencies,
  LoadCounts,
  PhaseTimes,
  RunState,
  RunSummary,
  TaskCounts,
} from '../../shared/model/run.ts'
import { judgeAsserts, parseAssert } from './asserts.ts'

/** Everything a summary is made of. */
export interface SummaryParts {
  readonly runId: string
  readonly job: JobSpec
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
  readonly notices?: readonly string[]
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
    kind: parts.job.kind,
    state: parts.state,
    model: parallelism.model,
    parallelism: { processes, threads, inFlight, total: totalInFlight(parallelism) },
    tasks: facts.tasks,
    bytes: { read: count('bytesRead'), body: count('bytesBody'), wire: count('bytesWire') },
    load: loadCounts(parts, counters),
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
    digest: parts.job.kind === 'cpu' ? digestText(count('digestLow'), count('digestHigh')) : null,
    ...(parts.notices === undefined || parts.notices.length === 0 ? {} : { notices: [...parts.notices] }),
    exit: judgeExit(parts, facts),
    error: parts.failure,
  }
}

/** @returns How far the records of a load have come; `null` for other jobs. */
export function loadCounts(
  { job, options }: { readonly job: JobSpec; readonly options: RunOptions },
  counters: Counters,
): LoadCounts | null {
  if (job.kind !== 'load') return null
  const count = (name: CounterName): number => counters[COUNTER[name]] ?? 0
  const failed = count('failed') + count('quarantined')
  return {
    read: count('recordsRead'),
    sent: count('recordsSent'),
    acknowledged: count('ok'),
    failed,
    rejects: failed === 0 ? null : options.rejects,
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
  const { noun, place } = wordsOf(parts, tasks)
  if (parts.state !== 'done' && parts.state !== 'finishing')
    return { code: EXIT.unable, reason: `the run is ${parts.state}, ${tasks.remaining} ${noun} remain` }
  const broken = judgeAsserts(parts.options.asserts.map(parseAssert), facts)
  if (broken.length > 0) return { code: EXIT.assertFailed, reason: broken.join('; ') }
  const failed = tasks.failed + tasks.quarantined
  const said = `${failed} of ${tasks.total} ${noun} failed`
  if (
    failed > allowedOf(parts.options.allowFailures, tasks.total) ||
    failed > mostRejects(parts, tasks.total)
  )
    return { code: EXIT.tasksFailed, reason: `${said}${place}` }
  if (failed > 0) return { code: EXIT.done, reason: `${said}, as allowed${place}` }
  return { code: EXIT.done, reason: tasks.total === 0 ? `the input holds no ${noun}` : `all ${noun} done` }
}

/** @returns What tasks are called, and where those that failed are to be found. */
function wordsOf(
  { job, options, counters }: SummaryParts,
  { failed, quarantined }: TaskCounts,
): { readonly noun: string; readonly place: string } {
  if (job.kind !== 'load') return { noun: 'tasks', place: '' }
  const path = failed + quarantined === 0 ? null : (loadCounts({ job, options }, counters)?.rejects ?? null)
  return { noun: 'records', place: path === null ? '' : `; ${baseName(path)}` }
}

/** @returns Rejects beyond which a load has failed, whatever failures are allowed. */
const mostRejects = ({ job, options }: Pick<SummaryParts, 'job' | 'options'>, total: number): number =>
  job.kind === 'load' ? allowedOf(parseAllowance(options.maxRejects ?? job.load.maxRejects), total) : Infinity

/** @returns How many of `total` an allowance lets pass. */
export const allowedOf = ({ unit, value }: Allowance, total: number): number =>
  unit === 'tasks' ? value : (total * value) / 100

const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
