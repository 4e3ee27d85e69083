import { totalInFlight, type Parallelism } from '../../../shared/model/fields/parallelism.ts'
import { clock, compact } from '../../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import type { RunTick } from '../../../shared/model/run.ts'

/** Phrases that the live view, the plain lines and the summary have in common. */

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
  if (tick.etaMs === null || tick.tasks.remaining === 0) return null
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

export const failedTasks = ({ tasks }: RunTick): number => tasks.failed + tasks.quarantined
