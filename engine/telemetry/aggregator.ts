import { addCounters, COUNTER, makeCounters, type Counters } from '../../shared/model/counters.ts'
import { Histogram, HISTOGRAMS, type SparseBuckets } from '../../shared/model/histogram.ts'
import type { ErrorGroup, PhaseTimes, WorkerTick } from '../../shared/model/run.ts'
import type { Slot } from '../pool/pool.ts'
import type { WorkerGauges, WorkerReport } from '../worker/protocol.ts'
import { ErrorTally } from './error-tally.ts'
import { LatencyWindow } from './latency-window.ts'
import { ProcessCosts } from './process-costs.ts'
import { ThroughputWindow } from './throughput-window.ts'

/** What a run had measured before this session. */
export interface Measured {
  readonly counters: Float64Array
  readonly histograms: readonly { readonly buckets: SparseBuckets; readonly maxMs: number }[]
  readonly errors: readonly ErrorGroup[]
  readonly cpuSec: number
  readonly peakRssBytes: number
}

interface WorkerView {
  gauges: WorkerGauges | null
  settled: number
  failed: number
  readonly throughput: ThroughputWindow
  cpuRatio: number
  cpuAt: { readonly atMs: number; readonly cpuSec: number } | null
}

/**
 * Merges what workers report into the figures of the run: sums of counters, merged histograms, and the newest gauges
 * of each worker. Everything shown or journaled about a run comes from here.
 */
export class Aggregator {
  readonly counters: Counters = makeCounters()
  readonly histograms = HISTOGRAMS.map(() => new Histogram())
  readonly errors: ErrorTally
  readonly costs: ProcessCosts
  readonly #throughput = new ThroughputWindow()
  readonly #latencies = new LatencyWindow()
  readonly #workers = new Map<number, WorkerView>()

  constructor(before: Measured) {
    addCounters(this.counters, before.counters)
    for (const [at, { buckets, maxMs }] of before.histograms.entries()) {
      this.histograms[at]?.merge(buckets, maxMs)
    }
    this.errors = new ErrorTally(before.errors)
    this.costs = new ProcessCosts(before.cpuSec, before.peakRssBytes)
  }

  /** @param settled Tasks of this report that were accepted as settled. */
  add(slot: Slot, report: WorkerReport, { settled, atMs }: { settled: number; atMs: number }): void {
    addCounters(this.counters, report.counters)
    for (const [at, { buckets, maxMs }] of report.histograms.entries()) {
      this.histograms[at]?.merge(buckets, maxMs)
    }
    const latency = report.histograms[0]
    if (latency !== undefined) this.#latencies.add(atMs, latency.buckets, latency.maxMs)
    this.errors.add(report.errors)
    this.costs.note(slot.pid, report.gauges.cpuSec, report.gauges.rssBytes)
    const view = this.#viewOf(slot)
    view.settled += settled
    view.failed += (report.counters[COUNTER.failed] ?? 0) + (report.counters[COUNTER.quarantined] ?? 0)
    view.gauges = report.gauges
    view.throughput.sample(atMs, view.settled)
    this.#noteCpu(view, report.gauges.cpuSec, atMs)
  }

  lost(slot: Slot): void {
    this.costs.lost(slot.pid)
    const view = this.#viewOf(slot)
    view.gauges = null
    view.cpuAt = null
    view.cpuRatio = 0
  }

  /** Counts a report that was refused because its leases are not its worker's any more. */
  fence(): void {
    this.counters[COUNTER.fenced]! += 1
  }

  /** @returns Settled tasks per second over the last second. */
  throughputNow(atMs: number, settledTasks: number): number {
    this.#throughput.sample(atMs, settledTasks)
    return this.#throughput.perSec
  }

  latencyNow(atMs: number): Histogram {
    return this.#latencies.read(atMs)
  }

  /** Settled tasks per second of one worker, over its last reports. */
  throughputOf(slot: Slot): number {
    return this.#workers.get(slot.position)?.throughput.perSec ?? 0
  }

  get phases(): PhaseTimes {
    const { counters } = this
    return {
      queueMs: counters[COUNTER.queueMs]!,
      connectMs: counters[COUNTER.connectMs]!,
      firstByteMs: counters[COUNTER.firstByteMs]!,
      bodyMs: counters[COUNTER.bodyMs]!,
      cpuMs: counters[COUNTER.cpuMs]!,
    }
  }

  workerTick(slot: Slot): WorkerTick {
    const view = this.#viewOf(slot)
    return {
      worker: slot.worker,
      pid: slot.pid,
      threadId: slot.threadId,
      state: slot.state,
      inFlight: view.gauges?.inFlight ?? 0,
      waiting: view.gauges?.waiting ?? 0,
      settled: view.settled,
      failed: view.failed,
      throughputPerSec: view.throughput.perSec,
      loopUtilisationRatio: view.gauges?.loopUtilisationRatio ?? 0,
      cpuRatio: view.cpuRatio,
      rssBytes: view.gauges?.rssBytes ?? 0,
      current: view.gauges?.current ?? null,
      restarts: slot.restarts,
    }
  }

  #noteCpu(view: WorkerView, cpuSec: number, atMs: number): void {
    if (view.cpuAt === null) view.cpuAt = { atMs, cpuSec }
    else if (atMs - view.cpuAt.atMs >= 500) {
      view.cpuRatio = Math.max(0, ((cpuSec - view.cpuAt.cpuSec) * 1_000) / (atMs - view.cpuAt.atMs))
      view.cpuAt = { atMs, cpuSec }
    }
  }

  #viewOf(slot: Slot): WorkerView {
    const known = this.#workers.get(slot.position)
    if (known !== undefined) return known
    const view: WorkerView = {
      gauges: null,
      settled: 0,
      failed: 0,
      throughput: new ThroughputWindow(),
      cpuRatio: 0,
      cpuAt: null,
    }
    this.#workers.set(slot.position, view)
    return view
  }
}
