import { JobError } from '../../../shared/model/error.ts'
import { changeSchema, permissionKeysOf } from '../../../shared/model/field-schema.ts'
import { JOB_FILE_BYTES, parseJobText } from '../../../shared/model/job-file.ts'
import { optionsOf, type JobKind, type JobSpec, type RunOptions } from '../../../shared/model/job.ts'
import { runOptionsSchema } from '../../../shared/model/run-options-schema.ts'
import { FIELDS_OF_KIND } from './job-form.ts'
import { NO_OPTIONS } from './results-form.ts'

const RESULT_KEYS = ['out', 'outMode', 'allowFailures', 'asserts', 'patienceMs', 'rejects'] as const
type ResultKey = (typeof RESULT_KEYS)[number]

/** What a job wants beyond its work: it is shown and taken only when the person says so. */
export type Asked =
  | { readonly is: 'field'; readonly kind: JobKind; readonly key: string; readonly value: unknown }
  | { readonly is: 'results'; readonly key: ResultKey; readonly value: unknown; readonly options: RunOptions }

export interface OpenedJob {
  readonly job: JobSpec
  readonly asked: readonly Asked[]
}

/**
 * Reads a job file that anybody may have written: permissions and paths of results are taken out of it and asked for.
 *
 * @throws JobError `E_CONFIG` with the JSON path and what was expected there.
 */
export function openJobText(text: string): OpenedJob {
  try {
    return { job: parseJobText(text), asked: [] }
  } catch (error) {
    const root = text.length > JOB_FILE_BYTES ? null : objectOf(text)
    if (!(error instanceof JobError) || root === null) throw error
    const kind = root['kind']
    if (kind !== 'crawl' && kind !== 'load' && kind !== 'cpu') throw error
    const asked = [...takeResults(root), ...takePermissions(root, kind)]
    if (asked.length === 0) throw error
    return { job: parseJobText(JSON.stringify(root)), asked }
  }
}

/** @returns A run's own job: what it was permitted is asked for anew, its results are known to be the person's. */
export function reopenJob(job: JobSpec): OpenedJob {
  const options = { ...optionsOf(job) } as Record<string, unknown>
  const fields = FIELDS_OF_KIND[job.kind]
  const asked = permissionKeysOf(fields)
    .filter(key => JSON.stringify(options[key]) !== JSON.stringify(fields[key]?.default))
    .map(key => ({ is: 'field', kind: job.kind, key, value: options[key] }) as const)
  return { job, asked }
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // What is wrong with it was said by whoever read it first.
    return null
  }
}

/** Takes keys out of `root`; those with values that no run takes are dropped. */
function takeResults(root: Record<string, unknown>): Asked[] {
  return RESULT_KEYS.flatMap((key): Asked[] => {
    if (!Object.hasOwn(root, key)) return []
    const value = root[key]
    delete root[key]
    const read = runOptionsSchema.safeParse({ ...NO_OPTIONS, [key]: value })
    return read.success ? [{ is: 'results', key, value, options: read.data }] : []
  })
}

function takePermissions(root: Record<string, unknown>, kind: JobKind): Asked[] {
  const given = root[kind]
  if (typeof given !== 'object' || given === null) return []
  const options = { ...given } as Record<string, unknown>
  root[kind] = options
  const fields = FIELDS_OF_KIND[kind]
  return permissionKeysOf(fields).flatMap((key): Asked[] => {
    if (!Object.hasOwn(options, key)) return []
    const value = options[key]
    delete options[key]
    const isValid = changeSchema(fields).safeParse({ [key]: value }).success
    return isValid ? [{ is: 'field', kind, key, value }] : []
  })
}
