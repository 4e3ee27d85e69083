import { failureOf, printable, type ErrorCode, type Failure } from '../../shared/model/error.ts'
import { exitCodeOf } from '../../shared/model/exit-code.ts'
import type { JobKind } from '../../shared/model/job.ts'
import type { RunSummary } from '../../shared/model/run.ts'
import type { Translate } from '../../shared/locales/translate.ts'
import { CommandError } from './command-error.ts'

/** Why a command ended without doing what it was asked for. */
export interface Refusal {
  readonly code: ErrorCode
  readonly exitCode: number
  /** What happened and what to do. */
  readonly say: (t: Translate) => string
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof CommandError) {
    return { code: error.code, exitCode: exitCodeOf(error.code), say: error.say }
  }
  const failure = failureOf(error)
  return { code: failure.code, exitCode: exitCodeOf(failure.code), say: t => advised(failure, t) }
}

/** @returns The message as a sentence and what to do, unless it says that itself, after a semicolon. */
export function advised({ code, message }: Pick<Failure, 'code' | 'message'>, t: Translate): string {
  const sentence = /[.。!?？]$/.test(message) ? message : `${message}.`
  return message.includes(';') ? sentence : `${sentence} ${t(`error.${code}.hint`)}`
}

/** A summary whose run never came to be: no id, nothing counted. */
export type NotStarted = Omit<RunSummary, 'runId' | 'kind' | 'model' | 'parallelism'> & {
  readonly runId: null
  readonly kind: JobKind | null
  readonly model: null
  readonly parallelism: null
}

const KINDS: readonly JobKind[] = ['crawl', 'load', 'cpu']
const RUNNING_COMMANDS: readonly (string | undefined)[] = [...KINDS, 'run', 'resume']

/**
 * @param argv The command line, which may be too wrong to be parsed.
 * @returns The final document of a command that ended by an error; `null` when none was asked for.
 */
export function refusalDocument(
  argv: readonly string[],
  refusal: Refusal,
  english: Translate,
): object | null {
  const end = argv.indexOf('--')
  const flags = end < 0 ? argv : argv.slice(0, end)
  const areEvents = flags.includes('--events')
  if (!areEvents && !flags.includes('--json')) return null
  // Control characters may come from the command line, and the document goes anywhere.
  const message = printable(refusal.say(english))
  const error: Failure = { code: refusal.code, message, retryable: false }
  const exit = { code: refusal.exitCode, reason: message }
  const command = flags.find(word => !word.startsWith('-'))
  if (!RUNNING_COMMANDS.includes(command)) return { schema: 'interleave/error@1', error, exit }
  const kind = KINDS.find(name => name === command) ?? null
  const document = notStarted(kind, error, exit)
  return areEvents ? { ...document, type: 'run.summary' } : document
}

function notStarted(kind: JobKind | null, error: Failure, exit: RunSummary['exit']): NotStarted {
  return {
    schema: 'interleave/summary@1',
    runId: null,
    kind,
    state: 'failed',
    model: null,
    parallelism: null,
    tasks: { total: 0, ok: 0, failed: 0, skipped: 0, quarantined: 0, remaining: 0 },
    bytes: { read: 0, body: 0, wire: 0 },
    load: null,
    elapsedMs: 0,
    throughputPerSec: 0,
    latencyMs: { p50: null, p90: null, p95: null, p99: null, max: null },
    phases: { queueMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 },
    cpuSec: 0,
    peakRssBytes: 0,
    retries: 0,
    requests: 0,
    errors: [],
    out: [],
    digest: null,
    exit,
    error,
  }
}
