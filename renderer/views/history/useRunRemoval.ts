import type { RunEntry } from '../../../shared/model/run.ts'
import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { useRunsStore } from '../../stores/runs.ts'

/** How long the way back is offered, in milliseconds; the host keeps what was removed for longer. */
const UNDO_MS = 15_000

/** @returns Removes a run from the list and offers to take that back. */
export function useRunRemoval(): (run: RunEntry) => Promise<void> {
  const { t } = useText()
  const runs = useRunsStore()
  const toasts = useToasts()

  const restore = async (run: RunEntry): Promise<void> => {
    try {
      await runs.restore(run)
    } catch (error) {
      toasts.push({ tone: 'failed', title: t('history.restoreFailed'), text: (error as Error).message })
    }
  }

  return async run => {
    try {
      await runs.remove(run.runId)
      toasts.push({
        tone: 'neutral',
        title: t('history.removed', { title: run.title }),
        action: { label: t('history.undo'), run: () => void restore(run) },
        lastsMs: UNDO_MS,
      })
    } catch (error) {
      toasts.push({ tone: 'failed', title: t('history.removeFailed'), text: (error as Error).message })
    }
  }
}
