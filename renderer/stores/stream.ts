import { defineStore } from 'pinia'
import { markRaw } from 'vue'

import { failureOf } from '../../shared/model/error.ts'
import type { StreamQuestion, TaskStream } from '../../shared/model/task-stream.ts'
import type { JobKind } from '../../shared/model/job.ts'
import { useHostStore } from './host.ts'
import { Asked } from './tasks/asked.ts'
import { BatchSpans } from './stream/batch-spans.ts'
import { StreamLoader } from './stream/stream-loader.ts'
import type { TaskDetail } from '../../shared/model/task-table.ts'

/** The execution path of the run that is looked at: lanes from its records, or the batches that a load still tells. */
export const useStreamStore = defineStore('stream', () => {
  const host = useHostStore()
  let run: { readonly runId: string; readonly kind: JobKind } | null = null
  let batches = new BatchSpans()
  let cursor = 0
  const pointed = markRaw(new Asked<TaskDetail>())

  const readBatches = async (runId: string): Promise<void> => {
    for (;;) {
      const mine = batches
      const { next, spans } = await host.client().call('run.spans', { runId, from: cursor })
      if (mine !== batches) return
      batches.add(spans)
      const isLast = next === cursor || spans.length === 0
      cursor = next
      if (isLast) return
    }
  }
  const ask = async (question: StreamQuestion): Promise<TaskStream> => {
    const { runId, kind } = run!
    if (kind !== 'load') return host.client().call('tasks.stream', { runId, ...question })
    await readBatches(runId).catch((error: unknown) => {
      // It has come to its end: what was told until then is what there is.
      if (failureOf(error).code !== 'E_NOT_FOUND') throw error
    })
    return { gap: null, ...batches.window(question) }
  }
  const loader = markRaw(new StreamLoader(ask))

  return {
    data: loader.data,
    failure: loader.failure,
    isLoading: loader.isLoading,
    pointed: pointed.answer,
    open: (runId: string, kind: JobKind): void => {
      run = { runId, kind }
      batches = new BatchSpans()
      cursor = 0
      loader.clear()
      pointed.clear()
    },
    load: (question: StreamQuestion) => loader.load(question),
    /** Another question than what is looked at, for an export. */
    ask,
    /** What is known of the task that is pointed at. */
    point: (index: number): Promise<void> =>
      pointed.ask(() => host.client().call('tasks.show', { runId: run!.runId, index })),
    unpoint: () => pointed.clear(),
    saveText: (name: string, text: string) => host.host.saveText(name, text),
  }
})
