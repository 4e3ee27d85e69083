import { crawlFields } from '../../../shared/model/fields/crawl.ts'
import type { Fields } from '../../../shared/model/field.ts'
import { permissionKeysOf } from '../../../shared/model/field-schema.ts'
import { NO_SECRETS, type JobSpec } from '../../../shared/model/job.ts'
import { changeParallelism } from '../../../shared/model/parallelism.ts'
import type { CommandCall } from '../command-spec.ts'
import type { FlagValues } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { headersFor, headersGiven } from '../headers.ts'
import { checkCrawlOptions, checked, parallelismChangeOf, withHeaders } from '../job-flags.ts'
import { readJobFile } from '../job-file.ts'
import { completedLoad } from '../load-job.ts'
import { readFields } from '../read-fields.ts'
import { refuseForeignFlags } from '../run-options.ts'
import { readSecrets } from '../secrets.ts'
import { startJob } from '../start-job.ts'
import { CommandError } from '../command-error.ts'

export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  const saved = readJobFile(args[0]!, host.cwd)
  refuseForeignFlags(saved.kind, values)
  const job = changedJob(saved, values, host.cwd)
  if (job.kind !== 'crawl') return startJob({ job, secrets: readSecrets(job, values, host) }, values, host)
  const crawl = withHeaders(job, headersGiven(values, host))
  return startJob(
    { job: crawl, secrets: { ...NO_SECRETS, headers: headersFor(crawl, [], host) } },
    values,
    host,
  )
}

/** The saved job with what the command line changes, and the permissions that a file never holds. */
function changedJob(saved: JobSpec, values: FlagValues, cwd: string): JobSpec {
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
