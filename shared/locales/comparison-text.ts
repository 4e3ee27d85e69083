import type { ComparisonCell, ComparisonNote, ScalabilityFit } from '../model/comparison.ts'
import type { comparison } from './en/comparison.ts'
import { milliseconds, percent, significant } from './format.ts'
import type { TranslateOf } from './translate.ts'

type Texts = TranslateOf<typeof comparison>

/** @returns A fit of the Universal Scalability Law as a sentence. */
export function fitText(
  { model, sigma, kappa, r2, peakN }: Omit<ScalabilityFit, 'model'> & { readonly model: string },
  t: Texts,
): string {
  const values = { model, sigma: significant(sigma), kappa: significant(kappa), r2: r2.toFixed(3) }
  return peakN === null
    ? t('compare.fitFlat', values)
    : t('compare.fitPeak', { ...values, peak: significant(peakN) })
}

/** @returns How many runs of each point count: `5`, or `1–3` where not all could be made. */
export function countedText(cells: readonly Pick<ComparisonCell, 'throughputPerSec'>[]): string {
  const counts = cells.map(({ throughputPerSec }) => throughputPerSec.length)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most ? String(most) : `${least}–${most}`
}

/** @returns What a reader of the numbers has to know. */
export function noteText(note: ComparisonNote, t: Texts): string {
  switch (note.type) {
    case 'noisy':
      return t('compare.note.noisy', { busy: percent(note.busyRatio) })
    case 'few-repeats':
      return t('compare.note.fewRepeats', { repeats: note.repeats })
    case 'failures':
      return t('compare.note.failures', { cell: note.cell, ratio: percent(note.ratio) })
    case 'short':
      return t('compare.note.short', { cell: note.cell, time: milliseconds(note.workMs) })
    case 'start-dominates':
      return t('compare.note.startDominates', { cell: note.cell, ratio: percent(note.ratio) })
  }
}
