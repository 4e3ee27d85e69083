import { ERROR_CODES } from '../../../shared/model/error.ts'
import { OUTCOMES } from '../../../shared/model/outcome.ts'
import type { Dimension } from '../../../shared/model/task-table.ts'
import { useText } from '../../composables/useText.ts'

/** @returns What a value of a dimension is called, in the language that is chosen. */
export function useDimensionNames(): (dimension: Dimension, name: string) => string {
  const { t } = useText()
  return (dimension, name) => {
    const outcome = OUTCOMES.find(known => known === name)
    if (dimension === 'outcome' && outcome !== undefined) return t(`live.outcome.${outcome}`)
    const code = ERROR_CODES.find(known => known === name)
    if (dimension === 'code' && code !== undefined) return t(`error.${code}`)
    if (dimension === 'status' && (name === '0' || name === '')) return t('live.tasks.noStatus')
    return name === '' ? '–' : name
  }
}
