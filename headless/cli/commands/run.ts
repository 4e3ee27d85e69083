import { NO_SECRETS } from '../../../shared/model/job.ts'
import type { CommandCall } from '../command-spec.ts'
import type { Host } from '../host.ts'
import { headersFor, headersGiven } from '../headers.ts'
import { changedJob } from '../changed-job.ts'
import { withHeaders } from '../job-flags.ts'
import { readJobFile } from '../job-file.ts'
import { refuseForeignFlags } from '../run-options.ts'
import { readSecrets } from '../secrets.ts'
import { startJob } from '../start-job.ts'

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
