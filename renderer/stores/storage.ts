import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { SessionEntry } from '../../shared/contract/contract.ts'
import type { HostReport } from '../../shared/model/host-report.ts'
import type { RunEntry } from '../../shared/model/run.ts'
import type { StorageReport } from '../../shared/model/settings.ts'
import { useHostStore } from './host.ts'
import { useRunsStore } from './runs.ts'
import { useSettingsStore } from './settings.ts'

/** What the host tells of itself: its disk, its machine, and who is signed in. */
export const useStorageStore = defineStore('storage', () => {
  const host = useHostStore()
  const runs = useRunsStore()
  const settings = useSettingsStore()
  const storage = shallowRef<StorageReport | null>(null)
  const machine = shallowRef<HostReport | null>(null)
  const sessions = shallowRef<readonly SessionEntry[]>([])
  const problem = shallowRef<Error | null>(null)

  const overBytes = computed(() => {
    const budget = settings.settings.budgetBytes
    if (budget === null || storage.value === null) return 0
    return Math.max(0, storage.value.usedBytes - budget)
  })

  const load = async (): Promise<void> => {
    const client = host.client()
    try {
      ;[storage.value, sessions.value] = await Promise.all([
        client.call('host.storage', {}),
        client.call('sessions.list', {}),
      ])
      // Asking every interpreter for its version takes a second.
      machine.value = await client.call('host.inspect', {})
      problem.value = null
    } catch (error) {
      problem.value = error as Error
    }
  }

  const revoke = async (sessionId: string): Promise<void> => {
    await host.client().call('sessions.revoke', { sessionId })
    sessions.value = await host.client().call('sessions.list', {})
  }

  /** Runs that ended and carry no tag, the oldest first: what may go when room is needed. */
  const expendable = computed<readonly RunEntry[]>(() =>
    runs.runs.filter(run => !run.isOwned && run.tags.length === 0 && run.state === 'done').toReversed(),
  )

  return { storage, machine, sessions, problem, overBytes, expendable, load, revoke }
})
