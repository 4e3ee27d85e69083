import { parsePoint } from './compared-point.ts'
import { REPEATS, WARM_UPS, type ComparedPoint, type ComparisonPlan } from './comparison.ts'
import { formatDuration } from './duration.ts'
import { JobError } from './error.ts'
import type { Field, Fields } from './field.ts'
import { cpuFields } from './fields/cpu.ts'
import { crawlFields } from './fields/crawl.ts'
import { loadFields } from './fields/load.ts'
import { parallelismFields, type ParallelismOptions } from './fields/parallelism.ts'
import { optionsOf, type JobKind, type JobSpec, type RunOptions } from './job.ts'
import { keptJob } from './kept-job.ts'
import { decideParallelism, parallelismDefaultsOf } from './parallelism.ts'
import { formatSize } from './size.ts'

const FIELDS_OF_KIND: Readonly<Record<JobKind, Fields>> = {
  crawl: crawlFields,
  load: loadFields,
  cpu: cpuFields,
}

type Values = Readonly<Record<string, unknown>>

/**
 * What to type in a POSIX shell to get the same run: only what differs from the defaults, permissions included. A
 * password is left out (it is given in `INTERLEAVE_REDIS_PASSWORD`), values of headers that may be secrets are to be
 * filled in, and a comparison alone has no command of its own: it is written as the load that is compared afterwards.
 */
export function commandLineOf(asked: JobSpec, options: RunOptions): string {
  const job = keptJob(asked)
  return lineOf(job.kind, [...jobWords(job, options), ...runWords(job, options)])
}

/**
 * What to type to get the same comparison, its seed included.
 *
 * @param cpus Of the machine it was made on: a number that a sweep left open is written as it was decided there.
 */
export function comparisonLineOf(plan: ComparisonPlan, cpus: number): string {
  const job = keptJob(plan.job)
  const models = plan.points.map(point => pointText(point, job, cpus))
  return lineOf(`compare ${job.kind}`, [
    ...jobWords(job, { pass: 'write' }),
    ...withValue('--models', models.join(',')),
    ...(plan.repeats === REPEATS.default ? [] : withValue('--repeats', String(plan.repeats))),
    ...(plan.warmUps === WARM_UPS.default ? [] : withValue('--warmup', String(plan.warmUps))),
    ...withValue('--seed', String(plan.seed)),
  ])
}

/** @returns Its name where that says all of it; else, as for a point of a sweep, its model with every number. */
function pointText({ name, parallelism }: ComparedPoint, job: JobSpec, cpus: number): string {
  if (isSame(readPoint(name, job), parallelism)) return name
  const { model, processes, threads, inFlight } = decideParallelism(parallelism, job.kind, cpus)
  return `${model}:${processes}x${threads}x${inFlight}`
}

function readPoint(name: string, job: JobSpec): ParallelismOptions | null {
  try {
    return parsePoint(name, job).parallelism
  } catch (error) {
    if (error instanceof JobError) return null
    throw error
  }
}

const lineOf = (command: string, words: readonly string[]): string =>
  `interleave ${command}${words.map(word => ` ${quoted(word)}`).join('')}`

const jobWords = (job: JobSpec, options: Pick<RunOptions, 'pass'>): string[] => [
  ...(job.kind === 'cpu' ? [] : job.inputs),
  ...fieldWords(FIELDS_OF_KIND[job.kind], shownOptions(job, options)),
  ...fieldWords(parallelismFields, { ...job.parallelism }, { ...parallelismDefaultsOf(job.kind) }),
]

function shownOptions(job: JobSpec, { pass }: Pick<RunOptions, 'pass'>): Values {
  if (job.kind !== 'load') return { ...optionsOf(job) }
  return { ...job.load, verify: job.load.verify || pass === 'verify' }
}

function fieldWords(fields: Fields, values: Values, defaults: Values = {}): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const value = values[key] ?? null
    const usual = key in defaults ? defaults[key] : field.default
    return isSame(value, usual) ? [] : wordsOf(field, value)
  })
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function wordsOf(field: Field, value: unknown): string[] {
  const flag = `--${field.flag}`
  switch (field.type) {
    case 'boolean':
    case 'tristate':
      return value === null ? [] : [value === true ? flag : `--no-${field.flag}`]
    case 'texts':
      return (value as readonly string[]).flatMap(text => withValue(flag, text))
    case 'choices':
      return withValue(flag, (value as readonly string[]).join(','))
    default:
      return value === null ? [] : withValue(flag, writtenValue(field, value as number | string))
  }
}

function writtenValue(field: Field, value: number | string): string {
  if (typeof value === 'string') return value
  if (field.type === 'duration') return formatDuration(value)
  if (field.type === 'size') return formatSize(value)
  return String(value)
}

function runWords(job: JobSpec, options: RunOptions): string[] {
  const { out, outMode, allowFailures, asserts, patienceMs, rejects } = options
  const isDry = job.kind === 'load' && job.load.dryRun
  return [
    ...(job.kind === 'load' ? [] : out.flatMap(path => withValue('--out', path))),
    ...(job.kind !== 'load' || rejects === null || isDry ? [] : withValue('--rejects', rejects)),
    ...(outMode === 'create' ? [] : [`--${outMode}`]),
    ...(allowFailures.value === 0
      ? []
      : withValue(
          '--allow-failures',
          `${allowFailures.value}${allowFailures.unit === 'percent' ? '%' : ''}`,
        )),
    ...asserts.flatMap(text => withValue('--assert', text)),
    ...(patienceMs === null ? [] : withValue('--patience', formatDuration(patienceMs))),
  ]
}

/** A value that begins like a flag stands behind an equals sign. */
const withValue = (flag: string, value: string): string[] =>
  value.startsWith('-') && value !== '-' ? [`${flag}=${value}`] : [flag, value]

/** @returns `word` as a POSIX shell reads it back, in quotes only where it needs them. */
export function quoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}
