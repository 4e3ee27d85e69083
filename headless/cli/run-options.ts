import { resolve } from 'node:path'

import { parseAssert } from '../../engine/telemetry/asserts.ts'
import { parseAllowance } from '../../shared/model/allowance.ts'
import { parseDuration } from '../../shared/model/duration.ts'
import { JobError } from '../../shared/model/error.ts'
import type { JobKind, RunOptions } from '../../shared/model/job.ts'
import { isExportPath, outputFormatOf } from '../../shared/model/path.ts'
import { isOn, textOf, textsOf, type FlagValues } from './flag-spec.ts'
import { CommandError } from './command-error.ts'
import { checkFile } from './written-file.ts'

const DAY_MS = 24 * 3_600_000

export type OutMode = RunOptions['outMode']

/** A run that goes on has made its files already; which they are is known to its journal alone. */
export type Beginning = 'new' | 'resumed'

/** @throws CommandError, or JobError `E_CONFIG`, for values and combinations that no run takes, before anything is started. */
export function readRunOptions(values: FlagValues, cwd: string, beginning: Beginning = 'new'): RunOptions {
  const outMode = readOutMode(values)
  const mode = beginning === 'new' ? outMode : 'append'
  return {
    out: readOutputs(values, mode, cwd),
    outMode,
    allowFailures: readAllowance('--allow-failures', textOf(values, 'allow-failures') ?? '0'),
    asserts: textsOf(values, 'assert').map(text => parseAssert(text).text),
    patienceMs: readPatience(textOf(values, 'patience')),
    rejects: readRejects(textOf(values, 'rejects'), mode, cwd),
    pass: 'write',
  }
}

/** Refuses flags of other kinds of job where the command takes any kind, and only the job tells. */
export function refuseForeignFlags(kind: JobKind, values: FlagValues): void {
  const foreign = [
    ...(kind === 'load' ? ['out'] : ['rejects', 'password-file', 'max-rejects']),
    ...(kind === 'crawl' ? [] : ['header', 'header-file']),
  ]
  const found = foreign.find(flag => values[flag] !== undefined)
  if (found !== undefined) throw new CommandError(t => t('usage.notForKind', { flag: `--${found}`, kind }))
}

/** @returns What a run was given at its start, with what the command line gives anew; `null` when that is nothing. */
export function changeRunOptions(before: RunOptions, values: FlagValues, cwd: string): RunOptions | null {
  const given = readRunOptions(values, cwd, 'resumed')
  const areGiven = (...flags: readonly string[]) => flags.some(flag => values[flag] !== undefined)
  if (!areGiven('out', 'rejects', 'force', 'append', 'allow-failures', 'assert', 'patience', 'max-rejects'))
    return null
  return {
    out: areGiven('out') ? given.out : before.out,
    // Leave to replace one file is no leave to replace another.
    outMode: areGiven('out', 'rejects', 'force', 'append') ? given.outMode : before.outMode,
    allowFailures: areGiven('allow-failures') ? given.allowFailures : before.allowFailures,
    asserts: areGiven('assert') ? given.asserts : before.asserts,
    patienceMs: areGiven('patience') ? given.patienceMs : before.patienceMs,
    rejects: areGiven('rejects') ? given.rejects : before.rejects,
    pass: before.pass,
    maxRejects: textOf(values, 'max-rejects') ?? before.maxRejects,
  }
}

export function readOutMode(values: FlagValues): OutMode {
  if (isOn(values, 'force') && isOn(values, 'append')) {
    throw new CommandError(t => t('usage.together', { first: '--force', second: '--append' }))
  }
  return isOn(values, 'force') ? 'force' : isOn(values, 'append') ? 'append' : 'create'
}

/** @returns Absolute paths, and `-`; every one can be written as far as can be seen now. */
export function readOutputs(
  values: FlagValues,
  mode: OutMode,
  cwd: string,
  whatFor: 'run' | 'export' = 'run',
): readonly string[] {
  const outputs: string[] = []
  for (const given of textsOf(values, 'out')) {
    const path = given === '-' ? '-' : resolve(cwd, given)
    if (outputs.includes(path)) {
      throw new CommandError(t => (given === '-' ? t('usage.outTwice') : t('usage.outSame', { file: given })))
    }
    if (path !== '-') checkOutput(given, path, mode, whatFor)
    outputs.push(path)
  }
  const toStdout = outputs.includes('-')
  if (toStdout && isOn(values, 'json')) throw new CommandError(t => t('usage.jsonAndStdout'))
  if (toStdout && isOn(values, 'events')) throw new CommandError(t => t('usage.eventsAndStdout'))
  return outputs
}

function checkOutput(given: string, path: string, mode: OutMode, whatFor: 'run' | 'export'): void {
  if (whatFor === 'export' && !isExportPath(path))
    throw new CommandError(t => t('usage.exportFormat', { file: given }))
  if (whatFor === 'run' && outputFormatOf(path) === null)
    throw new CommandError(t => t('usage.outFormat', { file: given }))
  checkFile({ flag: '--out', file: given }, path, mode)
}

/** @returns An absolute path; `null` when none is given. */
function readRejects(given: string | undefined, mode: OutMode, cwd: string): string | null {
  if (given === undefined) return null
  if (given === '' || given === '-') {
    const [flag, value] = ['--rejects', given]
    throw new CommandError(t => t('usage.badValue', { flag, value, expected: t('expected.file') }))
  }
  const path = resolve(cwd, given)
  checkFile({ flag: '--rejects', file: given }, path, mode)
  return path
}

/** @throws CommandError for what is neither a number of tasks nor a percentage. */
export function readAllowance(flag: string, text: string): RunOptions['allowFailures'] {
  try {
    return parseAllowance(text)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    throw new CommandError(t => t('usage.badValue', { flag, value: text, expected: t('expected.allowance') }))
  }
}

function readPatience(text: string | undefined): number | null {
  if (text === undefined) return null
  const flag = '--patience'
  if (/^[1-9]\d*$/.test(text)) throw new CommandError(t => t('usage.noUnit', { flag, value: text }))
  try {
    const patienceMs = parseDuration(text, flag)
    if (patienceMs <= DAY_MS) return patienceMs
  } catch (error) {
    if (!(error instanceof JobError)) throw error
  }
  throw new CommandError(t =>
    t('usage.badValue', { flag, value: text, expected: t('expected.duration', { min: '0ms', max: '24h' }) }),
  )
}
