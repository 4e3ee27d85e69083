import type { Failure, JobError } from '../../shared/model/error.ts'
import type { Secrets } from '../../shared/model/job.ts'
import { COUNTER } from '../../shared/model/counters.ts'
import { totalInFlight } from '../../shared/model/fields/parallelism.ts'
import { PHASE, type Phase, type RunState, type RunSummary } from '../../shared/model/run.ts'
import { Supply } from '../plan/supply.ts'
import type { Slot } from '../pool/pool.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { LinkKind } from '../pool/worker-link.ts'
import type { OpenedRun, Records } from '../records/protocol.ts'
import { buildSummary } from '../telemetry/summary.ts'
import { makeTick } from '../telemetry/tick.ts'
import type { FaultKind } from '../worker/protocol.ts'
import { Committer } from './committer.ts'
import { Crew } from './crew.ts'
import { EventLog } from './event-log.ts'
import { Feed } from './feed.ts'
import { Horizon } from './horizon.ts'
import { Ledger } from './ledger.ts'
import { plannerOf } from './plan-of.ts'
import { isFinal, nextState, type RunStimulus } from './run-state.ts'
import { StopClock } from './stop-clock.ts'
import { isOrdered, readerSetupOf, workOf } from './work-of.ts'

/** How long is waited where the run was not told. */
const PATIENCE_MS = { disk: 60_000, destination: 600_000 } as const
const TICK_MS = 200
/** How long a stop waits for outputs that are being completed, and how long the journal's last words may take. */
const OUTPUTS_MS = 5_000
const LAST_WORDS_MS = 1_000

/** Waits for work that may hang, such as writing to a pipe nobody reads, or fail: what it had to say is journaled. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}

export interface RunParts {
  readonly opened: OpenedRun
  readonly isResumed: boolean
  readonly secrets: Secrets
  readonly records: Records
  readonly links: LinkKind
  readonly startReader: () => ReaderLink
  readonly faults: readonly (readonly [FaultKind, number])[]
  readonly dataDir: string
  readonly nowMs: () => number
}

/** A report in the ledger that its worker must be told of once it is committed. */
interface TakenReport {
  readonly slot: Slot
  readonly incarnation: number
  readonly seq: number
}

/**
 * One execution of a job in this process, from its opened journal to its summary.
 *
 * It owns what it starts: workers, reader, timers. `ended` resolves with the summary when all of it is gone and the
 * journal is closed; it never rejects.
 */
export class Run {
  readonly runId: string
  readonly log = new EventLog()
  readonly ended: Promise<RunSummary>
  readonly #parts: RunParts
  readonly #supply = new Supply()
  readonly #ledger: Ledger
  readonly #crew: Crew
  readonly #committer: Committer
  readonly #horizon: Horizon | null
  readonly #stopClock: StopClock
  readonly #resolveEnded: (summary: RunSummary) => void
  #feed: Feed | null = null
  #state: RunState = 'planned'
  #failure: Failure | null = null
  #acknowledgeNext: TakenReport[] = []
  #acknowledgeNow: TakenReport[] = []
  #ticker: NodeJS.Timeout | null = null
  readonly #cpuAtStart = process.cpuUsage()
  #outputTimer: NodeJS.Timeout | null = null
  #isEmpty = false
  #isClosing = false
  /** Something cannot be written, and the views were told. */
  #isStalled = false

  constructor(parts: RunParts) {
    const { opened, records, nowMs } = parts
    this.#parts = parts
    this.runId = opened.runId
    this.#ledger = new Ledger(opened, this.#supply, nowMs)
    const { promise, resolve } = Promise.withResolvers<RunSummary>()
    this.ended = promise
    this.#resolveEnded = resolve
    this.#crew = new Crew({
      opened,
      work: workOf(opened),
      secrets: parts.secrets,
      links: parts.links,
      ledger: this.#ledger,
      planner: plannerOf(opened.parallelism, this.#supply, this.#ledger.settled),
      faults: parts.faults,
      nowMs,
      push: event => this.log.push(event),
      onReady: () => {
        this.#apply('workers.ready')
        this.#horizon?.tell()
      },
      onReport: (slot, seq) => this.#onReport(slot, seq),
      onTotal: total => this.#supply.setTotal(total),
      onStalled: (failure, sinceMs) => this.#onStalled(failure, sinceMs),
      onBroken: failure => this.#break({ ...failure, retryable: false }),
      onEmpty: () => this.#onEmpty(),
    })
    this.#horizon =
      opened.parallelism.order === 'input'
        ? new Horizon(
            this.#ledger.settled,
            message => this.#crew.pool.broadcast(message),
            isOrdered(opened) ? 0 : undefined,
          )
        : null
    this.#committer = new Committer({
      records,
      compose: () => this.#compose(),
      onCommitted: () => this.#onCommitted(),
      onStalled: (failure, sinceMs) => this.#onStalled(failure, sinceMs),
      nowMs,
    })
    this.#stopClock = new StopClock(phase => this.#enforce(phase))
  }

  /** Whether everything of it is gone. */
  get hasEnded(): boolean {
    return this.#isClosing && isFinal(this.#state)
  }

  start(): void {
    const { opened, isResumed, dataDir } = this.#parts
    this.log.push({
      type: 'run.started',
      runId: this.runId,
      pid: process.pid,
      dataDir,
      parallelism: opened.parallelism,
      resumable: !this.#readsStandardInput || this.#isSpooled,
      resumed: isResumed,
      notices: [],
    })
    if (opened.summary !== null && opened.state === 'done') return this.#repeat(opened.summary)
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    if (this.#ledger.isComplete) return this.#finish()
    const readerSetup = readerSetupOf(opened)
    if (opened.job.kind === 'cpu') {
      this.#supply.addIndexes(opened.job.cpu.tasks)
      this.#supply.endAll(opened.job.cpu.tasks)
    }
    this.#crew.start()
    if (readerSetup === null) return
    this.#feed = new Feed({
      reader: this.#parts.startReader(),
      setup: readerSetup,
      supply: this.#supply,
      onChange: () => this.#onSupply(),
      onBytesRead: bytes => {
        this.#ledger.aggregator.counters[COUNTER.bytesRead]! += bytes
      },
      onFailed: error => this.#break({ code: error.code, message: error.message, retryable: false }),
    })
  }

  /** Raises the phase of the shutdown: drain, then abort, then kill, each with its deadline. */
  stop(phase: Exclude<Phase, 0>): void {
    if (isFinal(this.#state)) return
    if (this.#state === 'finishing') return this.#hurryOutputs(phase)
    if (this.#apply('stop')) {
      this.#feed?.close()
      this.#crew.end({ type: 'phase', phase: PHASE.drain })
    }
    this.#stopClock.raise(phase)
  }

  setPaused(isPaused: boolean): void {
    if (this.#apply(isPaused ? 'pause' : 'unpause')) this.#crew.pool.broadcast({ type: 'pause', isPaused })
  }

  /** @param inFlight Permits of each worker's semaphore from now on. */
  resize(inFlight: number): void {
    this.#crew.resize(inFlight)
  }

  /** A full disk is waited for by the records worker; an output that is closed ends the run, which stays resumable. */
  onOutputFailure(error: JobError): void {
    if (error.code === 'E_DISK_FULL') return
    this.#break({ code: error.code, message: error.message, retryable: false })
  }

  readSpans(from: number): { next: number; dropped: number; spans: Float64Array } {
    return this.#ledger.spans.read(from)
  }

  get #readsStandardInput(): boolean {
    const { job } = this.#parts.opened
    return job.kind !== 'cpu' && job.inputs.includes('-')
  }

  get #isSpooled(): boolean {
    const { job } = this.#parts.opened
    return (job.kind === 'crawl' && job.crawl.spool) || (job.kind === 'load' && job.load.spool)
  }

  /** @returns Whether the stimulus changed the state. */
  #apply(stimulus: RunStimulus): boolean {
    const next = nextState(this.#state, stimulus)
    if (next === null) return false
    this.#state = next
    this.log.push({ type: 'run.state', state: next, reason: this.#failure?.message ?? null })
    this.#committer.note()
    return true
  }

  #onSupply(): void {
    this.#crew.supplyGrew()
    if (this.#ledger.isComplete) this.#finish()
  }

  #onReport(slot: Slot, seq: number): void {
    this.#acknowledgeNext.push({ slot, incarnation: slot.incarnation, seq })
    this.#committer.note()
    // Nobody waits for the disk here: what settled is in the destination.
    if (isOrdered(this.#parts.opened)) this.#horizon?.advance()
    if (this.#ledger.isComplete) this.#finish()
  }

  #compose(): ReturnType<Ledger['compose']> {
    this.#acknowledgeNow = this.#acknowledgeNext
    this.#acknowledgeNext = []
    const fingerprints = this.#feed?.fingerprints ?? this.#parts.opened.fingerprints
    return this.#ledger.compose({ state: this.#state, fingerprints, suspects: this.#crew.suspects })
  }

  #onCommitted(): void {
    this.#isStalled = false
    for (const { slot, incarnation, seq } of this.#acknowledgeNow) {
      if (slot.incarnation === incarnation) this.#crew.acknowledge(slot, seq)
    }
    this.#acknowledgeNow = []
    this.#horizon?.advance()
  }

  /** Something cannot be written. @returns Whether to try again. */
  #onStalled(failure: Failure, sinceMs: number): boolean {
    if (!this.#isStalled) this.log.push({ type: 'run.state', state: this.#state, reason: failure.message })
    this.#isStalled = true
    const patienceMs =
      this.#parts.opened.options.patienceMs ??
      PATIENCE_MS[failure.code === 'E_DISK_FULL' ? 'disk' : 'destination']
    if (sinceMs <= patienceMs && this.#failure === null) return true
    this.#break(failure)
    return false
  }

  #break(failure: Failure): void {
    if (isFinal(this.#state) || this.#failure !== null) return
    this.#failure = failure
    this.#feed?.close()
    this.#crew.end({ type: 'phase', phase: PHASE.abort })
    this.#apply('break')
    this.#stopClock.raise(PHASE.abort)
  }

  #enforce(phase: Phase): void {
    if (phase === PHASE.kill) this.#crew.pool.killAll()
    else this.#crew.pool.broadcast({ type: 'phase', phase })
  }

  /** Every task is settled: workers leave while the outputs are completed. */
  #finish(): void {
    if (!this.#apply('settled')) return
    this.#feed?.close()
    this.#crew.end({ type: 'phase', phase: PHASE.drain })
    this.#stopClock.raise(PHASE.abort)
    void this.#complete()
  }

  async #complete(): Promise<void> {
    try {
      await this.#committer.flush('full')
      await this.#parts.records.finish()
      this.#apply('finished')
      if (this.#isEmpty) await this.#close()
    } catch (error) {
      const { code, message } = error as Failure
      this.#break({ code, message, retryable: false })
      if (this.#isEmpty) await this.#close()
    }
  }

  /** Whoever reads the results may stand still: a stop waits for that only as long as for tasks in flight. */
  #hurryOutputs(phase: Phase): void {
    if (this.#outputTimer !== null) clearTimeout(this.#outputTimer)
    const abandon = (): void => {
      if (!this.#apply('abandon')) return
      this.#crew.pool.killAll()
      void this.#close()
    }
    this.#outputTimer = setTimeout(abandon, phase >= PHASE.abort ? 0 : OUTPUTS_MS)
  }

  #onEmpty(): void {
    this.#isEmpty = true
    this.#stopClock.close()
    if (this.#state === 'finishing') return
    this.#apply('emptied')
    void this.#close()
  }

  async #close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#ledger.end()
    if (this.#ticker !== null) clearInterval(this.#ticker)
    if (this.#outputTimer !== null) clearTimeout(this.#outputTimer)
    this.#crew.close()
    // What cannot be committed any more is not lost: it is done again when the run is resumed.
    if (this.#state !== 'done') {
      await this.#committer.flush('full').catch(() => undefined)
      // Outputs of an unfinished run hold what is committed, as far as they can.
      await within(LAST_WORDS_MS, this.#parts.records.finish())
    }
    this.#committer.close()
    this.#tick()
    const summary = this.#summarise()
    await within(LAST_WORDS_MS, this.#parts.records.close({ state: this.#state, summary }))
    this.log.push({ type: 'run.summary', summary })
    this.#resolveEnded(summary)
  }

  /** A run that is done stays as it is: only its summary is told again. */
  #repeat(summary: RunSummary): void {
    this.#state = 'done'
    this.#isClosing = true
    this.log.push({ type: 'run.summary', summary })
    this.#resolveEnded(summary)
  }

  #tick(): void {
    this.#noteOwnCosts()
    this.log.push({ type: 'tick', tick: this.#makeTick() })
  }

  /** The supervising process is part of what the run costs; its CPU counts from the run's start on. */
  #noteOwnCosts(): void {
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    this.#ledger.aggregator.costs.note(process.pid, (user + system) / 1e6, process.memoryUsage.rss())
  }

  #makeTick(): ReturnType<typeof makeTick> {
    const { processes, threads } = this.#parts.opened.parallelism
    return makeTick({
      runId: this.runId,
      state: this.#state,
      elapsedMs: this.#ledger.elapsedMs,
      nowMs: this.#parts.nowMs(),
      tasks: this.#ledger.counts,
      totalIsFinal: this.#ledger.total !== null,
      positionRatio: this.#feed?.positionRatio ?? null,
      limit: totalInFlight({
        ...this.#parts.opened.parallelism,
        processes,
        threads,
        inFlight: this.#crew.permits,
      }),
      slots: this.#crew.pool.slots,
      aggregator: this.#ledger.aggregator,
    })
  }

  #summarise(): RunSummary {
    const { opened } = this.#parts
    const { aggregator } = this.#ledger
    return buildSummary({
      runId: this.runId,
      kind: opened.job.kind,
      state: this.#state,
      parallelism: opened.parallelism,
      options: opened.options,
      counters: aggregator.counters,
      histograms: aggregator.histograms.map(histogram => ({
        buckets: histogram.toSparse(),
        maxMs: histogram.maxMs,
      })),
      errors: aggregator.errors.groups,
      total: this.#ledger.counts.total,
      elapsedMs: this.#ledger.elapsedMs,
      cpuSec: aggregator.costs.cpuSec,
      peakRssBytes: aggregator.costs.peakRssBytes,
      stop: this.#state === 'stopped' ? { code: 130, reason: 'stopped; resumable' } : null,
      failure: this.#failure,
    })
  }
}
