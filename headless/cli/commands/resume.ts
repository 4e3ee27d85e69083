import type { CommandCall } from '../command-spec.ts'
import type { FlagValues } from '../flag-spec.ts'
import { runIdOf } from '../run-id.ts'
import type { Host } from '../host.ts'
import type { OpenEngine } from '../open-engine.ts'
import { parallelismChangeOf } from '../job-flags.ts'
import { titleOf } from '../job-title.ts'
import { readProgressMode } from '../progress/choose-progress.ts'
import { changeRunOptions, readRunOptions } from '../run-options.ts'
import { reportSummary, runSession } from '../run-session.ts'

export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  // Wrong flags are told before anything is opened.
  parallelismChangeOf(values)
  readProgressMode(values)
  readRunOptions(values, host.cwd, 'resumed')
  await using engine = await host.openEngine(values)
  return await resumeRun(engine, runIdOf(args), values, host)
}

/** Goes on with a run; one that is finished only repeats its summary and exit code. */
export async function resumeRun(
  engine: OpenEngine,
  wanted: string,
  values: FlagValues,
  host: Host,
): Promise<number> {
  const detail = await engine.client.call('runs.show', { runId: wanted })
  if (detail.state === 'done' && !detail.isOwned) {
    await reportSummary({ summary: detail.summary, isResumable: false }, values, host)
    return detail.summary.exit.code
  }
  const change = parallelismChangeOf(values)
  return runSession(
    {
      engine,
      values,
      job: { kind: detail.kind, title: titleOf(detail.job) },
      begin: () =>
        engine.client.call('run.resume', {
          runId: detail.runId,
          options: changeRunOptions(detail.options, values, host.cwd),
          parallelism: Object.keys(change).length === 0 ? null : change,
        }),
    },
    host,
  )
}
