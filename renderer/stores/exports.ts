import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import type { TaskFilter } from '../../shared/model/task-table.ts'
import { useHostStore } from './host.ts'

export type ExportFormat = 'jsonl' | 'csv' | 'db' | 'trace.json'

export interface ExportWish {
  readonly runId: string
  readonly format: ExportFormat
  readonly isSpreadsheetSafe: boolean
  /** `null` for every task. */
  readonly filter: TaskFilter | null
  /** Only tasks that were under way in it. */
  readonly window?: { readonly fromMs: number; readonly toMs: number }
}

/** The export that is being made: written on the host, then handed over to the person. */
export const useExportsStore = defineStore('exports', () => {
  const host = useHostStore()
  const stage = shallowRef<'idle' | 'writing' | 'saving'>('idle')
  const sentRatio = shallowRef<number | null>(null)
  let aborting: AbortController | null = null

  /** @returns How many records there are in it. Rejects with `E_CANCELLED` after {@link cancel}. */
  const make = async (wish: ExportWish): Promise<number> => {
    const controller = new AbortController()
    aborting = controller
    stage.value = 'writing'
    sentRatio.value = null
    try {
      const ref = await host.client().call('export.make', wish)
      stage.value = 'saving'
      try {
        controller.signal.throwIfAborted()
        await host.host.saveExport(
          ref,
          sent => {
            sentRatio.value = ref.bytes === 0 ? 1 : sent / ref.bytes
          },
          controller.signal,
        )
      } finally {
        await host.client().call('export.drop', { exportId: ref.exportId })
      }
      return ref.records
    } finally {
      stage.value = 'idle'
      aborting = null
    }
  }

  const cancel = (): void => aborting?.abort()

  return { stage, sentRatio, make, cancel }
})
