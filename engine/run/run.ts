import { failureOf, type Failure, type JobError } from '../../shared/model/error.ts'
import { COUNTER } from '../../shared/model/counters.ts'
import { EXIT } from '../../shared/model/exit-code.ts'
import { PHASE, type Phase, type RunSummary, type Steering } from '../../shared/model/run.ts'
import type { Slot } from '../pool/pool.ts'
import type { RunCommit } from '../records/protocol.ts'
import type { WorkerReport } from '../worker/protocol.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { Committer } from './committer.ts'
import { Completion } from './completion.ts'
import { Crew } from './crew.ts'
import { Horizon } from './horizon.ts'
import { Inflow } from './inflow.ts'
import { Ledger } from './ledger.ts'
import { Patience, type Waiter } from './patience.ts'
import { plannerOf } from './plan-of.ts'
import { rejectAllowanceOf, RejectLimit } from './reject-limit.ts'
import type { RunEnding, RunParts } from './run-parts.ts'
import { RunRecorder } from './run-recorder.ts'
import { RunView } from './run-view.ts'
import { RunStatus } from './status.ts'
import { StopClock } from './stop-clock.ts'
import { within } from './within.ts'
import { isOrdered, workOf } from './work-of.ts'

const TICK_MS = 200
/** How long the journal's last commits may take, and its last words. */
const LAST_COMMITS_MS = 5_000
const LAST_WORDS_MS = 1_000

/**
 * One execution of a job in this process, from its opened journal to its summary.
 *
 * It owns what it starts: workers, reader, timers. `ended` resolves when all of it is gone and the journal is closed; it
 * never rejects.
 */
export class Run {
  readonly ended: Promise<RunEnding>
  readonly #parts: RunParts
  readonly #inflow: Inflow
  readonly #ledger: Ledger
  readonly #crew: Crew
  readonly #committer: Committer
  readonly #patience: Patience
  readonly #horizon: Horizon | null
  readonly #rejectLimit: RejectLimit | null
  readonly #stopClock: StopClock
  readonly #completion: Completion
  readonly #status: RunStatus
  readonly #recorder: RunRecorder
  readonly #acknowledgements = new Acknowledgements((slot, seq) => this.#crew.acknowledge(slot, seq))
  readonly #view: RunView
  readonly #ending = Promise.withResolvers<RunEnding>()
  /** Resolves when every worker has left. */
  readonly #emptied = Promise.withResolvers<void>()
  /** Of outputs. */
  readonly #told = new Set<string>()
  #ticker: NodeJS.Timeout | null = null
  #isEmpty = false
  #isClosing = false

  constructor(parts: RunParts) {
    const { opened, records, nowMs } = parts
    this.#parts = parts
    this.ended = this.#ending.promise
    this.#status = new RunStatus((state, reason) => {
      parts.log.push({ type: 'run.state', state, reason })
      this.#committer.note()
    })
    this.#inflow = this.#makeInflow()
    this.#ledger = new Ledger(opened, this.#inflow.supply, { nowMs, spans: parts.spans })
    this.#recorder = new RunRecorder(opened, parts.log)
    this.#patience = new Patience({
      patienceMs: opened.options.patienceMs,
      nowMs,
      onChange: reason => parts.log.push({ type: 'run.state', state: this.#status.state, reason }),
    })
    const allowance = rejectAllowanceOf(opened.job, opened.options)
    this.#rejectLimit = allowance === null ? null : new RejectLimit(allowance)
    this.#crew = this.#makeCrew()
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
      onStalled: (failure, sinceMs) => this.#onStalled('journal', failure, sinceMs),
      nowMs,
    })
    this.#stopClock = new StopClock(phase => this.#enforce(phase))
    this.#completion = this.#makeCompletion()
    this.#view = new RunView({ opened, ledger: this.#ledger, crew: this.#crew, nowMs })
  }

  start(): void {
    const { opened } = this.#parts
    if (opened.summary !== null && opened.state === 'done') return this.#repeat(opened.summary)
    this.#ticker = setInterval(() => {
      // A commit takes what is new along, also when nothing else happens.
      if (this.#recorder.tick(this.#makeTick())) this.#committer.note()
    }, TICK_MS)
    if (this.#ledger.isComplete) return this.#finish()
    this.#inflow.begin()
    this.#crew.start()
    this.#inflow.read()
  }

  /** Raises the phase of the shutdown: drain, then abort, then kill, each with its deadline. */
  stop(phase: Exclude<Phase, 0>): void {
    if (this.#status.isFinal || this.#isClosing) return
    if (this.#status.state === 'finishing') return this.#completion.hurry(phase)
    this.#status.rewind = null
    if (this.#status.apply('stop')) this.#leave(PHASE.drain)
    this.#stopClock.raise(phase)
  }

  setPaused(isPaused: boolean): void {
    if (this.#status.apply(isPaused ? 'pause' : 'unpause'))
      this.#crew.pool.broadcast({ type: 'pause', isPaused })
  }

  /** Milliseconds since the run began, running times of earlier sessions included. */
  get elapsedMs(): number {
    return this.#ledger.elapsedMs
  }

  /** How it goes on now. */
  get steering(): Steering {
    return this.#crew.steering
  }

  /** Whether tasks are handed out, or will be: only then there is something to steer. */
  get isGoingOn(): boolean {
    return this.#status.isGoingOn && !this.#isClosing
  }

  /** @param steering As `tuned` allows it for this run. */
  steer(steering: Steering): void {
    this.#crew.steer(steering)
    this.#committer.note()
  }

  /**
   * A full disk is waited for by the records worker, and the segments hold what it cannot write; an output that is closed
   * ends the run, which stays resumable.
   */
  onOutputFailure(error: JobError): void {
    if (error.code === 'E_DISK_FULL') return this.#tellOnce(error.message)
    this.#break({ code: error.code, message: error.message, retryable: false })
  }

  #tellOnce(text: string): void {
    const withoutNumbers = text.replaceAll(/\d+/g, '')
    if (this.#told.has(withoutNumbers)) return
    this.#told.add(withoutNumbers)
    this.#parts.log.push({ type: 'run.notice', text })
  }

  #makeInflow(): Inflow {
    const { opened, startReader, log } = this.#parts
    return new Inflow({
      opened,
      startReader,
      onChange: () => this.#onSupply(),
      onBytesRead: bytes => {
        this.#ledger.aggregator.counters[COUNTER.bytesRead]! += bytes
      },
      onNotice: text => log.push({ type: 'run.notice', text }),
      onFailed: failure => this.#break(failure),
    })
  }

  #makeCrew(): Crew {
    const { opened, secrets, links, faults, nowMs, log } = this.#parts
    return new Crew({
      opened,
      work: workOf(opened),
      secrets,
      links,
      ledger: this.#ledger,
      planner: plannerOf(opened.parallelism, this.#inflow.supply, this.#ledger.settled),
      faults,
      nowMs,
      push: event => log.push(event),
      onReady: slot => this.#onReady(slot),
      onReport: (slot, report) => this.#onReport(slot, report),
      onTotal: total => this.#inflow.supply.setTotal(total),
      onStalled: (slot, failure, sinceMs) => void this.#onStalled(slot.position, failure, sinceMs),
      onRewind: reason => this.#goBack(reason),
      onBroken: failure => this.#break({ ...failure, retryable: false }),
      onEmpty: () => this.#onEmpty(),
      onStruck: () => this.#committer.note(),
    })
  }

  #makeCompletion(): Completion {
    const { records, opened, nowMs } = this.#parts
    return new Completion({
      records,
      committer: this.#committer,
      patience: this.#patience,
      // Positions are compared and removed when nobody can write them any more.
      isQuiet: opened.job.kind === 'load' ? this.#emptied.promise : Promise.resolve(),
      isFinishing: () => this.#status.state === 'finishing',
      onStalled: (failure, sinceMs) => this.#onStalled('finish', failure, sinceMs),
      onAbandoned: () => this.#abandon(),
      nowMs,
    })
  }

  #onReady(slot: Slot): void {
    if (this.#status.rewind === null) this.#status.apply('workers.ready')
    if (this.#parts.isPaused() && this.#status.apply('pause'))
      this.#crew.pool.broadcast({ type: 'pause', isPaused: true })
    else if (this.#status.state === 'paused') this.#crew.pool.send(slot, { type: 'pause', isPaused: true })
    this.#horizon?.tell()
  }

  #onSupply(): void {
    this.#crew.supplyGrew()
    if (this.#ledger.isComplete) this.#finish()
    this.#breakWithSource()
  }

  #breakWithSource(): void {
    const failure = this.#inflow.brokenAt(this.#ledger.settled.count)
    if (failure !== null) this.#break(failure)
  }

  #onReport(slot: Slot, report: WorkerReport): void {
    this.#acknowledgements.taken(slot, report.seq)
    this.#committer.note()
    if (report.leases.length > 0) this.#patience.progressed(slot.position)
    // Nobody waits for the disk here: what settled is in the destination.
    if (isOrdered(this.#parts.opened)) this.#horizon?.advance()
    if (this.#ledger.isComplete) this.#finish()
    else this.#judgeRejects(report)
    this.#breakWithSource()
  }

  #judgeRejects({ failures }: WorkerReport): void {
    const { state, rewind } = this.#status
    if (this.#rejectLimit === null || state === 'draining' || rewind !== null) return
    this.#rejectLimit.note(failures)
    const reason = this.#rejectLimit.judge(this.#ledger.counts)
    if (reason === null) return
    this.#status.stop = { code: EXIT.tasksFailed, reason }
    this.stop(PHASE.stop)
  }

  #compose(): Omit<RunCommit, 'durability'> {
    this.#acknowledgements.composed()
    const { fingerprints } = this.#inflow
    const context = { state: this.#status.state, fingerprints, suspects: this.#crew.composeSuspects() }
    const steering = this.#parts.steering()
    return {
      ...this.#ledger.compose(context),
      history: this.#recorder.take(),
      ...(steering === null ? {} : { steering }),
    }
  }

  #onCommitted(): void {
    this.#patience.goesOn('journal')
    this.#acknowledgements.committed()
    this.#crew.committed()
    this.#horizon?.advance()
  }

  /** Something cannot be written. @returns Whether to try again. */
  #onStalled(waiter: Waiter, failure: Failure, sinceMs: number): boolean {
    if (this.#status.failure !== null || this.#status.isFinal) return false
    if (this.#patience.wait(waiter, failure, sinceMs)) return true
    this.#break(failure)
    return false
  }

  /** The destination may have forgotten what was settled: this execution ends, and another one goes on from there. */
  #goBack(reason: string): void {
    const status = this.#status
    if (status.failure !== null || status.rewind !== null || !status.takes('rewind')) return
    status.rewind = reason
    status.apply('rewind')
    this.#leave(PHASE.abort)
    this.#stopClock.raise(PHASE.abort)
    if (this.#isEmpty) void this.#close()
  }

  /** Nothing new is read or handed out, and workers leave. */
  #leave(phase: Phase): void {
    this.#inflow.close()
    this.#crew.end({ type: 'phase', phase })
  }

  #break(failure: Failure): void {
    const status = this.#status
    if (status.isFinal || this.#isClosing || status.failure !== null) return
    status.failure = failure
    status.rewind = null
    this.#leave(PHASE.abort)
    status.apply('break')
    this.#stopClock.raise(PHASE.abort)
  }

  #enforce(phase: Phase): void {
    if (phase === PHASE.kill) this.#crew.pool.killAll()
    else this.#crew.pool.broadcast({ type: 'phase', phase })
  }

  /** Every task is settled: workers leave while the outputs are completed. */
  #finish(): void {
    if (this.#status.rewind !== null || !this.#status.apply('settled')) return
    this.#leave(PHASE.drain)
    this.#stopClock.raise(PHASE.abort)
    void this.#complete()
  }

  async #complete(): Promise<void> {
    try {
      const finished = await this.#completion.complete()
      if (finished === null) return
      if (finished.hasForgotten)
        return this.#goBack('the destination was started anew and has forgotten records')
      this.#status.apply('finished')
    } catch (error) {
      this.#break(failureOf(error))
    }
    if (this.#isEmpty) await this.#close()
  }

  #abandon(): void {
    if (!this.#status.apply('abandon')) return
    this.#crew.pool.killAll()
    void this.#close()
  }

  #onEmpty(): void {
    this.#isEmpty = true
    this.#emptied.resolve()
    this.#stopClock.close()
    if (this.#status.state === 'finishing') return
    this.#status.apply('emptied')
    void this.#close()
  }

  async #close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#ledger.end()
    if (this.#ticker !== null) clearInterval(this.#ticker)
    this.#completion.close()
    this.#crew.close()
    const { records } = this.#parts
    // What cannot be committed any more is not lost: it is done again when the run is resumed.
    const { failure, stop, rewind } = this.#status
    if (this.#status.state !== 'done') {
      await within(LAST_COMMITS_MS, this.#committer.flush('full'))
      // Outputs of an unfinished run hold what is committed, as far as they can.
      await within(LAST_WORDS_MS, records.finish())
    }
    this.#committer.close()
    this.#recorder.end(this.#makeTick())
    // Whoever looks while a run goes back, or finds it when that was cut short, may go on with it.
    const state = rewind === null ? this.#status.state : 'stopped'
    const notices = [...this.#parts.opened.notices, ...this.#crew.notices, ...this.#inflow.notices]
    const summary = this.#view.summarise({ state, stop, failure, notices })
    await within(LAST_WORDS_MS, records.close({ state, summary, history: this.#recorder.take() }))
    this.#ending.resolve({ summary, rewind })
  }

  /** A run that is done stays as it is: only its summary is told again. */
  #repeat(summary: RunSummary): void {
    this.#status.repeat()
    this.#isClosing = true
    this.#ending.resolve({ summary, rewind: null })
  }

  #makeTick(): ReturnType<RunView['makeTick']> {
    return this.#view.makeTick(this.#status.state, this.#inflow)
  }
}
