import { computed, shallowRef } from 'vue'
import { useRouter } from 'vue-router'

import { commandLineOf } from '../../../shared/model/command-line.ts'
import type { ErrorCode } from '../../../shared/model/error.ts'
import type { RunDetail } from '../../../shared/model/run.ts'
import type { TaskFilter } from '../../../shared/model/task-table.ts'
import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { useComposeStore } from '../../stores/compose.ts'
import { useLiveStore } from '../../stores/live.ts'
import { useTasksStore } from '../../stores/tasks.ts'
import { useRunRemoval } from '../history/useRunRemoval.ts'
import { makePauseSwitch } from './pause-switch.ts'
import { BAD } from './task-filter.ts'
import { useAction } from './useAction.ts'
import { useSecrets } from './useSecrets.ts'

export type RunAction =
  'pause' | 'stop' | 'resume' | 'again' | 'edit' | 'copy' | 'export' | 'delete' | 'retry'

/** What can be done with the run that is shown, each with what it says when it is done or fails. */
export function useRunActions() {
  const { t } = useText()
  const live = useLiveStore()
  const tasks = useTasksStore()
  const router = useRouter()
  const toasts = useToasts()
  const { busy, run } = useAction<RunAction>()
  const { request, withSecrets } = useSecrets(() => live.detail!.job)
  const removeRun = useRunRemoval()
  /** What is to be exported; `null` while nothing is. */
  const exporting = shallowRef<{ readonly filter: TaskFilter | null } | null>(null)

  const toRun = (runId: string): Promise<unknown> => router.push({ name: 'run', params: { runId } })
  const retry = (filter: TaskFilter): Promise<void> =>
    run('retry', async () => {
      const started = await withSecrets(secrets => tasks.retry(filter, secrets))
      toasts.push({ tone: 'ok', title: t('live.retry.started', { count: started.tasks }) })
      await toRun(started.runId)
    })
  const edit = async (): Promise<void> => {
    useComposeStore().openJob(live.detail!.job, live.detail!.options)
    await router.push({ name: 'compose' })
  }
  const remove = async (): Promise<void> => {
    const removed = live.detail!
    await router.push({ name: 'runs' })
    await removeRun(removed)
  }
  const pausing = makePauseSwitch({ isPaused: () => live.state === 'paused', set: live.setPaused })
  const works: Readonly<Record<Exclude<RunAction, 'stop' | 'retry'>, () => Promise<unknown>>> = {
    pause: pausing.work,
    resume: () => withSecrets(secrets => live.resume(secrets)),
    again: async () => toRun(await withSecrets(secrets => live.runAgain(secrets))),
    edit,
    copy: useCopiedCommand(),
    export: async () => void (exporting.value = { filter: null }),
    delete: remove,
  }
  return {
    busy,
    request,
    exporting,
    exportedRun: computed({
      get: () => (exporting.value === null ? null : live.detail),
      set: (_closed: Pick<RunDetail, 'runId' | 'title'> | null) => (exporting.value = null),
    }),
    act: (action: RunAction) => {
      if (action === 'stop' || action === 'retry') return
      if (action === 'pause' && (busy.value ?? 'pause') === 'pause') pausing.turn()
      void run(action, works[action])
    },
    stop: (phase: 2 | 3 | 4) => void run('stop', () => live.stop(phase)),
    retry,
    retryCause: (code: ErrorCode | null) =>
      retry(code === null ? { outcomes: BAD } : { outcomes: BAD, codes: [code] }),
  }
}

/** @returns Puts what to type to get the same run on the clipboard, or shows it where that is not allowed. */
function useCopiedCommand(): () => Promise<void> {
  const { t } = useText()
  const live = useLiveStore()
  const toasts = useToasts()
  return async () => {
    const { job, options } = live.detail!
    const command = commandLineOf(job, options)
    try {
      await navigator.clipboard.writeText(command)
      toasts.push({ tone: 'ok', title: t('live.copied') })
    } catch {
      // The page may not; the person can, from the text.
      toasts.push({ tone: 'attention', title: t('live.copyFailed'), text: command, lastsMs: Infinity })
    }
  }
}
