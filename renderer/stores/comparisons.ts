import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import type { Comparison, ComparisonEntry } from '../../shared/model/comparison.ts'
import { JobError } from '../../shared/model/error.ts'
import { useHostStore } from './host.ts'

/** Comparisons of this host: the list of them, and the one that is looked at, as far as it is made. */
export const useComparisonsStore = defineStore('comparisons', () => {
  const host = useHostStore()
  const list = comparisonList()
  const comparison = shallowRef<Comparison | null>(null)
  const failure = shallowRef<Error | null>(null)
  /** The host makes it just now, and this page hears of it. */
  const isLiving = shallowRef(false)
  let openId: string | null = null
  let stopFollowing: (() => void) | null = null

  const close = (): void => {
    stopFollowing?.()
    stopFollowing = null
    openId = null
    comparison.value = null
    failure.value = null
    isLiving.value = false
  }
  /** Shows a comparison, and follows it until it has ended. */
  const open = (comparisonId: string): void => {
    if (openId !== comparisonId) close()
    openId = comparisonId
    stopFollowing?.()
    failure.value = null
    if (host.connection !== 'open') return
    stopFollowing = host.client().on(
      'compare.watch',
      { comparisonId },
      now => {
        comparison.value = now
        isLiving.value = now.state === 'running'
      },
      error => {
        isLiving.value = false
        failure.value = error
      },
    )
  }
  watch(
    () => host.connection,
    connection => {
      if (connection === 'open' && openId !== null) open(openId)
      else isLiving.value = false
    },
  )

  const stop = async (): Promise<void> => {
    await host.client().call('compare.stop', { comparisonId: idOf(comparison.value) })
  }
  /** Its runs stay. */
  const remove = async (comparisonId: string): Promise<void> => {
    await host.client().call('compare.delete', { comparisonId })
    list.drop(comparisonId)
    if (comparison.value?.comparisonId === comparisonId) close()
  }

  const canAct = computed(() => host.mayControl && host.connection === 'open')
  const { entries, listFailure, load, leave } = list
  return {
    entries,
    listFailure,
    load,
    leave,
    comparison,
    failure,
    isLiving,
    canAct,
    open,
    close,
    stop,
    remove,
  }
})

/** The list; what is being made is followed for as long as somebody looks. */
function comparisonList() {
  const host = useHostStore()
  /** `null` before the host has answered. */
  const entries = shallowRef<readonly ComparisonEntry[] | null>(null)
  const listFailure = shallowRef<Error | null>(null)
  let followed: (() => void)[] = []

  const put = ({ comparisonId, state, runsDone, runsPlanned }: Comparison): void => {
    entries.value = (entries.value ?? []).map(entry =>
      entry.comparisonId === comparisonId ? { ...entry, state, runsDone, runsPlanned } : entry,
    )
  }
  const drop = (comparisonId: string): void => {
    if (entries.value !== null)
      entries.value = entries.value.filter(entry => entry.comparisonId !== comparisonId)
  }
  const leave = (): void => {
    for (const stop of followed) stop()
    followed = []
  }
  const load = async (): Promise<void> => {
    leave()
    try {
      const client = host.client()
      const found = await client.call('compare.list', {})
      entries.value = found
      listFailure.value = null
      followed = found
        .filter(({ state }) => state === 'running')
        .map(({ comparisonId }) => client.on('compare.watch', { comparisonId }, put))
    } catch (error) {
      listFailure.value = error as Error
    }
  }
  return { entries, listFailure, load, leave, drop }
}

function idOf(comparison: Comparison | null): string {
  if (comparison === null) throw new JobError('E_NOT_FOUND', 'no comparison is shown')
  return comparison.comparisonId
}
