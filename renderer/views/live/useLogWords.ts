import { groupDigits } from '../../../shared/locales/translate.ts'
import type { LoggedRunEvent } from '../../../shared/model/run-history.ts'
import { totalInFlight } from '../../../shared/model/fields/parallelism.ts'
import { useText } from '../../composables/useText.ts'
import type { LogLine } from '../../stores/live/changes.ts'
import { useMarkerWords } from './useMarkerWords.ts'

/** Lines of a run's log, in the language that is chosen. */
export function useLogWords(): (line: LogLine) => string {
  const { t } = useText()
  const { changeText } = useMarkerWords()
  const startText = (event: Extract<LoggedRunEvent, { type: 'run.started' }>): string => {
    const { model, processes, threads, inFlight } = event.parallelism
    const total = groupDigits(totalInFlight(event.parallelism))
    return t(event.resumed ? 'live.log.resumed' : 'live.log.started', {
      model,
      parallelism: `${processes} × ${threads} × ${inFlight} = ${total}`,
      pid: String(event.pid),
    })
  }
  return ({ event, changes }) => {
    switch (event.type) {
      case 'run.started':
        return [startText(event), ...event.notices.map(text => t('live.log.notice', { text }))].join(' · ')
      case 'run.notice':
        return t('live.log.notice', { text: event.text })
      case 'worker.started':
        return t('live.log.workerStarted', { worker: event.worker, pid: String(event.pid) })
      case 'worker.exited': {
        const { worker, reason } = event
        return t('live.log.workerExited', { worker, pid: String(event.pid), reason })
      }
      case 'run.state': {
        const state = t(`state.${event.state}`)
        return event.reason === null
          ? t('live.log.state', { state })
          : t('live.log.stateReason', { state, reason: event.reason })
      }
      case 'run.tuned':
        return t('live.log.tuned', { changes: changes.map(changeText).join(', ') })
      case 'run.summary': {
        const { tasks, state } = event.summary
        const failed = tasks.failed + tasks.quarantined
        return t('live.log.ended', {
          state: t(`state.${state}`),
          ok: tasks.ok,
          failed,
          remaining: tasks.remaining,
        })
      }
      case 'task.failed':
      case 'task.failed.omitted':
        return ''
    }
  }
}
