import type { JobKind } from '../../../shared/model/job.ts'
import type { TableColumn } from '../../components/table-columns.ts'
import type { Text } from '../../composables/useText.ts'

/** Columns of a run's tasks; those a kind of job has nothing to say in are left out. */
export function taskColumns(kind: JobKind, t: Text): readonly TableColumn[] {
  const end = { align: 'end', sortable: true } as const
  const crawl: readonly TableColumn[] = [
    { key: 'status', label: t('live.column.status'), width: 72, ...end },
    { key: 'totalMs', label: t('live.column.totalMs'), width: 88, ...end },
    { key: 'bodyBytes', label: t('live.column.bodyBytes'), width: 88, ...end },
    { key: 'attempts', label: t('live.column.attempts'), width: 84, ...end },
  ]
  return [
    { key: 'index', label: t('live.column.index'), width: 88, ...end },
    { key: 'outcome', label: t('live.column.outcome'), width: 116 },
    { key: 'input', label: t('live.column.input'), width: 'grow' },
    ...(kind === 'crawl'
      ? crawl
      : [{ key: 'totalMs', label: t('live.column.totalMs'), width: 88, ...end } as const]),
    { key: 'worker', label: t('live.column.worker'), width: 80, ...end },
    { key: 'startedAtMs', label: t('live.column.startedAtMs'), width: 84, ...end },
  ]
}
