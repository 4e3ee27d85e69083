import { statSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { parseAssert } from '../../engine/telemetry/asserts.ts'
import { parseDuration } from '../../shared/model/duration.ts'
import { JobError } from '../../shared/model/error.ts'
import type { RunOptions } from '../../shared/model/job.ts'
import { outputFormatOf } from '../../shared/model/path.ts'
import { isOn, textOf, textsOf, type FlagValues } from './flag-spec.ts'
import { isErrorWithCode } from './system-error.ts'
import { CommandError } from './command-error.ts'

const DAY_MS = 24 * 3_600_000
const TASKS_LIMIT = 4_000_000_000

export type OutMode = RunOptions['outMode']

/** A run that goes on has made its files already; which they are is known to its journal alone. */
export type Beginning = 'new' | 'resumed'

/** @throws CommandError, or JobError `E_CONFIG`, for values and combinations that no run takes, before anything is started. */
export function readRunOptions(values: FlagValues, cwd: string, beginning: Beginning = 'new'): RunOptions {
  const outMode = readOutMode(values)
  return {
    out: readOutputs(values, beginning === 'new' ? outMode : 'append', cwd),
    outMode,
    allowFailures: readAllowance(textOf(values, 'allow-failures')),
    asserts: textsOf(values, 'assert').map(text => parseAssert(text).text),
    patienceMs: readPatience(textOf(values, 'patience')),
    rejects: null,
    pass: 'write',
  }
}

/** @returns What a run was given at its start, with what the command line gives anew; `null` when that is nothing. */
export function changeRunOptions(before: RunOptions, values: FlagValues, cwd: string): RunOptions | null {
  const given = readRunOptions(values, cwd, 'resumed')
  const areGiven = (...flags: readonly string[]) => flags.some(flag => values[flag] !== undefined)
  if (!areGiven('out', 'force', 'append', 'allow-failures', 'assert', 'patience')) return null
  return {
    out: areGiven('out') ? given.out : before.out,
    // Leave to replace one file is no leave to replace another.
    outMode: areGiven('out', 'force', 'append') ? given.outMode : before.outMode,
    allowFailures: areGiven('allow-failures') ? given.allowFailures : before.allowFailures,
    asserts: areGiven('assert') ? given.asserts : before.asserts,
    patienceMs: areGiven('patience') ? given.patienceMs : before.patienceMs,
    rejects: before.rejects,
    pass: before.pass,
  }
}

export function readOutMode(values: FlagValues): OutMode {
  if (isOn(values, 'force') && isOn(values, 'append')) {
    throw new CommandError(t => t('usage.together', { first: '--force', second: '--append' }))
  }
  return isOn(values, 'force') ? 'force' : isOn(values, 'append') ? 'append' : 'create'
}

/** @returns Absolute paths, and `-`; every one can be written as far as can be seen now. */
export function readOutputs(values: FlagValues, mode: OutMode, cwd: string): readonly string[] {
  const outputs: string[] = []
  for (const given of textsOf(values, 'out')) {
    const path = given === '-' ? '-' : resolve(cwd, given)
    if (outputs.includes(path)) {
      throw new CommandError(t => (given === '-' ? t('usage.outTwice') : t('usage.outSame', { file: given })))
    }
    if (path !== '-') checkOutput(given, path, mode)
    outputs.push(path)
  }
  const toStdout = outputs.includes('-')
  if (toStdout && isOn(values, 'json')) throw new CommandError(t => t('usage.jsonAndStdout'))
  if (toStdout && isOn(values, 'events')) throw new CommandError(t => t('usage.eventsAndStdout'))
  return outputs
}

function checkOutput(given: string, path: string, mode: OutMode): void {
  if (outputFormatOf(path) === null) throw new CommandError(t => t('usage.outFormat', { file: given }))
  const found = statOf(path)
  if (found?.isDirectory() === true) throw new CommandError(t => t('usage.outIsFolder', { file: given }))
  if (found !== null && mode === 'create') throw new CommandError(t => t('usage.outExists', { file: given }))
  const folder = dirname(path)
  if (statOf(folder)?.isDirectory() !== true) {
    throw new CommandError(t => t('usage.outFolder', { file: given, folder }))
  }
}

/** @returns `null` for what does not exist; what cannot be looked at is left to whoever opens it. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

function readAllowance(text: string | undefined): RunOptions['allowFailures'] {
  const [, digits, sign] = /^(\d{1,10}(?:\.\d{1,6})?)(%?)$/.exec(text ?? '0') ?? []
  const value = Number(digits)
  const isValid =
    digits !== undefined && (sign === '%' ? value <= 100 : Number.isInteger(value) && value <= TASKS_LIMIT)
  if (!isValid) {
    const flag = '--allow-failures'
    throw new CommandError(t =>
      t('usage.badValue', { flag, value: text ?? '', expected: t('expected.allowance') }),
    )
  }
  return { unit: sign === '%' ? 'percent' : 'tasks', value }
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
