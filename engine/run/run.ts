import { failureOf, type ErrorCode, type Failure, type JobError } from '../../shared/model/error.ts'
import type { Secrets } from '../../shared/model/job.ts'
import { COUNTER } from '../../shared/model/counters.ts'
import { EXIT } from '../../shared/model/exit-code.ts'
import { PHASE, type Phase, type RunState, type RunSummary } from '../../shared/model/run.ts'
import { Supply } from '../plan/supply.ts'
import type { Slot } from '../pool/pool.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { LinkKind } from '../pool/worker-link.ts'
import type { Finished, OpenedRun, Records, RunCommit } from '../records/protocol.ts'
import type { SpanRing } from '../telemetry/span-ring.ts'
import type { FaultKind, WorkerReport } from '../worker/protocol.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { Committer } from './committer.ts'
import { Crew } from './crew.ts'
import type { EventLog } from './event-log.ts'
import { Feed } from './feed.ts'
import { Horizon } from './horizon.ts'
import { Ledger } from './ledger.ts'
import { isPassing, Patience, type Waiter } from './patience.ts'
import { plannerOf } from './plan-of.ts'
import { rejectAllowanceOf, RejectLimit } from './reject-limit.ts'
import { RunRecorder } from './run-recorder.ts'
import { isFinal, nextState, type RunStimulus } from './run-state.ts'
import { RunView } from './run-view.ts'
import { StopClock } from './stop-clock.ts'
import { within } from './within.ts'
import { isOrdered, readerSetupOf, wholeReadersOf, workOf } from './work-of.ts'

const TICK_MS = 200
/** How long a stop waits for outputs that are being completed, and how long the journal's last words may take. */
const OUTPUTS_MS = 5_000
const LAST_WORDS_MS = 1_000
/** What waits for a destination at the end tries again this often. */
const RETRY_MS = 1_000

/** How a source ends that was readable up to there. */
const BROKEN_OFF: readonly ErrorCode[] = ['E_SRC_IO', 'E_DECODE_BAD', 'E_DECODE_BOMB', 'E_TRUNCATED']

export interface RunParts {
  readonly opened: OpenedRun
  readonly secrets: Secrets
  readonly records: Records
  readonly links: LinkKind
  readonly startReader: () => ReaderLink
  readonly faults: readonly (readonly [FaultKind, number])[]
  readonly log: EventLog
  readonly spans: SpanRing
  /** Whether a pause was asked before the workers were there. */
  readonly isPaused: () => boolean
  readonly nowMs: () => number
}

/** How one execution ended. */
export interface RunEnding {
  readonly summary: RunSummary
  /** Why the run must be opened again, to go on with what its destination still holds; `null` as a rule. */
  readonly rewind: string | null
}

/**
 * One execution of a job in this process, from its opened journal to its summary.
 *
 * It owns what it starts: workers, reader, timers. `ended` resolves when all of it is gone and the journal is closed; it
 * never rejects.
 */
export class Run {
  readonly ended: Promise<RunEnding>
  readonly #parts: RunParts
  readonly #supply = new Supply()
  readonly #ledger: Ledger
  readonly #crew: Crew
  readonly #committer: Committer
  readonly #patience: Patience
  readonly #horizon: Horizon | null
  readonly #rejectLimit: RejectLimit | null
  readonly #stopClock: StopClock
  readonly #recorder: RunRecorder
  readonly #acknowledgements = new Acknowledgements((slot, seq) => this.#crew.acknowledge(slot, seq))
  readonly #view: RunView
  readonly #ending = Promise.withResolvers<RunEnding>()
  /** Resolves when every worker has left. */
  readonly #emptied = Promise.withResolvers<void>()
  #feed: Feed | null = null
  #state: RunState = 'planned'
  #failure: Failure | null = null
  /** Why a source could not be read to its end. */
  #sourceFailure: Failure | null = null
  /** Why it was stopped, where nobody had asked for it. */
  #stop: RunSummary['exit'] | null = null
  #rewind: string | null = null
  #ticker: NodeJS.Timeout | null = null
  #outputTimer: NodeJS.Timeout | null = null
  #isEmpty = false
  #isClosing = false

  constructor(parts: RunParts) {
    const { opened, records, nowMs } = parts
    this.#parts = parts
    this.ended = this.#ending.promise
    this.#ledger = new Ledger(opened, this.#supply, { nowMs, spans: parts.spans })
    this.#recorder = new RunRecorder(opened, parts.log)
    this.#patience = new Patience({
      patienceMs: opened.options.patienceMs,
      nowMs,
      onChange: reason => parts.log.push({ type: 'run.state', state: this.#state, reason }),
    })
    const allowance = rejectAllowanceOf(opened.job)
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
      readers: wholeReadersOf(opened.parallelism),
      onChange: () => this.#onSupply(),
      onBytesRead: bytes => {
        this.#ledger.aggregator.counters[COUNTER.bytesRead]! += bytes
      },
      onFailed: error => this.#onSourceFailed(error),
    })
  }

  /** Raises the phase of the shutdown: drain, then abort, then kill, each with its deadline. */
  stop(phase: Exclude<Phase, 0>): void {
    if (isFinal(this.#state) || this.#isClosing) return
    if (this.#state === 'finishing') return this.#hurryOutputs(phase)
    this.#rewind = null
    if (this.#apply('stop')) this.#leave(PHASE.drain)
    this.#stopClock.raise(phase)
  }

  setPaused(isPaused: boolean): void {
    if (this.#apply(isPaused ? 'pause' : 'unpause')) this.#crew.pool.broadcast({ type: 'pause', isPaused })
  }

  /** Milliseconds since the run began, running times of earlier sessions included. */
  get elapsedMs(): number {
    return this.#ledger.elapsedMs
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

  #makeCrew(): Crew {
    const { opened, secrets, links, faults, nowMs, log } = this.#parts
    return new Crew({
      opened,
      work: workOf(opened),
      secrets,
      links,
      ledger: this.#ledger,
      planner: plannerOf(opened.parallelism, this.#supply, this.#ledger.settled),
      faults,
      nowMs,
      push: event => log.push(event),
      onReady: slot => this.#onReady(slot),
      onReport: (slot, report) => this.#onReport(slot, report),
      onTotal: total => this.#supply.setTotal(total),
      onStalled: (slot, failure, sinceMs) => void this.#onStalled(slot.position, failure, sinceMs),
      onRewind: reason => this.#goBack(reason),
      onBroken: failure => this.#break({ ...failure, retryable: false }),
      onEmpty: () => this.#onEmpty(),
    })
  }

  /** @returns Whether the stimulus changed the state. */
  #apply(stimulus: RunStimulus): boolean {
    const next = nextState(this.#state, stimulus)
    if (next === null) return false
    this.#state = next
    const reason = this.#failure?.message ?? this.#stop?.reason ?? this.#rewind
    this.#parts.log.push({ type: 'run.state', state: next, reason })
    this.#committer.note()
    return true
  }

  #onReady(slot: Slot): void {
    if (this.#rewind === null) this.#apply('workers.ready')
    if (this.#parts.isPaused() && this.#apply('pause'))
      this.#crew.pool.broadcast({ type: 'pause', isPaused: true })
    else if (this.#state === 'paused') this.#crew.pool.send(slot, { type: 'pause', isPaused: true })
    this.#horizon?.tell()
  }

  /** What was read before a source broke off is whole, and is worked through first. */
  #onSourceFailed({ code, message }: JobError): void {
    const failure = { code, message, retryable: false }
    if (!BROKEN_OFF.includes(code) || this.#supply.isNeededWhole) return this.#break(failure)
    this.#sourceFailure = failure
    this.#breakWithSource()
  }

  #breakWithSource(): void {
    if (this.#sourceFailure === null || this.#ledger.settled.count < this.#supply.found) return
    this.#break(this.#sourceFailure)
  }

  #onSupply(): void {
    this.#crew.supplyGrew()
    if (this.#ledger.isComplete) this.#finish()
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
    if (this.#rejectLimit === null || this.#state === 'draining' || this.#rewind !== null) return
    this.#rejectLimit.note(failures)
    const reason = this.#rejectLimit.judge(this.#ledger.counts)
    if (reason === null) return
    this.#stop = { code: EXIT.tasksFailed, reason }
    this.stop(PHASE.stop)
  }

  #compose(): Omit<RunCommit, 'durability'> {
    this.#acknowledgements.composed()
    const fingerprints = this.#feed?.fingerprints ?? this.#parts.opened.fingerprints
    const context = { state: this.#state, fingerprints, suspects: this.#crew.suspects }
    return { ...this.#ledger.compose(context), history: this.#recorder.take() }
  }

  #onCommitted(): void {
    this.#patience.goesOn('journal')
    this.#acknowledgements.committed()
    this.#horizon?.advance()
  }

  /** Something cannot be written. @returns Whether to try again. */
  #onStalled(waiter: Waiter, failure: Failure, sinceMs: number): boolean {
    if (this.#failure !== null || isFinal(this.#state)) return false
    if (this.#patience.wait(waiter, failure, sinceMs)) return true
    this.#break(failure)
    return false
  }

  /** The destination may have forgotten what was settled: this execution ends, and another one goes on from there. */
  #goBack(reason: string): void {
    if (this.#failure !== null || this.#rewind !== null || nextState(this.#state, 'rewind') === null) return
    this.#rewind = reason
    this.#apply('rewind')
    this.#leave(PHASE.abort)
    this.#stopClock.raise(PHASE.abort)
    if (this.#isEmpty) void this.#close()
  }

  /** Nothing new is read or handed out, and workers leave. */
  #leave(phase: Phase): void {
    this.#feed?.close()
    this.#crew.end({ type: 'phase', phase })
  }

  #break(failure: Failure): void {
    if (isFinal(this.#state) || this.#isClosing || this.#failure !== null) return
    this.#failure = failure
    this.#rewind = null
    this.#leave(PHASE.abort)
    this.#apply('break')
    this.#stopClock.raise(PHASE.abort)
  }

  #enforce(phase: Phase): void {
    if (phase === PHASE.kill) this.#crew.pool.killAll()
    else this.#crew.pool.broadcast({ type: 'phase', phase })
  }

  /** Every task is settled: workers leave while the outputs are completed. */
  #finish(): void {
    if (this.#rewind !== null || !this.#apply('settled')) return
    this.#leave(PHASE.drain)
    this.#stopClock.raise(PHASE.abort)
    void this.#complete()
  }

  async #complete(): Promise<void> {
    try {
      await this.#committer.flush('full')
      // Positions are compared and removed when nobody can write them any more.
      if (this.#parts.opened.job.kind === 'load') await this.#emptied.promise
      if (this.#state !== 'finishing') return
      const { hasForgotten } = await this.#finishRecords()
      if (hasForgotten) return this.#goBack('the destination was started anew and has forgotten records')
      this.#apply('finished')
    } catch (error) {
      this.#break(failureOf(error))
    }
    if (this.#isEmpty) await this.#close()
  }

  /** A destination that is gone at this moment, or a full disk, is waited for. */
  async #finishRecords(): Promise<Finished> {
    const startedAtMs = this.#parts.nowMs()
    for (;;) {
      try {
        const finished = await this.#parts.records.finish()
        this.#patience.goesOn('finish')
        return finished
      } catch (error) {
        const failure = failureOf(error)
        const lastedMs = this.#parts.nowMs() - startedAtMs
        if (!isPassing(failure.code) || !this.#onStalled('finish', failure, lastedMs)) throw error
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
        if (this.#state !== 'finishing') throw error
      }
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
    this.#emptied.resolve()
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
    const { records } = this.#parts
    // What cannot be committed any more is not lost: it is done again when the run is resumed.
    if (this.#state !== 'done') {
      await within(OUTPUTS_MS, this.#committer.flush('full'))
      // Outputs of an unfinished run hold what is committed, as far as they can.
      await within(LAST_WORDS_MS, records.finish())
    }
    this.#committer.close()
    this.#recorder.end(this.#makeTick())
    // Whoever looks while a run goes back, or finds it when that was cut short, may go on with it.
    const state = this.#rewind === null ? this.#state : 'stopped'
    const summary = this.#view.summarise({ state, stop: this.#stop, failure: this.#failure })
    await within(LAST_WORDS_MS, records.close({ state, summary, history: this.#recorder.take() }))
    this.#ending.resolve({ summary, rewind: this.#rewind })
  }

  /** A run that is done stays as it is: only its summary is told again. */
  #repeat(summary: RunSummary): void {
    this.#state = 'done'
    this.#isClosing = true
    this.#ending.resolve({ summary, rewind: null })
  }

  #makeTick(): ReturnType<RunView['makeTick']> {
    return this.#view.makeTick(this.#state, this.#feed)
  }
}
