import { COUNTER, settledCount, type Counters } from '../../shared/model/counters.ts'
import { failureKindNumber, type FailureCount } from '../../shared/model/failure-kind.ts'
import type { RunTick, WorkerTick } from '../../shared/model/run.ts'
import {
  ADDED_COLUMNS,
  SAMPLE,
  SAMPLE_WIDTH,
  sampleIntervalMs,
  type SampleColumn,
} from '../../shared/model/sample.ts'
import type { NewHistory } from '../records/protocol.ts'

/** A tick that comes a little early stands for the moment when the row was due. */
const EARLY_MS = 100

/** What a run had done when it was opened. */
export interface Before {
  readonly elapsedMs: number
  readonly counters: Counters
  /**
   * Sums of the rows of its history; `null` when it has none. What an earlier session did after its last row belongs
   * to the next one; what was done before there were rows belongs to none.
   */
  readonly sampled: Float64Array | null
  /** What failed up to the same row. */
  readonly failures: readonly FailureCount[]
}

/** Makes the rows of a run's history out of its ticks: sums become what was added since the row before. */
export class Sampler {
  /** Of the last row, by column: what the run had added up to by then. */
  #sums: Float64Array
  #elapsedMs: number
  /** By number of the kind. */
  #failures: ReadonlyMap<number, number>
  #maxMs = NaN
  #rows: { readonly columns: Float64Array; readonly failures: ReadonlyMap<number, number> }[] = []

  constructor({ elapsedMs, counters, sampled, failures }: Before) {
    this.#sums = sampled ?? countedSums(counters)
    this.#failures = byNumber(failures)
    this.#elapsedMs = elapsedMs
  }

  /** Makes the row that is due, if one is. @returns Whether one was made. */
  note(tick: RunTick): boolean {
    this.#maxMs = larger(this.#maxMs, tick.latencyNowMs.max ?? NaN)
    const dueAtMs = this.#elapsedMs + sampleIntervalMs(tick.elapsedMs)
    if (tick.elapsedMs < dueAtMs - EARLY_MS) return false
    this.#add(tick)
    return true
  }

  /** Makes the last row: what was done since the row before must not be missing. */
  end(tick: RunTick): void {
    if (tick.elapsedMs > this.#elapsedMs) this.#add(tick)
  }

  /** @returns Rows that were made since the last call, one after another. */
  take(): Pick<NewHistory, 'samples' | 'failures'> {
    const rows = this.#rows.splice(0)
    const samples = new Float64Array(rows.length * SAMPLE_WIDTH)
    for (const [at, { columns }] of rows.entries()) samples.set(columns, at * SAMPLE_WIDTH)
    const failures = rows.flatMap((row, at) =>
      [...row.failures].flatMap(([kind, count]) => [at, kind, count]),
    )
    return { samples, failures: Float64Array.from(failures) }
  }

  #add(tick: RunTick): void {
    const sums = sumsOf(tick)
    const row = momentOf(tick)
    // A destination that forgot records takes sums back: nothing is done less than not at all.
    for (const column of ADDED_COLUMNS)
      row[SAMPLE[column]] = Math.max(0, sums[SAMPLE[column]]! - this.#sums[SAMPLE[column]]!)
    row[SAMPLE.maxMs] = larger(this.#maxMs, tick.latencyNowMs.max ?? NaN)
    const failed = byNumber(tick.failures ?? [])
    const failures = new Map(
      [...failed]
        .map(([kind, count]) => [kind, count - (this.#failures.get(kind) ?? 0)] as const)
        .filter(([, count]) => count > 0),
    )
    row[SAMPLE.failureKinds] = failures.size
    this.#rows.push({ columns: row, failures })
    this.#sums = sums
    this.#failures = failed
    this.#elapsedMs = tick.elapsedMs
    this.#maxMs = NaN
  }
}

/** In rising order: it does not depend on which kinds are frequent. */
const byNumber = (counts: readonly FailureCount[]): ReadonlyMap<number, number> =>
  new Map(
    counts.map(({ kind, count }) => [failureKindNumber(kind), count] as const).sort(([a], [b]) => a - b),
  )

/** NaN is less than every number. */
const larger = (a: number, b: number): number => (Number.isNaN(a) || b > a ? b : a)

function sumsOf({ tasks, bytes, retries, phases }: RunTick): Float64Array {
  return rowOf({
    settled: tasks.total - tasks.remaining,
    failed: tasks.failed + tasks.quarantined,
    bytesRead: bytes.read,
    bytesBody: bytes.body,
    bytesWire: bytes.wire,
    retries,
    ...phases,
  })
}

/** The same as {@link sumsOf}, of what was journaled. */
const countedSums = (counters: Counters): Float64Array =>
  rowOf({
    settled: settledCount(counters),
    failed: counters[COUNTER.failed]! + counters[COUNTER.quarantined]!,
    bytesRead: counters[COUNTER.bytesRead]!,
    bytesBody: counters[COUNTER.bytesBody]!,
    bytesWire: counters[COUNTER.bytesWire]!,
    retries: counters[COUNTER.retries]!,
    queueMs: counters[COUNTER.queueMs]!,
    connectMs: counters[COUNTER.connectMs]!,
    firstByteMs: counters[COUNTER.firstByteMs]!,
    bodyMs: counters[COUNTER.bodyMs]!,
    cpuMs: counters[COUNTER.cpuMs]!,
  })

/** The columns of a moment. */
function momentOf({ elapsedMs, inFlight, limit, waiting, latencyNowMs, workers }: RunTick): Float64Array {
  const ready = workers.filter(({ state }) => state === 'ready')
  const loopRatio = ready.reduce((sum, worker) => sum + worker.loopUtilisationRatio, 0) / ready.length
  const { p50, p90, p95, p99 } = latencyNowMs
  return rowOf({
    elapsedMs,
    inFlight,
    limit,
    waiting,
    p50Ms: p50 ?? NaN,
    p90Ms: p90 ?? NaN,
    p95Ms: p95 ?? NaN,
    p99Ms: p99 ?? NaN,
    workers: ready.length,
    cpuRatio: sumOverProcesses(workers, ({ cpuRatio }) => cpuRatio),
    loopRatio,
    rssBytes: sumOverProcesses(workers, ({ rssBytes }) => rssBytes),
  })
}

/** Threads of one process tell the figures of their process, one of them newer than the others. */
function sumOverProcesses(workers: readonly WorkerTick[], figureOf: (worker: WorkerTick) => number): number {
  const figures = new Map<number, number>()
  for (const worker of workers)
    figures.set(worker.pid, Math.max(figures.get(worker.pid) ?? 0, figureOf(worker)))
  return [...figures.values()].reduce((sum, figure) => sum + figure, 0)
}

function rowOf(values: Partial<Record<SampleColumn, number>>): Float64Array {
  const row = new Float64Array(SAMPLE_WIDTH).fill(NaN)
  for (const [column, value] of Object.entries(values)) row[SAMPLE[column as SampleColumn]] = value
  return row
}
