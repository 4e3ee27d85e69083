import { formatDuration } from './duration.ts'
import type { Field, Fields } from './field.ts'
import { cpuFields } from './fields/cpu.ts'
import { crawlFields } from './fields/crawl.ts'
import { loadFields } from './fields/load.ts'
import { parallelismFields } from './fields/parallelism.ts'
import { optionsOf, type JobKind, type JobSpec, type RunOptions } from './job.ts'
import { keptJob } from './kept-job.ts'
import { parallelismDefaultsOf } from './parallelism.ts'
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
  const inputs = job.kind === 'cpu' ? [] : job.inputs
  const words = [
    ...inputs,
    ...fieldWords(FIELDS_OF_KIND[job.kind], shownOptions(job, options)),
    ...fieldWords(parallelismFields, { ...job.parallelism }, { ...parallelismDefaultsOf(job.kind) }),
    ...runWords(job, options),
  ]
  return `interleave ${job.kind}${words.map(word => ` ${quoted(word)}`).join('')}`
}

function shownOptions(job: JobSpec, { pass }: RunOptions): Values {
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
