import { EXIT } from '../../shared/model/exit-code.ts'
import type { LoadJob, RunOptions, Secrets } from '../../shared/model/job.ts'
import type { LoadPreview } from '../../shared/model/load-preview.ts'
import type { RunSummary } from '../../shared/model/run.ts'
import { CommandError } from './command-error.ts'
import { EventWriter } from './events.ts'
import { isOn } from './flag-spec.ts'
import type { Host } from './host.ts'
import { factsOf } from './job-title.ts'
import { targetOf } from './load-job.ts'
import { printPreview } from './preview-lines.ts'
import { reportSummary, watchRun, type EndedRun, type SessionOptions } from './run-session.ts'

export interface LoadSessionOptions extends SessionOptions {
  readonly load: LoadJob
  readonly options: RunOptions
  readonly secrets: Secrets
}

/** What a verification came to, in the document of the load that it belongs to. */
export type Verification = Pick<
  RunSummary,
  'runId' | 'state' | 'tasks' | 'elapsedMs' | 'throughputPerSec' | 'errors' | 'exit' | 'error'
>

/** What a load adds to its summary where it was asked to. */
export interface LoadExtras {
  readonly preview?: LoadPreview
  readonly verify?: Verification
}

/**
 * One load on this command line: shown ahead where nothing is to be written, compared afterwards where that was asked
 * for. @returns The exit code.
 */
export async function loadSession(session: LoadSessionOptions, host: Host): Promise<number> {
  const { values, load } = session
  if (session.job.manner === 'work' && load.load.verify) await refuseUnverifiable(session)
  const isForPrograms = isOn(values, 'json') || isOn(values, 'events')
  const events = isOn(values, 'events') ? new EventWriter(host.output) : null
  const preview = load.load.dryRun ? await session.engine.client.call('load.preview', { job: load }) : null
  if (preview !== null && !isForPrograms) printPreview(preview, host)
  const ended = await watchRun({ ...session, onEvent: event => events?.take(event) }, host)
  const extras: LoadExtras = preview === null ? {} : { preview }
  if (!load.load.verify || session.options.pass === 'verify' || ended.summary.state !== 'done') {
    await reportSummary(ended, values, host, { events, extras })
    return ended.summary.exit.code
  }
  if (!isForPrograms) await reportSummary(ended, values, host, { events, extras })
  return await verify(ended, session, host, events)
}

/** Refuses now what a comparison with SQLite would refuse when everything is loaded: rows that nothing can be found by. */
async function refuseUnverifiable({ engine, load: job }: LoadSessionOptions): Promise<void> {
  if (targetOf(job.load).kind !== 'sqlite') return
  const { inputs } = await engine.client.call('load.preview', { job })
  const { canVerify } = await import('../../engine/destination/sqlite/sqlite-verifier.ts')
  if (inputs.every(({ format }) => format === 'rejects' || canVerify(job.load, format))) return
  throw new CommandError(t => t('usage.verifyKey', { index: '{index}' }))
}

/** Reads the inputs again and compares; the one document at the end is that of the load. */
async function verify(
  loaded: EndedRun,
  session: LoadSessionOptions,
  host: Host,
  events: EventWriter | null,
): Promise<number> {
  const { engine, values, load, secrets } = session
  const { tasks } = loaded.summary
  const options: RunOptions = {
    out: [],
    outMode: 'create',
    // What the load could not write is not there: only more than that is a difference.
    allowFailures: { unit: 'tasks', value: tasks.failed + tasks.quarantined },
    asserts: [],
    patienceMs: session.options.patienceMs,
    rejects: null,
    pass: 'verify',
  }
  const begin = () => engine.client.call('run.start', { job: load, options, secrets })
  const job = factsOf(load, options)
  const ended = await watchRun({ ...session, job, begin, onEvent: event => events?.take(event) }, host)
  const { summary } = ended
  const exit = worseOf(loaded.summary.exit, summary.exit)
  if (!isOn(values, 'json') && events === null) {
    await reportSummary(ended, values, host, { events, extras: {} })
    return exit.code
  }
  const whole = { ...loaded, summary: { ...loaded.summary, exit } }
  await reportSummary(whole, values, host, { events, extras: { verify: verificationOf(summary) } })
  return exit.code
}

/** Failed tasks are the mildest of what can go wrong, and what the load has is told before what the comparison has. */
function worseOf(load: RunSummary['exit'], verify: RunSummary['exit']): RunSummary['exit'] {
  if (verify.code === EXIT.done) return load
  if (load.code !== EXIT.done && verify.code === EXIT.tasksFailed) return load
  return { code: verify.code, reason: `verify: ${verify.reason}` }
}

const verificationOf = (summary: RunSummary): Verification => {
  const { runId, state, tasks, elapsedMs, throughputPerSec, errors, exit, error } = summary
  return { runId, state, tasks, elapsedMs, throughputPerSec, errors, exit, error }
}
