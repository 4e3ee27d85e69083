import type { Tuning } from '../../shared/contract/contract.ts'
import { failureOf, type Failure, type JobError } from '../../shared/model/error.ts'
import { exitCodeOf } from '../../shared/model/exit-code.ts'
import { PHASE, type Phase, type RunState, type RunSummary, type Steering } from '../../shared/model/run.ts'
import type { OpenedRun } from '../records/protocol.ts'
import { SpanRing } from '../telemetry/span-ring.ts'
import { EventLog } from './event-log.ts'
import { isPassing, Patience } from './patience.ts'
import { Run } from './run.ts'
import type { RunParts } from './run-parts.ts'
import { isSameSteering, tuned, withSteering } from './steering.ts'

/** A destination that is away when the run is to be opened again is asked this often. */
const RETRY_MS = 1_000

export interface SessionParts extends Pick<
  RunParts,
  'opened' | 'secrets' | 'records' | 'links' | 'startReader' | 'faults' | 'nowMs'
> {
  readonly isResumed: boolean
  readonly dataDir: string
}

/**
 * A run as those see it who started it: one log of events, one end, one summary.
 *
 * As a rule it is one {@link Run}. When a destination was started anew and may have forgotten what it had confirmed,
 * the Run closes its journal, which is then opened again: journal and destination are compared, what was forgotten is
 * unsettled, and another Run goes on. What was asked of the run meanwhile holds for the next one.
 */
export class Session {
  readonly runId: string
  readonly log = new EventLog(() => this.#run.elapsedMs)
  readonly ended: Promise<RunSummary>
  readonly #parts: SessionParts
  readonly #spans = new SpanRing()
  readonly #ending = Promise.withResolvers<RunSummary>()
  readonly #stopAsked = Promise.withResolvers<void>()
  #run: Run
  #isStopping = false
  #isPaused = false
  #steering: Steering | null = null
  #isReopening = false
  #hasEnded = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.runId = parts.opened.runId
    this.#run = this.#makeRun(parts.opened)
    this.ended = this.#ending.promise
  }

  /** Whether everything of it is gone. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  start(): void {
    const { opened, isResumed, dataDir } = this.#parts
    this.log.push({
      type: 'run.started',
      runId: this.runId,
      pid: process.pid,
      dataDir,
      parallelism: opened.parallelism,
      resumable: isReplayable(opened),
      resumed: isResumed,
      notices: opened.notices,
    })
    void this.#live()
  }

  /** Raises the phase of the shutdown: drain, then abort, then kill, each with its deadline. */
  stop(phase: Exclude<Phase, 0>): void {
    this.#isStopping = true
    this.#stopAsked.resolve()
    this.#run.stop(phase)
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#run.setPaused(isPaused)
  }

  /**
   * Changes how the run goes on, within a second: permits, rate and caps at once, workers as they start and leave. Every
   * worker of `hybrid` processes has as many threads as tuned last, also in processes that live already. Changes nothing
   * in a run that is on its way to its end.
   *
   * @throws JobError `E_CONFIG` for what contradicts its model, its partition, or its kind.
   */
  tune(tuning: Tuning): void {
    if (this.#hasEnded || this.#isStopping || !this.#isTunable) return
    const now = this.#steering ?? this.#run.steering
    const steering = tuned(this.#parts.opened, now, tuning)
    if (isSameSteering(now, steering)) return
    this.#steering = steering
    this.#run.steer(steering)
    this.log.push({ type: 'run.tuned', steering })
  }

  onOutputFailure(error: JobError): void {
    this.#run.onOutputFailure(error)
  }

  readSpans(from: number): { next: number; dropped: number; spans: Float64Array } {
    return this.#spans.read(from)
  }

  /** When its first task started, in milliseconds since the run began; `null` before. */
  get firstTaskMs(): number | null {
    return this.#spans.firstStartMs
  }

  /** Between two executions what is tuned holds for the next. */
  get #isTunable(): boolean {
    return this.#isReopening || this.#run.isGoingOn
  }

  #makeRun(opened: OpenedRun): Run {
    return new Run({
      ...this.#parts,
      opened: this.#steering === null ? opened : withSteering(opened, this.#steering),
      steering: () => this.#steering,
      log: this.log,
      spans: this.#spans,
      isPaused: () => this.#isPaused,
    })
  }

  async #live(): Promise<void> {
    this.#run.start()
    let ending = await this.#run.ended
    while (ending.rewind !== null) {
      this.#isReopening = true
      const opened = await this.#reopen()
      this.#isReopening = false
      if ('failure' in opened) {
        ending = { summary: this.#cutShort(ending.summary, opened.failure), rewind: null }
        break
      }
      this.#run = this.#makeRun(opened)
      this.#run.start()
      // Asked while the journal was being opened.
      if (this.#isStopping) this.#run.stop(PHASE.stop)
      ending = await this.#run.ended
    }
    this.#hasEnded = true
    this.log.push({ type: 'run.summary', summary: ending.summary })
    this.#ending.resolve(ending.summary)
  }

  /** Waits for the destination, which may be away or still starting. @returns Why not; no failure when a stop was asked. */
  async #reopen(): Promise<OpenedRun | { readonly failure: Failure | null }> {
    const { records, secrets, nowMs, opened } = this.#parts
    const patience = new Patience({
      patienceMs: opened.options.patienceMs,
      nowMs,
      onChange: reason => this.#tell('planned', reason),
    })
    const startedAtMs = nowMs()
    while (!this.#isStopping) {
      try {
        const again = await records.open({ runId: this.runId, options: null, parallelism: null, secrets })
        patience.goesOn('opening')
        return again
      } catch (error) {
        const failure = failureOf(error)
        if (!isPassing(failure.code) || !patience.wait('opening', failure, nowMs() - startedAtMs))
          return { failure }
        await this.#delay()
      }
    }
    return { failure: null }
  }

  async #delay(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, RETRY_MS)
    await Promise.race([promise, this.#stopAsked.promise])
    clearTimeout(timer)
  }

  /** @returns The summary of a run that could not be opened again; its journal says that it was stopped. */
  #cutShort(summary: RunSummary, failure: Failure | null): RunSummary {
    const state = failure === null ? 'stopped' : 'failed'
    this.#tell(state, failure?.message ?? null)
    if (failure === null) return summary
    return {
      ...summary,
      state,
      exit: { code: exitCodeOf(failure.code), reason: failure.message },
      error: failure,
    }
  }

  #tell(state: RunState, reason: string | null): void {
    this.log.push({ type: 'run.state', state, reason })
  }
}

/** Whether the inputs can be read another time: standard input cannot, unless it is copied. */
function isReplayable({ job }: OpenedRun): boolean {
  if (job.kind === 'cpu' || !job.inputs.includes('-')) return true
  return job.kind === 'crawl' ? job.crawl.spool : job.load.spool
}
