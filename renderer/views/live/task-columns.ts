import type { JobKind } from '../../../shared/model/job.ts'
import type { TableColumn } from '../../components/table-columns.ts'
import type { Text } from '../../composables/useText.ts'

interface Shown {
  readonly kind: JobKind
  /** Beside the details of a task there is room for what finds it only. */
  readonly isNarrow: boolean
}

/** Columns of a run's tasks; those a kind of job has nothing to say in are left out. */
export function taskColumns({ kind, isNarrow }: Shown, t: Text): readonly TableColumn[] {
  const end = { align: 'end', sortable: true } as const
  const isCrawl = kind === 'crawl'
  const columns: readonly (TableColumn | false)[] = [
    { key: 'index', label: t('live.column.index'), width: 76, ...end },
    { key: 'outcome', label: t('live.column.outcome'), width: kind === 'cpu' ? 'grow' : 108 },
    kind !== 'cpu' && { key: 'input', label: t('live.column.input'), width: 'grow' },
    isCrawl && { key: 'status', label: t('live.column.status'), width: 72, ...end },
    { key: 'totalMs', label: t('live.column.totalMs'), width: 88, ...end },
    isCrawl && !isNarrow && { key: 'bodyBytes', label: t('live.column.bodyBytes'), width: 84, ...end },
    isCrawl && !isNarrow && { key: 'attempts', label: t('live.column.attempts'), width: 68, ...end },
    !isNarrow && { key: 'worker', label: t('live.column.worker'), width: 76, ...end },
    !isNarrow && { key: 'startedAtMs', label: t('live.column.startedAtMs'), width: 76, ...end },
  ]
  return columns.filter(column => column !== false)
}
