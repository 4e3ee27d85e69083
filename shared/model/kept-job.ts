import { withheldHeaders } from './header-secrets.ts'
import type { JobSpec } from './job.ts'
import { withoutPassword } from './load-target.ts'
import { withoutUserinfo } from './userinfo.ts'

/** @returns The job as it may be kept and shown: without the passwords and values of headers that were given with it. */
export function keptJob<Job extends JobSpec>(job: Job): Job
export function keptJob(job: JobSpec): JobSpec {
  switch (job.kind) {
    case 'crawl':
      return {
        ...job,
        inputs: job.inputs.map(keptInput),
        crawl: { ...job.crawl, headers: withheldHeaders(job.crawl.headers) },
      }
    case 'load': {
      const { to } = job.load
      return { ...job, load: { ...job.load, to: to === null ? null : withoutPassword(to) } }
    }
    case 'cpu':
      return job
  }
}

/** One letter before the colon is a drive, and what has none is a file, whose name may hold an `@`. */
const keptInput = (input: string): string =>
  /^[A-Za-z][A-Za-z0-9+.-]+:/.test(input) ? withoutUserinfo(input) : input
