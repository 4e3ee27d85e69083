import { EXIT } from '../../shared/model/exit-code.ts'
import { PHASE, type RunEvent, type RunSummary } from '../../shared/model/run.ts'
import { eventLine, EventWriter } from './events.ts'
import { isOn, type FlagValues } from './flag-spec.ts'
import { followRun } from './follow-run.ts'
import type { Host } from './host.ts'
import type { JobFacts } from './job-title.ts'
import type { OpenEngine } from './open-engine.ts'
import { chooseProgress, readProgressMode } from './progress/choose-progress.ts'
import type { Progress } from './progress/progress.ts'
import { ProgressView } from './progress/view.ts'
import { nameOf, parallelismText } from './progress/words.ts'
import { StopSignals, type StopSignal } from './stop-signals.ts'
import { paintLine } from './terminal/line.ts'

export interface SessionOptions {
  readonly engine: OpenEngine
  readonly values: FlagValues
  readonly job: JobFacts
  /** Starts or resumes the run; called when signals are already taken care of. */
  readonly begin: () => Promise<{ readonly runId: string }>
}

/** One run on this command line: shown, stoppable by signals, summed up. @returns The exit code. */
export async function runSession(options: SessionOptions, host: Host): Promise<number> {
  const events = isOn(options.values, 'events') ? new EventWriter(host.output) : null
  const ended = await watchRun({ ...options, onEvent: event => events?.take(event) }, host)
  await reportSummary(ended, options.values, host, { events })
  return ended.summary.exit.code
}

export interface WatchOptions extends SessionOptions {
  /** Every event but the summary, which is told when it is known what stopped the run. */
  readonly onEvent: (event: RunEvent) => void
  /** Whether sentences about the run's start are left out. */
  readonly isSilent?: boolean
}

/** What a run came to. */
export interface EndedRun {
  readonly summary: RunSummary
  /** False for a run whose input could be read only once. */
  readonly isResumable: boolean
  readonly job: JobFacts
}

export interface WatchedRun extends EndedRun {
  /** The signal that asked the run to stop, if one did. */
  readonly signal: StopSignal | null
}

/** Starts a run, shows it and stops it on signals; nothing is left on the terminal at its end. */
export async function watchRun(options: WatchOptions, host: Host): Promise<WatchedRun> {
  const view = new ProgressView(options.job)
  const progress = await chooseProgress(view, options.values, host)
  try {
    return await new RunSession(options, host, progress).run()
  } finally {
    progress.close()
  }
}

class RunSession {
  readonly #options: WatchOptions
  readonly #host: Host
  readonly #progress: Progress
  readonly #signals: StopSignals
  #runId: string | null = null
  #phase = 0
  #isOutClosed = false
  #isResumable = true

  constructor(options: WatchOptions, host: Host, progress: Progress) {
    this.#options = options
    this.#host = host
    this.#progress = progress
    this.#signals = new StopSignals({
      onPhase: phase => this.#stop(phase),
      onGiveUp: code => {
        progress.close()
        host.exit(code)
      },
    })
  }

  async run(): Promise<WatchedRun> {
    const { engine, begin } = this.#options
    this.#signals.attach()
    this.#host.output.onOutClosed(() => this.#outClosed())
    try {
      const { runId } = await begin()
      this.#runId = runId
      if (this.#phase > 0) this.#sendPhase()
      const summary = await followRun(engine.client, runId, event => this.#take(event))
      return {
        summary: this.#withOwnEnding(summary),
        isResumable: this.#isResumable,
        job: this.#options.job,
        signal: this.#signals.received,
      }
    } finally {
      this.#signals.detach()
    }
  }

  #take(event: RunEvent): void {
    if (event.type === 'run.started') {
      this.#isResumable = event.resumable
      if (this.#options.isSilent !== true) this.#announce(event)
    }
    if (event.type !== 'run.summary') this.#options.onEvent(event)
    this.#progress.take(event)
  }

  #announce(event: Extract<RunEvent, { type: 'run.started' }>): void {
    const { t } = this.#host
    const { job } = this.#options
    const values = {
      run: event.runId,
      title: `${nameOf(job)} ${job.title}`,
      parallelism: parallelismText(event.parallelism),
    }
    this.#progress.note(event.resumed ? t('run.resumed', values) : t('run.started', values))
    if (!event.resumable) this.#progress.note(t('run.notResumable'))
    for (const notice of event.notices) this.#progress.note(notice)
  }

  #stop(phase: 1 | 2 | 3 | 4): void {
    const { t } = this.#host
    this.#phase = Math.max(this.#phase, phase)
    const sentence =
      phase === PHASE.kill ? 'run.killing' : phase === PHASE.abort ? 'run.aborting' : 'run.stopping'
    this.#progress.note(t(sentence))
    this.#sendPhase()
  }

  #sendPhase(): void {
    if (this.#runId === null) return
    const { client } = this.#options.engine
    const phase = this.#phase as 1 | 2 | 3 | 4
    client.call('run.stop', { runId: this.#runId, phase }).catch((error: unknown) => {
      // The run may have ended meanwhile; its summary says how.
      this.#progress.note(error instanceof Error ? error.message : String(error))
    })
  }

  /** Nobody reads what the run was started for. */
  #outClosed(): void {
    this.#isOutClosed = true
    if (this.#phase < PHASE.drain) this.#stop(PHASE.drain)
  }

  /** What stopped the run from here decides the exit code, unless the run was done before. */
  #withOwnEnding(summary: RunSummary): RunSummary {
    if (summary.state !== 'stopped') return summary
    const signal = this.#signals.received
    if (signal !== null) {
      return { ...summary, exit: { code: this.#signals.exitCode, reason: `stopped by ${signal}` } }
    }
    if (!this.#isOutClosed) return summary
    return { ...summary, exit: { code: EXIT.unable, reason: 'nobody reads standard output any more' } }
  }
}

export interface ReportOptions {
  /** Where `--events` go; made anew when there is none yet. */
  readonly events?: EventWriter | null
  /** Members that the document for programs has besides those of the summary. */
  readonly extras?: object
}

/** Writes what a run came to: for people on standard error, for programs on standard output. */
export async function reportSummary(
  { summary, isResumable, job }: EndedRun,
  values: FlagValues,
  host: Host,
  { events = isOn(values, 'events') ? new EventWriter(host.output) : null, extras = {} }: ReportOptions = {},
): Promise<void> {
  const { output, t, glyphs } = host
  const document = { ...summary, ...extras }
  // Where progress is for programs, so is what ends it.
  if (readProgressMode(values) === 'json') {
    output.writeErr(eventLine({ type: 'run.summary', summary: document }))
  } else if (!isOn(values, 'quiet')) {
    const { summaryLines } = await import('./summary-lines.ts')
    const style = { columns: host.errSize().columns, t, glyphs, isResumable, job }
    const lines = summaryLines(summary, style)
    output.writeErr(`${lines.map(line => paintLine(line, host.paintErr)).join('\n')}\n`)
  } else if (summary.exit.code !== 0) {
    output.writeErr(
      `${t('summary.exit', { code: String(summary.exit.code), reason: summary.exit.reason })}\n`,
    )
  }
  // With both flags the last event is the one document.
  if (events !== null) events.summary(document)
  else if (isOn(values, 'json')) output.writeOut(`${JSON.stringify(document)}\n`)
}
