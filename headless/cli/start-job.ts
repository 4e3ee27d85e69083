import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import { isOn, textOf, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import type { OpenEngine } from './open-engine.ts'
import { saveJobFile } from './job-file.ts'
import { titleOf } from './job-title.ts'
import { readProgressMode } from './progress/choose-progress.ts'
import { readRunOptions } from './run-options.ts'
import { runSession } from './run-session.ts'

/** Runs (or saves, or goes on with) the job that a command line makes. @returns The exit code. */
export async function startJob(job: JobSpec, values: FlagValues, host: Host): Promise<number> {
  const saveTo = textOf(values, 'save')
  if (saveTo !== undefined) return saveJobFile(job, saveTo, values, host)
  // Wrong flags are told before anything is opened.
  const isResuming = isOn(values, 'resume')
  readRunOptions(values, host.cwd, isResuming ? 'resumed' : 'new')
  readProgressMode(values)
  await using engine = await host.openEngine(values)
  const unfinished = isResuming ? await engine.client.call('run.find', { job }) : null
  if (unfinished !== null && unfinished.runId !== null) {
    const { resumeRun } = await import('./commands/resume.ts')
    return await resumeRun(engine, unfinished.runId, values, host)
  }
  if (unfinished !== null && !isOn(values, 'quiet')) host.output.writeErr(`${host.t('run.resumeNone')}\n`)
  return await startRun(engine, job, readRunOptions(values, host.cwd), values, host)
}

function startRun(
  engine: OpenEngine,
  job: JobSpec,
  options: RunOptions,
  values: FlagValues,
  host: Host,
): Promise<number> {
  const begin = () => engine.client.call('run.start', { job, options })
  return runSession({ engine, values, job: { kind: job.kind, title: titleOf(job) }, begin }, host)
}
