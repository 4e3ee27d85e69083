import type { Client } from '../../../shared/contract/contract.ts'
import type { JobSpec, RunOptions, Secrets } from '../../../shared/model/job.ts'
import type { RunSummary } from '../../../shared/model/run.ts'
import { NO_OPTIONS } from './results-form.ts'

export interface StartRequest {
  readonly job: JobSpec
  readonly options: RunOptions
  readonly secrets: Secrets
}

/** @returns The id of the run. */
export async function startRun(client: Client, { job, options, secrets }: StartRequest): Promise<string> {
  const hasSecret = secrets.redisPassword !== null
  const { runId } = await client.call('run.start', { job, options, ...(hasSecret ? { secrets } : {}) })
  return runId
}

/** True for a load that is to be compared with its destination when it is done. */
export const isComparedAfter = ({ job, options }: StartRequest): boolean =>
  job.kind === 'load' && job.load.verify && !job.load.dryRun && options.pass === 'write'

/** What the load could not write is not there: only more than that is a difference. */
export const comparisonOf = (request: StartRequest, { tasks }: Pick<RunSummary, 'tasks'>): StartRequest => ({
  ...request,
  options: {
    ...NO_OPTIONS,
    patienceMs: request.options.patienceMs,
    allowFailures: { unit: 'tasks', value: tasks.failed + tasks.quarantined },
    pass: 'verify',
  },
})

/**
 * Waits for the end of a load and starts its comparison, which is a run of its own; for as long as this page is open.
 *
 * @returns The id of that run; `null` when the load did not come to its end.
 */
export function compareAfter(client: Client, runId: string, request: StartRequest): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>()
  client.on(
    'run.events',
    { runId, cursor: 0 },
    ({ event }) => {
      if (event.type !== 'run.summary') return
      const { summary } = event
      if (summary.state !== 'done') resolve(null)
      else startRun(client, comparisonOf(request, summary)).then(resolve, reject)
    },
    error => {
      if (error !== null) reject(error)
    },
  )
  return promise
}
