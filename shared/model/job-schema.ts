import * as z from 'zod'

import { JobError } from './error.ts'
import { cpuFields } from './fields/cpu.ts'
import { crawlFields } from './fields/crawl.ts'
import { loadFields } from './fields/load.ts'
import { parallelismFields, type ParallelismOptions } from './fields/parallelism.ts'
import { optionsSchema, permissionKeysOf } from './field-schema.ts'
import { HEADER_LINE } from './header-secrets.ts'
import { JOB_SCHEMA, type CpuJob, type CrawlJob, type JobKind, type JobSpec, type LoadJob } from './job.ts'
import { parallelismDefaultsOf } from './parallelism.ts'
import { describeIssue, shown } from './schema-issue.ts'
import { parseStatusRanges } from './status-range.ts'

export const JOB_KINDS = ['crawl', 'load', 'cpu'] as const satisfies readonly JobKind[]

/** Most inputs of a job, and most characters of one. */
export const INPUTS_LIMIT = 10_000
export const INPUT_CHARACTERS = 8_192

const INPUT = `expected a URL, a path or -, of at most ${INPUT_CHARACTERS} characters`
const INPUTS = `expected a list of 1 to ${INPUTS_LIMIT} inputs`
const OK_STATUS = 'expected statuses and ranges of them from 100 to 999, such as 200-399,404'
const HEADER = "expected headers written 'Name: value'"

const parallelism = (kind: JobKind): z.ZodType<ParallelismOptions> =>
  z.preprocess(value => withDefaultModel(value, kind), optionsSchema(parallelismFields))

/** The model's default depends on the kind of job, which a table of fields cannot say. */
function withDefaultModel(value: unknown, kind: JobKind): unknown {
  if (value === undefined) return parallelismDefaultsOf(kind)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return 'model' in value ? value : { ...value, model: parallelismDefaultsOf(kind).model }
}

const inputs = z.lazy(() =>
  z
    .array(
      z
        .string({ error: INPUT })
        .min(1, { error: INPUT })
        .max(INPUT_CHARACTERS, { error: INPUT })
        .refine(input => !input.includes('\0'), { error: 'expected no NUL character' }),
      { error: INPUTS },
    )
    .min(1, { error: INPUTS })
    .max(INPUTS_LIMIT, { error: INPUTS })
    .refine(all => all.indexOf('-') === all.lastIndexOf('-'), {
      error: 'expected - once: standard input can be read once',
    }),
)

const crawlOptions = z.lazy(() =>
  optionsSchema(crawlFields)
    .refine(options => isOkStatus(options.okStatus), { path: ['okStatus'], error: OK_STATUS })
    // Control characters are refused with the field already.
    .refine(options => options.headers.every(line => HEADER_LINE.test(line)), {
      path: ['headers'],
      error: HEADER,
    }),
)

export const crawlJobSchema: z.ZodType<CrawlJob> = z.lazy(() =>
  z.strictObject({
    schema: z.literal(JOB_SCHEMA),
    kind: z.literal('crawl'),
    inputs,
    crawl: z.preprocess(absentIsEmpty, crawlOptions),
    parallelism: parallelism('crawl'),
  }),
)

export const loadJobSchema: z.ZodType<LoadJob> = z.lazy(() =>
  z.strictObject({
    schema: z.literal(JOB_SCHEMA),
    kind: z.literal('load'),
    inputs,
    load: z.preprocess(absentIsEmpty, optionsSchema(loadFields)),
    parallelism: parallelism('load'),
  }),
)

export const cpuJobSchema: z.ZodType<CpuJob> = z.lazy(() =>
  z.strictObject({
    schema: z.literal(JOB_SCHEMA),
    kind: z.literal('cpu'),
    cpu: z.preprocess(absentIsEmpty, optionsSchema(cpuFields)),
    parallelism: parallelism('cpu'),
  }),
)

function absentIsEmpty(value: unknown): unknown {
  return value === undefined ? {} : value
}

const SCHEMA_OF_KIND = { crawl: crawlJobSchema, load: loadJobSchema, cpu: cpuJobSchema } satisfies Record<
  JobKind,
  z.ZodType
>

/** A job of any kind, for inputs of commands. */
export const jobSchema: z.ZodType<JobSpec> = z.unknown().transform((value, context): JobSpec => {
  try {
    return parseJob(value)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    context.issues.push({ code: 'custom', input: value, message: error.message })
    return z.NEVER
  }
})

const PERMISSION_KEYS: Readonly<Record<JobKind, readonly string[]>> = {
  crawl: permissionKeysOf(crawlFields),
  load: permissionKeysOf(loadFields),
  cpu: permissionKeysOf(cpuFields),
}

/** Keys whose values may be secrets. */
export const SECRET_KEYS: readonly string[] = [...Object.values(PERMISSION_KEYS).flat(), 'secrets']

/**
 * Checks a job as it is in memory, on a wire or in a journal; options left out get their defaults.
 *
 * @throws JobError `E_CONFIG` with the JSON path and what was expected there.
 */
export function parseJob(value: unknown): JobSpec {
  const schema = SCHEMA_OF_KIND[kindOf(value)]
  const parsed: z.ZodSafeParseResult<JobSpec> = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new JobError('E_CONFIG', `job ${describeIssue(parsed.error, value, SECRET_KEYS)}`)
}

/** Reads the two keys that say how to read the others. */
function kindOf(value: unknown): JobKind {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new JobError('E_CONFIG', `job $: expected an object, found ${shown(value)}`)
  }
  const { schema, kind } = value as { readonly schema?: unknown; readonly kind?: unknown }
  if (schema !== JOB_SCHEMA) {
    throw new JobError(
      'E_CONFIG',
      `job $.schema: expected "${JOB_SCHEMA}", found ${shown(schema)}; it may be of another version`,
    )
  }
  const known = JOB_KINDS.find(name => name === kind)
  if (known === undefined) {
    throw new JobError(
      'E_CONFIG',
      `job $.kind: expected one of ${JOB_KINDS.join(', ')}, found ${shown(kind)}`,
    )
  }
  return known
}

function isOkStatus(text: string): boolean {
  try {
    return parseStatusRanges(text).length > 0
  } catch (error) {
    if (error instanceof JobError) return false
    throw error
  }
}
