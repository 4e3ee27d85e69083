import { crawlFields } from '../../shared/model/fields/crawl.ts'
import type { Fields } from '../../shared/model/field.ts'
import { permissionKeysOf } from '../../shared/model/field-schema.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import { changeParallelism } from '../../shared/model/parallelism.ts'
import { CommandError } from './command-error.ts'
import type { FlagValues } from './flag-spec.ts'
import { checkCrawlOptions, checked, parallelismChangeOf } from './job-flags.ts'
import { completedLoad } from './load-job.ts'
import { readFields } from './read-fields.ts'

/** The saved job with what the command line changes, and the permissions that a file never holds. */
export function changedJob(saved: JobSpec, values: FlagValues, cwd: string): JobSpec {
  const parallelism = changeParallelism(saved.parallelism, parallelismChangeOf(values))
  const permissions = readFields(permissionFields, values)
  if (saved.kind === 'crawl') {
    checkCrawlOptions(permissions)
    return checked({ ...saved, parallelism, crawl: { ...saved.crawl, ...permissions } })
  }
  const [misplaced] = Object.keys(permissions)
  if (misplaced !== undefined) {
    const flag = `--${permissionFields[misplaced]!.flag}`
    throw new CommandError(t => t('usage.notForKind', { flag, kind: saved.kind }))
  }
  if (saved.kind === 'cpu') return checked({ ...saved, parallelism })
  const load = completedLoad(saved, cwd)
  return checked({ ...saved, parallelism, load })
}

const permissionFields: Fields = Object.fromEntries(
  permissionKeysOf(crawlFields).map(key => [key, (crawlFields as Fields)[key]!]),
)
