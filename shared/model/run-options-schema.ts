import * as z from 'zod'

import type { RunOptions, Secrets } from './job.ts'
import { REPEATED_VALUES } from './field-schema.ts'
import { crawlFields } from './fields/crawl.ts'
import { HEADER_LINE } from './header-secrets.ts'
import { isAbsolutePath, isExportPath, outputFormatOf } from './path.ts'

/** Most outputs and assertions of one run, and the longest path and expression, in characters. */
export const OUTPUTS_LIMIT = 16
export const ASSERTS_LIMIT = 100
const PATH_CHARACTERS = 4_096
const ASSERT_CHARACTERS = 200
const TASKS_LIMIT = 4_000_000_000
const PATIENCE_LIMIT_MS = 24 * 3_600_000

/** What may be given as `outMode` and as the mode of an export. */
export const OUT_MODES = ['create', 'force', 'append'] as const satisfies readonly RunOptions['outMode'][]

const OUTPUT = `expected an absolute path that ends in .jsonl, .csv or .db, of at most ${PATH_CHARACTERS} characters`
const EXPORT = `expected an absolute path that ends in .jsonl, .csv, .db or .trace.json, of at most ${PATH_CHARACTERS} characters`
const OUTPUTS = `expected a list of at most ${OUTPUTS_LIMIT} outputs`
const ASSERTS = `expected a list of at most ${ASSERTS_LIMIT} expressions such as p95<200ms, of at most ${ASSERT_CHARACTERS} characters`
const TASKS = `expected a whole number of tasks from 0 to ${TASKS_LIMIT}`
const PERCENT = 'expected a percentage from 0 to 100'
const REJECTS = `expected an absolute path of at most ${PATH_CHARACTERS} characters`
const HEADERS = "expected headers written 'Name: value'"
const MAX_REJECTS = 'expected a number of records, or a percentage'
const PATIENCE = `expected milliseconds from 0 to ${PATIENCE_LIMIT_MS}`

/** A file that results are written to; `-` is standard output. */
export const outputSchema = z
  .string({ error: OUTPUT })
  .max(PATH_CHARACTERS, { error: OUTPUT })
  .refine(isOutput, { error: OUTPUT })

/** A file that a run is exported to. */
export const exportPathSchema = z
  .string({ error: EXPORT })
  .max(PATH_CHARACTERS, { error: EXPORT })
  .refine(path => isOutput(path) || (isAbsolutePath(path) && isExportPath(path) && !path.includes('\0')), {
    error: EXPORT,
  })

export const outModeSchema = z.enum(OUT_MODES, { error: `expected one of ${OUT_MODES.join(', ')}` })

export const runOptionsSchema: z.ZodType<RunOptions> = z.lazy(() =>
  z.strictObject({
    out: z
      .array(outputSchema, { error: OUTPUTS })
      .max(OUTPUTS_LIMIT, { error: OUTPUTS })
      .refine(paths => new Set(paths).size === paths.length, { error: 'expected each output once' }),
    outMode: outModeSchema,
    allowFailures: z.discriminatedUnion(
      'unit',
      [
        z.strictObject({
          unit: z.literal('tasks'),
          value: z.int({ error: TASKS }).min(0, { error: TASKS }).max(TASKS_LIMIT, { error: TASKS }),
        }),
        z.strictObject({
          unit: z.literal('percent'),
          value: z.number({ error: PERCENT }).min(0, { error: PERCENT }).max(100, { error: PERCENT }),
        }),
      ],
      { error: 'expected a unit of tasks or percent and a value' },
    ),
    asserts: z
      .array(z.string({ error: ASSERTS }).max(ASSERT_CHARACTERS, { error: ASSERTS }), { error: ASSERTS })
      .max(ASSERTS_LIMIT, { error: ASSERTS }),
    patienceMs: z
      .number({ error: PATIENCE })
      .min(0, { error: PATIENCE })
      .max(PATIENCE_LIMIT_MS, { error: PATIENCE })
      .nullable()
      .default(null),
    rejects: z
      .string({ error: REJECTS })
      .max(PATH_CHARACTERS, { error: REJECTS })
      .refine(path => isAbsolutePath(path) && !path.includes('\0'), { error: REJECTS })
      .nullable()
      .default(null),
    pass: z.enum(['write', 'verify'], { error: 'expected write or verify' }).default('write'),
    maxRejects: z.string({ error: MAX_REJECTS }).max(32, { error: MAX_REJECTS }).optional(),
  }),
)

/** Given beside a job and its options, and kept by nobody. */
export const secretsSchema: z.ZodType<Secrets> = z.strictObject({
  redisPassword: z.string({ error: 'expected a password' }).max(4_096).nullable(),
  headers: z
    .array(
      z
        .string({ error: HEADERS })
        .max(crawlFields.headers.maxLength, { error: HEADERS })
        .regex(HEADER_LINE, { error: HEADERS }),
      { error: HEADERS },
    )
    .max(REPEATED_VALUES, { error: HEADERS })
    .default([]),
})

function isOutput(path: string): boolean {
  if (path === '-') return true
  return isAbsolutePath(path) && outputFormatOf(path) !== null && !path.includes('\0')
}
