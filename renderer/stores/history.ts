import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { JOB_KINDS } from '../../shared/model/job-schema.ts'
import type { JobKind } from '../../shared/model/job.ts'
import type { RunEntry, RunState } from '../../shared/model/run.ts'
import { useRunsStore } from './runs.ts'

export const HISTORY_SORTS = ['startedAt', 'title', 'total', 'failed', 'elapsedMs', 'throughput'] as const
export type HistorySort = (typeof HISTORY_SORTS)[number]

/** What of the list is shown, and in which order; kept while the page is. */
export const useHistoryStore = defineStore('history', () => {
  const runs = useRunsStore()
  const text = shallowRef('')
  const kind = shallowRef<JobKind | 'all'>('all')
  const state = shallowRef<RunState | 'all'>('all')
  const tag = shallowRef<string | null>(null)
  const sort = shallowRef<{ readonly by: HistorySort; readonly isDescending: boolean }>({
    by: 'startedAt',
    isDescending: true,
  })

  const tags = computed(() => [...new Set(runs.runs.flatMap(run => run.tags))].sort())
  const shown = computed(() =>
    runs.runs.filter(isChosen).sort((a, b) => {
      const order = compare(valueOf(a, sort.value.by), valueOf(b, sort.value.by))
      return sort.value.isDescending ? -order : order
    }),
  )
  const isNarrowed = computed(
    () => text.value.trim() !== '' || kind.value !== 'all' || state.value !== 'all' || tag.value !== null,
  )

  const isChosen = (run: RunEntry): boolean =>
    (kind.value === 'all' || run.kind === kind.value) &&
    (state.value === 'all' || run.state === state.value) &&
    (tag.value === null || run.tags.includes(tag.value)) &&
    holdsAll(run, text.value)

  const clear = (): void => {
    text.value = ''
    kind.value = 'all'
    state.value = 'all'
    tag.value = null
  }

  return { text, kind, state, tag, tags, sort, shown, isNarrowed, clear, kinds: JOB_KINDS }
})

/** @returns Settled tasks per second over the whole run; `null` before there was time. */
export const throughputOf = ({ tasks, elapsedMs }: RunEntry): number | null =>
  elapsedMs > 0 ? ((tasks.total - tasks.remaining) * 1_000) / elapsedMs : null

/** Every word must be somewhere in what the list says of a run. */
function holdsAll(run: RunEntry, text: string): boolean {
  const told = [run.title, run.runId, run.kind, run.state, ...run.tags].join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => told.includes(word))
}

function valueOf(run: RunEntry, by: HistorySort): string | number {
  switch (by) {
    case 'startedAt':
      return `${run.startedAt} ${run.runId}`
    case 'title':
      return run.title.toLowerCase()
    case 'total':
      return run.tasks.total
    case 'failed':
      return run.tasks.failed + run.tasks.quarantined
    case 'elapsedMs':
      return run.elapsedMs
    case 'throughput':
      return throughputOf(run) ?? 0
  }
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)
