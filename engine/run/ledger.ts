import { COUNTER, settledCount } from '../../shared/model/counters.ts'
import type { RunState, TaskCounts } from '../../shared/model/run.ts'
import { SettledBitmap } from '../journal/settled-bitmap.ts'
import type { Supply } from '../plan/supply.ts'
import type { Slot } from '../pool/pool.ts'
import type { OpenedRun, RunCommit } from '../records/protocol.ts'
import type { Fingerprint } from '../source/reader-protocol.ts'
import { Aggregator } from '../telemetry/aggregator.ts'
import type { SpanRing } from '../telemetry/span-ring.ts'
import type { WorkerReport } from '../worker/protocol.ts'

/** What a commit needs besides the ledger's own figures. */
interface CommitContext {
  readonly state: RunState
  readonly fingerprints: readonly (Fingerprint | null)[] | null
  readonly suspects: RunCommit['suspects']
}

/**
 * What is known of a run's tasks at this moment: which are settled, how they ended, and how far each segment is
 * durable. Every figure shown and every commit is read from here, so they agree.
 */
export class Ledger {
  readonly settled: SettledBitmap
  readonly aggregator: Aggregator
  readonly spans: SpanRing
  readonly #supply: Supply
  readonly #knownTotal: number | null
  readonly #elapsedBeforeMs: number
  readonly #startedAtMs: number
  readonly #nowMs: () => number
  readonly #grownSegments = new Map<number, number>()
  #endedAtMs: number | null = null

  constructor(
    opened: OpenedRun,
    supply: Supply,
    { nowMs, spans }: { readonly nowMs: () => number; readonly spans: SpanRing },
  ) {
    this.spans = spans
    this.settled = SettledBitmap.fromBytes(opened.settled)
    this.aggregator = new Aggregator(opened)
    this.#supply = supply
    this.#knownTotal = opened.total
    this.#elapsedBeforeMs = opened.elapsedMs
    this.#nowMs = nowMs
    this.#startedAtMs = nowMs()
  }

  /** The run's zero on the monotonic clock: earlier running times count as if they had just passed. */
  get originMs(): number {
    return this.#startedAtMs - this.#elapsedBeforeMs
  }

  get elapsedMs(): number {
    return (this.#endedAtMs ?? this.#nowMs()) - this.originMs
  }

  /** Number of tasks, once known for sure. */
  get total(): number | null {
    return this.#supply.total ?? this.#knownTotal
  }

  get isComplete(): boolean {
    return this.total !== null && this.settled.count >= this.total
  }

  get counts(): TaskCounts {
    const { counters } = this.aggregator
    const done = settledCount(counters)
    const total = this.total ?? Math.max(this.#supply.found, done)
    return {
      total,
      ok: counters[COUNTER.ok]!,
      failed: counters[COUNTER.failed]!,
      skipped: counters[COUNTER.skipped]!,
      quarantined: counters[COUNTER.quarantined]!,
      remaining: total - done,
    }
  }

  /** @param segment The worker's segment. @param settled Tasks of the report accepted as settled. */
  accept(slot: Slot, report: WorkerReport, { segment, settled }: { segment: number; settled: number }): void {
    this.aggregator.add(slot, report, { settled, atMs: this.#nowMs() })
    this.spans.add(slot.worker, report.spans)
    if (report.segmentBytes > 0) this.#grownSegments.set(segment, report.segmentBytes)
  }

  /** The running time stops here. */
  end(): void {
    this.#endedAtMs ??= this.#nowMs()
  }

  /** @returns Everything that changed since the last call, with the sums as they stand. */
  compose({ state, fingerprints, suspects }: CommitContext): Omit<RunCommit, 'durability'> {
    const segments = [...this.#grownSegments].map(([id, bytes]) => ({ id, bytes }))
    this.#grownSegments.clear()
    const { counters, histograms, errors, costs } = this.aggregator
    return {
      pages: this.settled.drainDirtyPages(),
      segments,
      counters: counters.slice(),
      histograms: histograms.map(histogram => ({ buckets: histogram.toSparse(), maxMs: histogram.maxMs })),
      errors: errors.groups,
      total: this.total,
      elapsedMs: this.elapsedMs,
      cpuSec: costs.cpuSec,
      peakRssBytes: costs.peakRssBytes,
      state,
      fingerprints,
      suspects,
    }
  }
}
