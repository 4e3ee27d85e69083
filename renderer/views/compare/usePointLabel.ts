import type { ComparisonCell } from '../../../shared/model/comparison.ts'
import { useText } from '../../composables/useText.ts'

export type Labelled = Pick<ComparisonCell, 'model' | 'parallelism'>

export const numbersText = ({ parallelism: { processes, threads, inFlight } }: Labelled): string =>
  `${processes} × ${threads} × ${inFlight}`

/** @returns What a point is called on the page: its model in the page's language, with P × T × C. */
export function usePointLabel(): (cell: Labelled) => string {
  const { t } = useText()
  return cell => `${t(`compose.model.${cell.model}`)} ${numbersText(cell)}`
}
