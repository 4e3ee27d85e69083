import { crawlFields } from '../../../shared/model/fields/crawl.ts'
import type { Fields } from '../../../shared/model/field.ts'
import { permissionKeysOf } from '../../../shared/model/field-schema.ts'
import type { JobSpec } from '../../../shared/model/job.ts'
import { changeParallelism } from '../../../shared/model/parallelism.ts'
import type { CommandCall } from '../command-spec.ts'
import type { FlagValues } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { checkCrawlOptions, checked, parallelismChangeOf } from '../job-flags.ts'
import { readJobFile } from '../job-file.ts'
import { readFields } from '../read-fields.ts'
import { startJob } from '../start-job.ts'
import { CommandError } from '../command-error.ts'

export const run = async ({ args, values }: CommandCall, host: Host): Promise<number> =>
  startJob(changedJob(readJobFile(args[0]!, host.cwd), values), values, host)

/** The saved job with what the command line changes, and the permissions that a file never holds. */
function changedJob(saved: JobSpec, values: FlagValues): JobSpec {
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
  return checked({ ...saved, parallelism })
}

const permissionFields: Fields = Object.fromEntries(
  permissionKeysOf(crawlFields).map(key => [key, (crawlFields as Fields)[key]!]),
)
