import { JobError } from '../../shared/model/error.ts'
import { completedHeaders, secretHeaders } from '../../shared/model/header-secrets.ts'
import type { JobSpec, Secrets } from '../../shared/model/job.ts'
import { keptJob } from '../../shared/model/kept-job.ts'
import { parseTarget } from '../../shared/model/load-target.ts'

/**
 * Parts a job from what it may hold and nothing may keep: the password of a destination, values of headers, names and
 * passwords in URLs.
 *
 * @returns The job as it may be kept, and its secrets: a password given apart counts more than one in the destination.
 * @throws JobError `E_CONFIG` for a load without a destination, or one that cannot be read, and `E_AUTH` when the values
 *   of headers were withheld and are not given.
 */
export function withoutSecrets(asked: JobSpec, secrets: Secrets): { job: JobSpec; secrets: Secrets } {
  if (asked.kind === 'load') {
    if (asked.load.to === null) throw new JobError('E_CONFIG', 'a load needs a destination: --to')
    const { password } = parseTarget(asked.load.to)
    return { job: keptJob(asked), secrets: { ...secrets, redisPassword: secrets.redisPassword ?? password } }
  }
  const job = withHeaderValues(asked, secrets)
  const headers = job.kind === 'crawl' ? secretHeaders(job.crawl.headers) : []
  return { job: keptJob(job), secrets: { ...secrets, headers } }
}

/**
 * @returns The job as workers and the reader need it, for the memory of this process alone.
 * @throws JobError `E_AUTH` when the value of a header is not given, `E_CONFIG` when one too many is.
 */
export function withHeaderValues(job: JobSpec, { headers }: Secrets): JobSpec {
  if (job.kind !== 'crawl') return job
  return { ...job, crawl: { ...job.crawl, headers: completedHeaders(job.crawl.headers, headers) } }
}
