import type { RunEvent } from '../../shared/model/run.ts'
import type { WorkerReport } from '../worker/protocol.ts'

/** @returns What is told of the failures in a report. */
export function failureEvents({
  failures,
  failuresOmitted,
}: Pick<WorkerReport, 'failures' | 'failuresOmitted'>): RunEvent[] {
  const events: RunEvent[] = failures.map(({ index, input, outcome, code, message, retryable }) => ({
    type: 'task.failed',
    index,
    input,
    outcome,
    error: { code, message, retryable },
  }))
  if (failuresOmitted > 0) events.push({ type: 'task.failed.omitted', count: failuresOmitted })
  return events
}
