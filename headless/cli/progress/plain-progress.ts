import { clock, milliseconds, percent, perSecond } from '../../../shared/locales/format.ts'
import type { Translate } from '../../../shared/locales/translate.ts'
import type { RunEvent, RunTick } from '../../../shared/model/run.ts'
import type { Progress } from './progress.ts'
import type { JobFacts } from '../job-title.ts'
import type { ProgressView } from './view.ts'
import {
  bytesText,
  doneText,
  etaText,
  failedTasks,
  failedText,
  inFlightText,
  progressRatio,
  recordTexts,
  waitingText,
} from './words.ts'

export interface PlainOptions {
  readonly view: ProgressView
  readonly write: (text: string) => void
  readonly t: Translate
  /**
   * `steady` writes a line a second. `sparse` is for logs that nobody watches: the first line after 5 s, then half
   * as many each time, down to one a minute.
   */
  readonly pace: 'steady' | 'sparse'
}

const STEADY_MS = 1_000
const SPARSE_FIRST_MS = 5_000
const SPARSE_LAST_MS = 60_000

/** Progress as lines that stay, for logs, pipes and screen readers. */
export class PlainProgress implements Progress {
  readonly #options: PlainOptions
  #stepMs: number
  #nextMs: number | null = null
  #isClosed = false

  constructor(options: PlainOptions) {
    this.#options = options
    this.#stepMs = options.pace === 'steady' ? STEADY_MS : SPARSE_FIRST_MS
  }

  take(event: RunEvent): void {
    const { view, t } = this.#options
    const before = { state: view.state, waitingFor: view.waitingFor }
    view.take(event)
    if (view.waitingFor !== before.waitingFor) this.note(waitingText(view, t))
    if (event.type === 'tick') this.#takeTick(event.tick)
    else if (event.type === 'worker.exited' && this.#options.pace === 'steady') {
      const { worker, pid, reason } = event
      this.note(t('run.workerExited', { worker, pid: String(pid), reason }))
    } else if (
      event.type === 'run.state' &&
      event.state !== before.state &&
      this.#options.pace === 'steady'
    ) {
      this.note(t('run.stateIs', { state: t(`state.${event.state}`) }))
    }
  }

  note(text: string): void {
    if (!this.#isClosed) this.#options.write(`${text}\n`)
  }

  close(): void {
    this.#isClosed = true
  }

  #takeTick(tick: RunTick): void {
    // A resumed run begins with the time it ran before.
    this.#nextMs ??= tick.elapsedMs + this.#stepMs
    if (tick.elapsedMs < this.#nextMs) return
    if (this.#options.pace === 'sparse') this.#stepMs = Math.min(SPARSE_LAST_MS, this.#stepMs * 2)
    this.#nextMs = tick.elapsedMs + this.#stepMs
    const { view, t } = this.#options
    this.note(plainLine(tick, view.job, t))
  }
}

/** @returns `0:12  running  61,204 of 100,000 (61 %)  312 failed  1,842/s  p95 184 ms  in flight 128 of 128  ETA 0:26–0:31`. */
export function plainLine(tick: RunTick, job: JobFacts, t: Translate): string {
  const ratio = progressRatio(tick)
  const failed = failedTasks(tick)
  const parts = [
    clock(tick.elapsedMs),
    t(`state.${tick.state}`),
    doneText(tick, t, 'wide') + (ratio === null ? '' : ` (${percent(ratio)})`),
    failed > 0 ? failedText(tick, job, t) : null,
    perSecond(tick.throughput.nowPerSec),
    ...recordTexts(tick, t),
    ...(tick.load === null ? [] : [bytesText(tick, t)]),
    tick.latencyMs.p95 === null ? null : `p95 ${milliseconds(tick.latencyMs.p95)}`,
    `${t('progress.inFlight')} ${inFlightText(tick, t)}`,
    etaText(tick, t),
  ]
  return parts.filter(part => part !== null).join('  ')
}
