import type { Secrets } from '../../../shared/model/job.ts'
import type { CommandCall } from '../command-spec.ts'
import type { FlagValues } from '../flag-spec.ts'
import { runIdOf } from '../run-id.ts'
import type { Host } from '../host.ts'
import type { OpenEngine } from '../open-engine.ts'
import { parallelismChangeOf } from '../job-flags.ts'
import { factsOf } from '../job-title.ts'
import { readProgressMode } from '../progress/choose-progress.ts'
import { changeRunOptions, readRunOptions, refuseForeignFlags } from '../run-options.ts'
import { reportSummary, runSession } from '../run-session.ts'
import { readSecrets } from '../secrets.ts'

export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  // Wrong flags are told before anything is opened.
  parallelismChangeOf(values)
  readProgressMode(values)
  readRunOptions(values, host.cwd, 'resumed')
  await using engine = await host.openEngine(values)
  return await resumeRun({ engine, runId: runIdOf(args) }, values, host)
}

export interface ResumeRequest {
  readonly engine: OpenEngine
  /** An id, the beginning of one, or `latest`. */
  readonly runId: string
  /** Absent where only the run tells which there are to ask for. */
  readonly secrets?: Secrets
}

/** Goes on with a run; one that is finished only repeats its summary and exit code. */
export async function resumeRun(
  { engine, runId, ...request }: ResumeRequest,
  values: FlagValues,
  host: Host,
): Promise<number> {
  const detail = await engine.client.call('runs.show', { runId })
  refuseForeignFlags(detail.kind, values)
  if (detail.state === 'done' && !detail.isOwned) {
    const ended = { summary: detail.summary, isResumable: false, job: factsOf(detail.job, detail.options) }
    await reportSummary(ended, values, host)
    return detail.summary.exit.code
  }
  const { job } = detail
  const secrets = request.secrets ?? readSecrets(job, values, host)
  const change = parallelismChangeOf(values)
  const options = changeRunOptions(detail.options, values, host.cwd)
  const session = {
    engine,
    values,
    job: factsOf(job, detail.options),
    begin: () =>
      engine.client.call('run.resume', {
        runId: detail.runId,
        options,
        parallelism: Object.keys(change).length === 0 ? null : change,
        secrets,
      }),
  }
  if (job.kind !== 'load') return await runSession(session, host)
  const { loadSession } = await import('../load-session.ts')
  return await loadSession({ ...session, load: job, options: options ?? detail.options, secrets }, host)
}
