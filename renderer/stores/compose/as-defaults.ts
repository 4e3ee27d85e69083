import { changeSchema, permissionKeysOf } from '../../../shared/model/field-schema.ts'
import { parallelismFields } from '../../../shared/model/fields/parallelism.ts'
import { optionsOf, type JobKind, type JobSpec } from '../../../shared/model/job.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import { FIELDS_OF_KIND, workDefaultsOf, parallelismDefaults } from './job-form.ts'
import { targetOf } from './work-checks.ts'

/** What belongs to one input and not to a habit. */
const OF_ONE_INPUT: Readonly<Record<JobKind, readonly string[]>> = {
  crawl: ['column', 'field'],
  load: ['format', 'encoding', 'key', 'value', 'score'],
  cpu: [],
}

const NOTHING: Settings['defaults'] = {
  crawl: {},
  load: {},
  cpu: {},
  parallelism: { crawl: {}, load: {}, cpu: {} },
}

/** @returns `before` with what this job has otherwise than Interleave's own defaults; permissions are given each time. */
export function asDefaults(job: JobSpec, before: Settings['defaults']): Settings['defaults'] {
  const { kind } = job
  const fields = FIELDS_OF_KIND[kind]
  const left = [...permissionKeysOf(fields), ...OF_ONE_INPUT[kind], ...(isOwnFile(job) ? ['to'] : [])]
  const work = differing(optionsOf(job), workDefaultsOf(kind, NOTHING), left)
  const parallelism = differing(job.parallelism, parallelismDefaults(kind, NOTHING), [])
  return {
    ...before,
    [kind]: changeSchema(fields).parse(work),
    parallelism: { ...before.parallelism, [kind]: changeSchema(parallelismFields).parse(parallelism) },
  }
}

/** A file is named after what is loaded into it. */
function isOwnFile(job: JobSpec): boolean {
  const kind = job.kind === 'load' ? targetOf(job.load.to)?.kind : undefined
  return kind === 'sqlite' || kind === 'jsonl'
}

function differing(options: object, usual: object, left: readonly string[]): Record<string, unknown> {
  const defaults = usual as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(options).filter(
      ([key, value]) => !left.includes(key) && JSON.stringify(value) !== JSON.stringify(defaults[key]),
    ),
  )
}
