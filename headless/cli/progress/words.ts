import { totalInFlight, type Parallelism } from '../../../shared/model/fields/parallelism.ts'
import { bytes, clock, compact } from '../../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import type { RunTick } from '../../../shared/model/run.ts'
import type { JobFacts } from '../job-title.ts'

/** Phrases that the live view, the plain lines and the summary have in common. */

/** @returns The kind of a job, or what its run does instead. */
export const nameOf = ({ kind, manner }: JobFacts): string => (manner === 'verify' ? manner : kind)

/** @returns `processes 2 × 1 × 64 = 128`. */
export const parallelismText = (parallelism: Parallelism): string =>
  `${parallelism.model} ${parallelism.processes} × ${parallelism.threads} × ${parallelism.inFlight} = ${groupDigits(totalInFlight(parallelism))}`

export const settledTasks = ({ tasks }: RunTick): number => tasks.total - tasks.remaining

/** @returns `61,204 of 100,000`; shortened to `61.2k of 100k` where there is little room. */
export function doneText(tick: RunTick, t: Translate, room: 'wide' | 'narrow'): string {
  const write = room === 'wide' ? groupDigits : compact
  const values = { done: write(settledTasks(tick)), total: write(tick.tasks.total) }
  return tick.totalIsFinal ? t('progress.of', values) : t('progress.soFar', values)
}

/** @returns `ETA 0:26–0:31`, or `null` when nothing is left or nothing is known. */
export function etaText(tick: RunTick, t: Translate): string | null {
  const isAtEnd = tick.totalIsFinal && tick.tasks.remaining === 0
  if (tick.etaMs === null || isAtEnd) return null
  const low = clock(tick.etaMs.low)
  const high = clock(tick.etaMs.high)
  return low === high ? t('progress.etaOne', { low }) : t('progress.eta', { low, high })
}

/** @returns 0..1, from the tick itself or from its counts once the total is final; `null` when nothing tells. */
export function progressRatio(tick: RunTick): number | null {
  if (tick.progressRatio !== null) return tick.progressRatio
  if (!tick.totalIsFinal) return null
  return tick.tasks.total === 0 ? 1 : settledTasks(tick) / tick.tasks.total
}

/** @returns `312 failed`, or what that is called of records. */
export function failedText(tick: RunTick, { kind, manner }: JobFacts, t: Translate): string {
  const count = failedTasks(tick)
  if (kind !== 'load') return t('progress.failed', { count })
  return manner === 'verify' ? t('summary.differing', { count }) : t('summary.rejected', { count })
}

/** @returns `63,000 read · 62,000 sent · 61,204 acknowledged`, as parts; nothing for other kinds than loads. */
export function recordTexts({ load }: RunTick, t: Translate): string[] {
  if (load === null) return []
  return [
    t('progress.read', { count: load.read }),
    t('progress.sent', { count: load.sent }),
    t('progress.acknowledged', { count: load.acknowledged }),
  ]
}

/** @returns `128 of 128`; of a load, in which records travel together, `4 of 4 batches`. */
export function inFlightText({ inFlight, limit, load }: RunTick, t: Translate): string {
  const values = { count: inFlight, limit }
  return load === null ? t('progress.inFlightOf', values) : t('progress.batchesOf', values)
}

/** @returns What is waited for, or that it goes on. */
export const waitingText = ({ waitingFor }: { readonly waitingFor: string | null }, t: Translate): string =>
  waitingFor === null ? t('run.goesOn') : t('run.waitingFor', { reason: waitingFor })

/** @returns `12.3 MiB read, 4.1 MiB/s`: since the run began. */
export function bytesText({ bytes: { read }, elapsedMs }: RunTick, t: Translate): string {
  const rate = elapsedMs > 0 ? (read * 1_000) / elapsedMs : 0
  return t('progress.bytesRead', { size: bytes(read), rate: `${bytes(rate)}/s` })
}

export const failedTasks = ({ tasks }: RunTick): number => tasks.failed + tasks.quarantined
