import type { LogEntry } from '../../../shared/model/run-history.ts'
import type { JobSpec } from '../../../shared/model/job.ts'
import type {
  Latencies,
  LoadCounts,
  PhaseTimes,
  RunDetail,
  RunState,
  RunTick,
  Steering,
  TaskCounts,
} from '../../../shared/model/run.ts'
import { openDimensionsOf } from '../../../shared/model/parallelism.ts'
import type { SampleColumn } from '../../../shared/model/sample.ts'
import { lowSidePerSec, ratePerSec } from './lines.ts'
import type { RunSeries } from './series.ts'
import { cpuShareOf, verdictOf, type Verdict } from './verdict.ts'

/** What is said of a run in numbers; the same of a living run and of one that was opened from its journal. */
export interface RunFigures {
  readonly elapsedMs: number
  readonly tasks: TaskCounts
  readonly settled: number
  readonly failed: number
  readonly totalIsFinal: boolean
  /** 0..1; `null` when nothing tells. */
  readonly progressRatio: number | null
  readonly etaMs: RunTick['etaMs']
  readonly bytes: RunTick['bytes']
  /** A second over the last one; `null` when it is not running or not measured yet. */
  readonly bytesPerSec: RunTick['bytes'] | null
  readonly load: LoadCounts | null
  readonly throughput: {
    readonly nowPerSec: number | null
    readonly averagePerSec: number
    /** 95 % of the seconds reached it. */
    readonly lowPerSec: number | null
  }
  /** Of the last second; `null` when the run has ended. */
  readonly latencyNowMs: Latencies | null
  readonly latencyMs: Latencies
  /** `null` when the run has ended. */
  readonly inFlight: number | null
  readonly limit: number
  readonly waiting: number | null
  readonly retries: number
  readonly phases: PhaseTimes
  readonly cpuShare: number | null
  /** CPUs that the workers keep busy; lately, or over the whole of a run that has ended. NaN when not measured. */
  readonly cpuRatio: number
  /** How busy their event loops are, 0..1; likewise. */
  readonly loopRatio: number
  readonly verdict: Verdict
}

export const isFinal = (state: RunState): boolean =>
  state === 'stopped' || state === 'done' || state === 'failed'

/** @returns Whether the rest of it can be done; a run that reads standard input says at its start that it cannot. */
export function isResumable({ isOwned, state }: RunDetail, log: readonly LogEntry[]): boolean {
  const started = log.findLast(({ event }) => event.type === 'run.started')?.event
  const isKnownNot = started?.type === 'run.started' && !started.resumable
  return !isOwned && state !== 'done' && !isKnownNot
}

/** @param tick The newest of a living run; `undefined` once it has ended, or before the first. */
export function figuresOf(detail: RunDetail, tick: RunTick | undefined, series: RunSeries): RunFigures {
  const measured = tick === undefined ? measuredOf(detail) : measuredNow(tick, series)
  const { tasks } = measured
  const settled = tasks.ok + tasks.failed + tasks.skipped + tasks.quarantined
  const rows = tick === undefined ? series.length : LATELY_ROWS
  const loopRatio = meanOf(series, 'loopRatio', rows)
  return {
    ...measured,
    settled,
    failed: tasks.failed + tasks.quarantined,
    progressRatio: measured.progressRatio ?? ratioOf(settled, measured),
    throughput: { ...measured.throughput, lowPerSec: lowSidePerSec(series) },
    cpuShare: cpuShareOf(measured.phases),
    cpuRatio: tick === undefined ? cpuRatioOf(detail) : meanOf(series, 'cpuRatio', rows),
    loopRatio,
    verdict: verdictOf({
      kind: detail.kind,
      settled,
      phases: measured.phases,
      inFlight: tick?.state === 'running' ? tick.inFlight : busiestOf(series),
      limit: measured.limit,
      loopRatio,
    }),
  }
}

function measuredNow(tick: RunTick, series: RunSeries) {
  const read = ratePerSec(series, 'bytesRead')
  const body = ratePerSec(series, 'bytesBody')
  const wire = ratePerSec(series, 'bytesWire')
  return {
    ...tick,
    bytesPerSec: read === null || body === null || wire === null ? null : { read, body, wire },
    latencyNowMs: tick.latencyNowMs as Latencies | null,
    inFlight: tick.inFlight as number | null,
    waiting: tick.waiting as number | null,
    throughput: { ...tick.throughput, nowPerSec: tick.throughput.nowPerSec as number | null },
  }
}

function measuredOf({ summary, isOwned }: RunDetail) {
  return {
    elapsedMs: summary.elapsedMs,
    tasks: summary.tasks,
    totalIsFinal: !isOwned,
    progressRatio: null,
    etaMs: null,
    bytes: summary.bytes,
    bytesPerSec: null,
    load: summary.load,
    throughput: { nowPerSec: null, averagePerSec: summary.throughputPerSec },
    latencyNowMs: null,
    latencyMs: summary.latencyMs,
    inFlight: null,
    limit: summary.parallelism.total,
    waiting: null,
    retries: summary.retries,
    phases: summary.phases,
  }
}

function cpuRatioOf({ summary: { cpuSec, elapsedMs } }: RunDetail): number {
  return elapsedMs > 0 ? (cpuSec * 1_000) / elapsedMs : NaN
}

function ratioOf(
  settled: number,
  { totalIsFinal, tasks }: { readonly totalIsFinal: boolean; readonly tasks: TaskCounts },
): number | null {
  if (!totalIsFinal) return null
  return tasks.total === 0 ? 1 : settled / tasks.total
}

/** Most tasks that were in flight at once. */
function busiestOf(series: RunSeries): number {
  let most = 0
  for (let row = 0; row < series.length; row += 1) most = Math.max(most, series.at(row, 'inFlight') || 0)
  return most
}

/** About five seconds. */
const LATELY_ROWS = 25

function meanOf(series: RunSeries, column: SampleColumn, rows: number): number {
  let sum = 0
  let count = 0
  for (let row = Math.max(0, series.length - rows); row < series.length; row += 1) {
    const value = series.at(row, column)
    if (!Number.isFinite(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? NaN : sum / count
}

/** @returns What may be changed of a run while it goes on. */
export function tunableOf(job: JobSpec): ReadonlySet<keyof Steering> {
  const { model, partition } = job.parallelism
  // Workers of chunk and stride are as many as the input was cut for.
  const open = openDimensionsOf(model).filter(name => partition === 'dynamic' || name === 'inFlight')
  return new Set<keyof Steering>(job.kind === 'crawl' ? [...open, 'ratePerSec', 'perHost'] : open)
}

/** @returns What could be changed, as it was when the run began. */
export function firstSteeringOf({ job, parallelism }: RunDetail): Steering {
  const { processes, threads, inFlight } = parallelism
  const politeness = job.kind === 'crawl' ? job.crawl : { ratePerSec: null, perHost: null }
  return { processes, threads, inFlight, ratePerSec: politeness.ratePerSec, perHost: politeness.perHost }
}
