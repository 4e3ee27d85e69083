import { defineStore } from 'pinia'
import { markRaw, shallowRef } from 'vue'

import type { Secrets } from '../../shared/model/job.ts'
import type { Breakdown, Dimension, Pivot, TaskDetail, TaskFilter } from '../../shared/model/task-table.ts'
import { useHostStore } from './host.ts'
import { Asked } from './tasks/asked.ts'
import { TaskTable } from './tasks/task-table.ts'

/** The settled tasks of the run that is looked at: one by one, by cause of failure, and by what they have in common. */
export const useTasksStore = defineStore('tasks', () => {
  const host = useHostStore()
  const runId = shallowRef<string | null>(null)
  const table = markRaw(new TaskTable(() => host.client()))
  const breakdown = markRaw(new Asked<Breakdown>())
  const pivot = markRaw(new Asked<Pivot>())
  const byWorker = markRaw(new Asked<Pivot>())
  const detail = markRaw(new Asked<TaskDetail>())
  const id = (): string => runId.value ?? 'latest'

  const open = (opened: string | null): void => {
    if (opened === runId.value) return
    runId.value = opened
    for (const asked of [breakdown, pivot, byWorker, detail]) asked.clear()
    table.open(opened)
  }
  const loadBreakdown = (): Promise<void> =>
    breakdown.ask(() => host.client().call('tasks.breakdown', { runId: id(), filter: {} }))
  const loadPivot = (rows: Dimension, columns: Dimension): Promise<void> =>
    pivot.ask(() => host.client().call('tasks.pivot', { runId: id(), filter: {}, rows, columns }))
  const loadByWorker = (): Promise<void> =>
    byWorker.ask(() =>
      host.client().call('tasks.pivot', { runId: id(), filter: {}, rows: 'worker', columns: 'outcome' }),
    )
  const show = (index: number): Promise<void> =>
    detail.ask(() => host.client().call('tasks.show', { runId: id(), index }))
  /** Starts a run over those tasks again. @returns Its id, and how many tasks it has. */
  const retry = (filter: TaskFilter, secrets?: Secrets) =>
    host.client().call('tasks.retry', { runId: id(), filter, ...(secrets === undefined ? {} : { secrets }) })

  return {
    table,
    filter: table.filter,
    order: table.order,
    counts: table.counts,
    failure: table.failure,
    isLoading: table.isLoading,
    revision: table.revision,
    breakdown: breakdown.answer,
    breakdownFailure: breakdown.failure,
    pivot: pivot.answer,
    pivotFailure: pivot.failure,
    byWorker: byWorker.answer,
    shown: detail.answer,
    shownFailure: detail.failure,
    open,
    setFilter: (filter: TaskFilter) => table.setFilter(filter),
    loadBreakdown,
    loadPivot,
    loadByWorker,
    show,
    hide: () => detail.clear(),
    retry,
  }
})
