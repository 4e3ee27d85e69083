import * as format from '../../../shared/locales/format.ts'
import type { InputReport } from '../../../shared/model/input-report.ts'
import type { Text } from '../../composables/useText.ts'

/** @returns What a line can hold of a report, the most telling first: format, encoding, size, tasks. */
export function inputFacts(report: InputReport, t: Text): readonly string[] {
  if (report.is === 'unreadable' || report.is === 'job') return []
  const { format: kind, packing, encoding, bytes, tasks, files } = report
  const named = [kind, packing].filter(name => name !== null).join(' · ')
  return [
    ...(named === '' ? [] : [named]),
    ...(encoding === null || /^utf-?8$/i.test(encoding) ? [] : [encoding.toUpperCase()]),
    ...(bytes === null ? [] : [format.bytes(bytes)]),
    ...(report.is === 'folder' ? [t('compose.files', { count: files.length })] : []),
    ...(tasks === null ? [] : [tasksText(tasks, t)]),
  ]
}

const tasksText = ({ count, isEstimate }: NonNullable<InputReport['tasks']>, t: Text): string =>
  isEstimate ? t('compose.tasksAbout', { count: rounded(count) }) : t('compose.tasks', { count })

/** An estimate has no more than two digits that say anything. */
function rounded(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.round(count / step) * step
}
