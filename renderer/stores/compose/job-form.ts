import { defaultsOf } from '../../../shared/model/field-schema.ts'
import type { Fields } from '../../../shared/model/field.ts'
import { cpuFields } from '../../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../../shared/model/fields/crawl.ts'
import { loadFields } from '../../../shared/model/fields/load.ts'
import { parallelismFields, type ParallelismOptions } from '../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type JobKind, type JobSpec } from '../../../shared/model/job.ts'
import { openDimensionsOf, parallelismDefaultsOf } from '../../../shared/model/parallelism.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import { readGiven, type Given, type Problem, type Problems } from './field-form.ts'
import { checkCrawl, checkLoad } from './work-checks.ts'

export const FIELDS_OF_KIND: Readonly<Record<JobKind, Fields>> = {
  crawl: crawlFields,
  load: loadFields,
  cpu: cpuFields,
}

/** Everything of a job that a person sets, but its inputs. */
export interface JobForm {
  readonly kind: JobKind
  /** Kept for each kind, so that changing the kind and back loses nothing. */
  readonly work: Readonly<Record<JobKind, Given>>
  readonly parallelism: Readonly<Record<JobKind, Given>>
}

export const EMPTY_FORM: JobForm = {
  kind: 'crawl',
  work: { crawl: {}, load: {}, cpu: {} },
  parallelism: { crawl: {}, load: {}, cpu: {} },
}

/** What holds where a form says nothing: what the person chose in the settings, else the defaults of the fields. */
export const workDefaultsOf = (
  kind: JobKind,
  chosen: Settings['defaults'],
): Readonly<Record<string, unknown>> => ({
  ...defaultsOf(FIELDS_OF_KIND[kind]),
  ...chosen[kind],
})

export const parallelismDefaults = (kind: JobKind, chosen: Settings['defaults']): ParallelismOptions => ({
  ...parallelismDefaultsOf(kind),
  ...withoutUndefined(chosen.parallelism[kind]),
})

const withoutUndefined = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never

export interface ReadJob {
  readonly job: JobSpec
  /** By `work.<key>` and `parallelism.<key>`. */
  readonly problems: Problems
}

export interface FormContext {
  readonly inputs: readonly string[]
  readonly defaults: Settings['defaults']
  /** Where records of a load go when nobody says. */
  readonly defaultTo: string | null
}

/** @returns The job that a form asks for; where there are problems it has defaults instead, so that the rest can be shown. */
export function readJob(form: JobForm, { inputs, defaults, defaultTo }: FormContext): ReadJob {
  const { kind } = form
  const work = readGiven(FIELDS_OF_KIND[kind], form.work[kind], workDefaultsOf(kind, defaults))
  const { parallelism, problems } = readParallelism(
    form.parallelism[kind],
    parallelismDefaults(kind, defaults),
  )
  const base = { schema: JOB_SCHEMA, parallelism } as const
  const options = kind === 'load' ? withTarget(work.options, defaultTo) : work.options
  const job = (
    kind === 'cpu' ? { ...base, kind, cpu: options } : { ...base, kind, inputs, [kind]: options }
  ) as JobSpec
  const found = { ...work.problems, ...furtherProblems(job) }
  return { job, problems: { ...prefixed('work', found), ...prefixed('parallelism', problems) } }
}

const withTarget = (options: Readonly<Record<string, unknown>>, to: string | null) => ({
  ...options,
  to: options['to'] ?? to,
})

/** Numbers that the model does not open are not part of the job, whatever was typed under another model. */
function readParallelism(
  given: Given,
  defaults: ParallelismOptions,
): { parallelism: ParallelismOptions; problems: Problems } {
  const { options, problems } = readGiven(parallelismFields, given, defaults)
  const read = options as unknown as ParallelismOptions
  const open = openDimensionsOf(read.model)
  const kept = (name: 'processes' | 'threads' | 'inFlight'): number | null =>
    open.includes(name) ? read[name] : null
  const parallelism = {
    ...read,
    processes: kept('processes'),
    threads: kept('threads'),
    inFlight: kept('inFlight'),
  }
  return { parallelism, problems }
}

/** What a table of fields cannot say of its values. */
function furtherProblems(job: JobSpec): Readonly<Record<string, Problem>> {
  if (job.kind === 'crawl') return checkCrawl(job.crawl)
  return job.kind === 'load' ? checkLoad(job.load) : {}
}

const prefixed = (part: string, problems: Problems): Problems =>
  Object.fromEntries(Object.entries(problems).map(([key, problem]) => [`${part}.${key}`, problem]))
