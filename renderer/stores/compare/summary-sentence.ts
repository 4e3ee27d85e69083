import { perSecond, significant } from '../../../shared/locales/format.ts'
import type { ComparisonCell } from '../../../shared/model/comparison.ts'
import type { Text } from '../../composables/useText.ts'
import type { Ranked } from './ranking.ts'

/** @param labelOf What a point is called. @returns What a comparison comes to, in one sentence. */
export function summarySentence(
  rows: readonly Ranked[],
  t: Text,
  labelOf: (cell: ComparisonCell) => string,
): string {
  const best = rows.find(({ isBest }) => isBest)
  if (best === undefined) return t('compare.says.nothing')
  const told = { best: labelOf(best.cell), rate: perSecond(best.cell.median ?? 0) }
  const others = rows.filter(({ share }) => share !== null && share.ratio !== null)
  const [second] = others
  // Others that are still to run are no end of it.
  if (second === undefined) return t(rows.length === 1 ? 'compare.says.one' : 'compare.says.first', told)
  const alike = others.filter(({ share }) => share!.verdict === 'no difference shown')
  if (alike.length > 0)
    return t('compare.says.tie', { ...told, others: alike.map(({ cell }) => labelOf(cell)).join(', ') })
  const { ratio, low, high } = second.share!
  if (ratio === null || low === null || high === null) return t('compare.says.first', told)
  const shown = { ratio: significant(ratio), low: significant(low), high: significant(high) }
  return t('compare.says.clear', { ...told, second: labelOf(second.cell), ...shown })
}
