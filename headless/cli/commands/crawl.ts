import { NO_SECRETS } from '../../../shared/model/job.ts'
import type { CommandCall } from '../command-spec.ts'
import type { Host } from '../host.ts'
import { headersFor, headersGiven } from '../headers.ts'
import { crawlJobOf, withHeaders } from '../job-flags.ts'
import { startJob } from '../start-job.ts'

export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  const job = withHeaders(crawlJobOf(args, values, host.cwd), headersGiven(values, host))
  const secrets = { ...NO_SECRETS, headers: headersFor(job, [], host) }
  return startJob({ job, secrets }, values, host)
}
