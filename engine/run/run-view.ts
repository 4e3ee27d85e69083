import { COUNTER } from '../../shared/model/counters.ts'
import type { Failure } from '../../shared/model/error.ts'
import { EXIT } from '../../shared/model/exit-code.ts'
import type { RunState, RunSummary } from '../../shared/model/run.ts'
import type { OpenedRun } from '../records/protocol.ts'
import { residentBytes } from '../telemetry/resident-bytes.ts'
import { buildSummary, loadCounts } from '../telemetry/summary.ts'
import { makeTick } from '../telemetry/tick.ts'
import type { Crew } from './crew.ts'
import type { Inflow } from './inflow.ts'
import type { Ledger } from './ledger.ts'
import { withSteering } from './steering.ts'

interface RunViewParts {
  readonly opened: OpenedRun
  readonly ledger: Ledger
  readonly crew: Crew
  readonly nowMs: () => number
}

/** What is shown of one execution: ticks while it lives, and the summary of its end. */
export class RunView {
  readonly #parts: RunViewParts
  readonly #cpuAtStart = process.cpuUsage()
  readonly #bytesAtStart: number

  constructor(parts: RunViewParts) {
    this.#parts = parts
    this.#bytesAtStart = parts.ledger.aggregator.counters[COUNTER.bytesRead]!
  }

  makeTick(state: RunState, inflow: Inflow): ReturnType<typeof makeTick> {
    this.#noteOwnCosts()
    const { opened, ledger, crew } = this.#parts
    const { aggregator } = ledger
    return makeTick({
      runId: opened.runId,
      state,
      elapsedMs: ledger.elapsedMs,
      nowMs: this.#parts.nowMs(),
      tasks: ledger.counts,
      totalIsFinal: ledger.total !== null,
      positionRatio: inflow.ratioAt(aggregator.counters[COUNTER.bytesRead]! - this.#bytesAtStart),
      load: loadCounts(opened, aggregator.counters),
      limit: crew.limit,
      steering: crew.steering,
      slots: crew.pool.slots,
      aggregator,
    })
  }

  /** @param end How it ended; `stop` is why it was stopped where nobody had asked for it. */
  summarise({
    state,
    stop,
    failure,
    notices,
  }: {
    readonly state: RunState
    readonly stop: RunSummary['exit'] | null
    readonly failure: Failure | null
    readonly notices: readonly string[]
  }): RunSummary {
    const { opened, ledger, crew } = this.#parts
    const { aggregator } = ledger
    return buildSummary({
      runId: opened.runId,
      job: opened.job,
      state,
      parallelism: withSteering(opened, crew.steering).parallelism,
      options: opened.options,
      counters: aggregator.counters,
      histograms: aggregator.histograms.map(histogram => ({
        buckets: histogram.toSparse(),
        maxMs: histogram.maxMs,
      })),
      errors: aggregator.errors.groups,
      total: ledger.counts.total,
      elapsedMs: ledger.elapsedMs,
      cpuSec: aggregator.costs.cpuSec,
      peakRssBytes: aggregator.costs.peakRssBytes,
      stop: state === 'stopped' ? (stop ?? { code: EXIT.interrupted, reason: 'stopped; resumable' }) : null,
      failure,
      notices,
    })
  }

  /** The supervising process is part of what the run costs; its CPU counts from the run's start on. */
  #noteOwnCosts(): void {
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    const { costs } = this.#parts.ledger.aggregator
    costs.note(process.pid, (user + system) / 1e6, residentBytes())
  }
}
