import type { Client } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { RunEvent, RunSummary } from '../../shared/model/run.ts'

/**
 * Follows a run to its summary, through slow moments too: a subscription that the host ended because this side was
 * slow is taken up again after the last event seen.
 *
 * @param onEvent Every event in order; of ticks only the newest may come.
 * @returns The run's summary.
 */
export function followRun(
  client: Client,
  runId: string,
  onEvent: (event: RunEvent) => void,
): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    let cursor = 0
    let summary: RunSummary | null = null
    const subscribe = (): void => {
      client.on(
        'run.events',
        { runId, cursor },
        push => {
          cursor = push.cursor
          if (push.event.type === 'run.summary') summary = push.event.summary
          onEvent(push.event)
          if (summary !== null) resolve(summary)
        },
        error => {
          if (summary !== null) return
          if (error instanceof JobError && error.code === 'E_LIMIT') subscribe()
          else
            reject(error ?? new JobError('E_INTERNAL', `the events of run ${runId} ended without a summary`))
        },
      )
    }
    subscribe()
  })
}
