import { parseAllowance } from '../../../shared/model/allowance.ts'
import { formatDuration, parseDuration } from '../../../shared/model/duration.ts'
import { JobError } from '../../../shared/model/error.ts'
import type { JobKind, RunOptions } from '../../../shared/model/job.ts'
import { isAbsolutePath } from '../../../shared/model/path.ts'
import { outputSchema } from '../../../shared/model/run-options-schema.ts'
import type { Problem } from './field-form.ts'

/** How a run ends and where its results go, as the controls hold it. */
export interface ResultsForm {
  readonly out: readonly string[]
  readonly outMode: RunOptions['outMode']
  /** `N` or `P%`. */
  readonly allowFailures: string
  readonly asserts: readonly string[]
  /** A duration; empty for the usual patience. */
  readonly patience: string
  /** A path; empty for one beside the input. */
  readonly rejects: string
}

export const EMPTY_RESULTS: ResultsForm = {
  out: [],
  outMode: 'create',
  allowFailures: '',
  asserts: [],
  patience: '',
  rejects: '',
}

export const NO_OPTIONS: RunOptions = {
  out: [],
  outMode: 'create',
  allowFailures: { unit: 'tasks', value: 0 },
  asserts: [],
  patienceMs: null,
  rejects: null,
  pass: 'write',
}

export type ResultsKey = Exclude<keyof ResultsForm, 'outMode'>

export interface ReadResults {
  readonly options: RunOptions
  readonly problems: Readonly<Partial<Record<ResultsKey, Problem>>>
}

/** @returns The options of a run of `kind`; parts that other kinds have are left out. */
export function readResults(form: ResultsForm, kind: JobKind): ReadResults {
  const problems: Partial<Record<ResultsKey, Problem>> = {}
  const isLoad = kind === 'load'
  const out = isLoad ? [] : filled(form.out)
  if (out.some(path => path === '-' || !outputSchema.safeParse(path).success)) problems.out = { is: 'output' }
  else if (new Set(out).size < out.length) problems.out = { is: 'twice' }
  const rejects = isLoad && form.rejects !== '' ? form.rejects.trim() : null
  if (rejects !== null && !isAbsolutePath(rejects)) problems.rejects = { is: 'absolute' }
  const read = <T>(
    key: ResultsKey,
    is: 'allowance' | 'duration',
    usual: T,
    parse: (text: string) => T,
  ): T => {
    const text = (form[key] as string).trim()
    try {
      return text === '' ? usual : parse(text)
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      problems[key] = { is }
      return usual
    }
  }
  const options: RunOptions = {
    ...NO_OPTIONS,
    out,
    outMode: form.outMode,
    asserts: filled(form.asserts),
    rejects,
    allowFailures: read('allowFailures', 'allowance', NO_OPTIONS.allowFailures, parseAllowance),
    patienceMs: read('patience', 'duration', null, text => parseDuration(text, '--patience')),
  }
  return { options, problems }
}

const filled = (texts: readonly string[]): string[] =>
  texts.map(text => text.trim()).filter(text => text !== '')

/** @returns A run's options as the controls hold them; its rejects were for that run alone. */
export const resultsOf = (options: RunOptions): ResultsForm => ({
  out: options.out.filter(path => path !== '-'),
  outMode: options.outMode,
  allowFailures:
    options.allowFailures.value === 0
      ? ''
      : `${options.allowFailures.value}${options.allowFailures.unit === 'percent' ? '%' : ''}`,
  asserts: options.asserts,
  patience: options.patienceMs === null ? '' : formatDuration(options.patienceMs),
  rejects: '',
})
