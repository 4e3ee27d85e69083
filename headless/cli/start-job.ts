import { completedHeaders, secretHeaders } from '../../shared/model/header-secrets.ts'
import { NO_SECRETS, type JobSpec, type RunOptions, type Secrets } from '../../shared/model/job.ts'
import { isOn, textOf, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import { saveJobFile } from './job-file.ts'
import { factsOf } from './job-title.ts'
import { readProgressMode } from './progress/choose-progress.ts'
import { readRunOptions, type Beginning } from './run-options.ts'
import { runSession } from './run-session.ts'

/** What a command line asks for: a job, and what is kept nowhere. */
export interface JobRequest {
  readonly job: JobSpec
  readonly secrets?: Secrets
}

/** Runs (or saves, or goes on with) the job that a command line makes. @returns The exit code. */
export async function startJob(
  { job, secrets = NO_SECRETS }: JobRequest,
  values: FlagValues,
  host: Host,
): Promise<number> {
  const saveTo = textOf(values, 'save')
  if (saveTo !== undefined) return saveJobFile(job, saveTo, values, host)
  // Wrong flags are told before anything is opened.
  const isResuming = isOn(values, 'resume')
  await optionsFor(job, values, host, isResuming ? 'resumed' : 'new')
  readProgressMode(values)
  await using engine = await host.openEngine(values)
  const unfinished = isResuming ? await engine.client.call('run.find', { job }) : null
  if (unfinished !== null && unfinished.runId !== null) {
    const { resumeRun } = await import('./commands/resume.ts')
    const again = { engine, runId: unfinished.runId, secrets: givenAgain(job, secrets) }
    return await resumeRun(again, values, host)
  }
  if (unfinished !== null && !isOn(values, 'quiet')) host.output.writeErr(`${host.t('run.resumeNone')}\n`)
  const options = await optionsFor(job, values, host, 'new')
  const session = {
    engine,
    values,
    job: factsOf(job, options),
    begin: () => engine.client.call('run.start', { job, options, secrets }),
  }
  if (job.kind !== 'load') return await runSession(session, host)
  const { loadSession } = await import('./load-session.ts')
  return await loadSession({ ...session, load: job, options, secrets }, host)
}

/** The run that is found has the same headers, and kept nothing but the names of these. */
const givenAgain = (job: JobSpec, secrets: Secrets): Secrets =>
  job.kind !== 'crawl'
    ? secrets
    : {
        ...secrets,
        headers: secretHeaders(completedHeaders(job.crawl.headers, secrets.headers)),
      }

async function optionsFor(
  job: JobSpec,
  values: FlagValues,
  host: Host,
  beginning: Beginning,
): Promise<RunOptions> {
  const options = readRunOptions(values, host.cwd, beginning)
  if (job.kind !== 'load') return options
  const { loadRunOptions } = await import('./load-files.ts')
  return loadRunOptions(job, options, host.cwd, beginning)
}
