import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import type { RunEntry } from '../../shared/model/run.ts'
import { useHostStore } from './host.ts'

/** Every run of this host, newest first, kept current while the page is connected. */
export const useRunsStore = defineStore('runs', () => {
  const byId = shallowRef<ReadonlyMap<string, RunEntry>>(new Map())
  const isLoaded = shallowRef(false)
  const problem = shallowRef<Error | null>(null)
  const runs = computed(() => [...byId.value.values()].sort(newestFirst))
  const living = computed(() => runs.value.filter(run => run.isOwned))
  const host = useHostStore()
  let stop: (() => void) | null = null

  const subscribe = (): void => {
    stop?.()
    let isFirst = true
    stop = host.client().on(
      'runs.watch',
      {},
      ({ entries, gone }) => {
        const next = new Map(isFirst ? [] : byId.value)
        isFirst = false
        for (const entry of entries) next.set(entry.runId, entry)
        for (const runId of gone) next.delete(runId)
        byId.value = next
        isLoaded.value = true
        problem.value = null
      },
      error => {
        problem.value = error
      },
    )
  }

  /** Follows the list for as long as the page lives. */
  const start = (): void => {
    watch(
      () => host.connection,
      connection => {
        if (connection === 'open') subscribe()
      },
      { immediate: true },
    )
  }

  /** Shown as gone at once; {@link restore} takes it back. */
  const remove = async (runId: string): Promise<void> => {
    const entry = byId.value.get(runId)
    drop(runId)
    try {
      await host.client().call('runs.delete', { runId, undoable: true })
    } catch (error) {
      if (entry !== undefined) put(entry)
      throw error
    }
  }

  const restore = async (entry: RunEntry): Promise<void> => {
    await host.client().call('runs.restore', { runId: entry.runId })
    put(entry)
  }

  const tag = async (runId: string, tags: readonly string[]): Promise<void> => {
    await host.client().call('runs.tag', { runId, tags: [...tags] })
    const entry = byId.value.get(runId)
    if (entry !== undefined) put({ ...entry, tags })
  }

  const put = (entry: RunEntry): void => {
    byId.value = new Map(byId.value).set(entry.runId, entry)
  }
  const drop = (runId: string): void => {
    const next = new Map(byId.value)
    next.delete(runId)
    byId.value = next
  }

  return { runs, living, isLoaded, problem, start, remove, restore, tag }
})

const newestFirst = (a: RunEntry, b: RunEntry): number =>
  `${a.startedAt} ${a.runId}` < `${b.startedAt} ${b.runId}` ? 1 : -1
