import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'

import { canVerify, planOf } from '../../engine/load/command-plan.ts'
import { defaultsOf } from '../../shared/model/field-schema.ts'
import { loadFields, type LoadOptions } from '../../shared/model/fields/load.ts'
import { JOB_SCHEMA, type LoadJob } from '../../shared/model/job.ts'
import {
  formatTarget,
  parseTarget,
  type LoadTarget,
  type ParsedTarget,
} from '../../shared/model/load-target.ts'
import { withoutUserinfo } from '../../shared/model/userinfo.ts'
import { CommandError } from './command-error.ts'
import { textOf, type FlagValues } from './flag-spec.ts'
import { checked, parallelismOf } from './job-flags.ts'
import { readFields } from './read-fields.ts'
import { readAllowance } from './run-options.ts'
import { isErrorWithCode } from './system-error.ts'

/** A load as a command line asks for it; the password is apart, since a job is kept. */
export interface LoadRequest {
  readonly job: LoadJob
  /** From the URI of the destination; `null` when it has none. */
  readonly password: string | null
}

/** @throws CommandError, or JobError `E_CONFIG`, before anything is started. */
export function loadJobOf(args: readonly string[], values: FlagValues, cwd: string): LoadRequest {
  const given = readFields(loadFields, withNames(values))
  const inputs = args.map(input => fileOf(input, cwd))
  const { target, password } = readTarget(given.to ?? defaultDestinationOf(inputs))
  const to = formatTarget(resolvedTarget(target, cwd))
  const load: LoadOptions = { ...defaultsOf(loadFields), ...given, to }
  checkLoadOptions(load)
  const job = checked<LoadJob>({
    schema: JOB_SCHEMA,
    kind: 'load',
    inputs,
    load,
    parallelism: parallelismOf('load', values),
  })
  return { job, password }
}

/** What was left out of a destination, by how the rest looks. */
const MEANT: readonly (readonly [pattern: RegExp, scheme: string])[] = [
  [/^[\w-]+(\.[\w-]+)*:\d{1,5}(\/\d*)?$/, 'redis://'],
  [/^[^:?]*\.(db|sqlite3?)$/i, 'sqlite:'],
  [/^[^:?]*\.(jsonl|ndjson)$/i, 'jsonl:'],
]

function readTarget(to: string): ParsedTarget {
  const [, scheme] = MEANT.find(([pattern]) => pattern.test(to)) ?? []
  if (scheme === undefined) return parseTarget(to)
  throw new CommandError(
    t => `${t('usage.toUnclear', { to })} ${t('usage.didYouMean', { name: `${scheme}${to}` })}`,
  )
}

/** @returns The options of a saved load, with the destination that it has when none is named. */
export function completedLoad({ inputs, load }: LoadJob, cwd: string): LoadOptions {
  const { target } = parseTarget(load.to ?? defaultDestinationOf(inputs))
  const completed = { ...load, to: formatTarget(resolvedTarget(target, cwd)) }
  checkLoadOptions(completed)
  return completed
}

/** What a table of fields cannot say of its values: templates, and options that do not go together. */
export function checkLoadOptions(load: LoadOptions): void {
  readAllowance('--max-rejects', load.maxRejects)
  planOf(load)
  if (!load.verify) return
  if (load.dryRun) {
    throw new CommandError(t => t('usage.together', { first: '--dry-run', second: '--verify' }))
  }
  const { kind } = targetOf(load)
  if (kind === 'jsonl' || kind === 'null') {
    throw new CommandError(t => t('usage.verifyTarget', { target: `${kind}:` }))
  }
  if (!canVerify(load)) {
    throw new CommandError(t => t('usage.verifyCommand', { command: `--command ${load.command}` }))
  }
}

/** @returns Where the records of a load on the command line go. */
export const targetOf = (load: LoadOptions): LoadTarget => parseTarget(load.to ?? 'null:').target

/** @returns The same destination, its file named by its whole path. */
export const resolvedTarget = (target: LoadTarget, folder: string): LoadTarget =>
  target.kind === 'sqlite' || target.kind === 'jsonl'
    ? { ...target, path: resolve(folder, target.path) }
    : target

const ENCODING_NAMES: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  gbk: 'gb18030',
  gb2312: 'gb18030',
}

/** Names that people have for values, put into the ones that the fields know. */
function withNames(values: FlagValues): FlagValues {
  const encoding = textOf(values, 'encoding')?.toLowerCase()
  const batch = textOf(values, 'batch')
  if (batch !== undefined && batch !== 'auto' && !/^\d+$/.test(batch)) {
    const { min, max } = loadFields.batch
    throw new CommandError(t =>
      t('usage.badValue', { flag: '--batch', value: batch, expected: t('expected.batch', { min, max }) }),
    )
  }
  return {
    ...values,
    ...(encoding === undefined ? {} : { encoding: ENCODING_NAMES[encoding] ?? encoding }),
    ...(batch === 'auto' ? { batch: undefined } : {}),
  }
}

/** A scheme of one letter is a Windows drive. */
const URL_START = /^[A-Za-z][A-Za-z0-9+.-]+:\/\//

/** @returns `-` as it is, a file as an absolute path. */
function fileOf(input: string, cwd: string): string {
  if (input === '-') return input
  const path = resolve(cwd, input)
  if (input !== '' && isThere(path)) return path
  if (URL_START.test(input))
    throw new CommandError(t => t('usage.loadUrl', { input: withoutUserinfo(input) }))
  throw new CommandError(t => `${t('usage.loadMissing', { input })} ${t('error.E_SRC_IO.hint')}`, {
    code: 'E_SRC_IO',
  })
}

/** What cannot be looked at is left to whoever opens it. */
function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    return !isErrorWithCode(error, 'ENOENT', 'ENOTDIR')
  }
}

/** @returns `sqlite:data.db` for `/tmp/data.csv.gz`; percent-encoded where a destination needs that. */
function defaultDestinationOf([input = '-']: readonly string[]): string {
  const name = input === '-' ? 'stdin' : basename(input).replace(/\.(gz|zst)$/i, '')
  const stem = name.replace(/(?<=.)\.[^.]*$/, '')
  return `sqlite:${stem}.db`.replace(/[%?]/g, character => (character === '%' ? '%25' : '%3F'))
}
