import type { CommandCall } from '../command-spec.ts'
import type { Host } from '../host.ts'
import { loadJobOf } from '../load-job.ts'
import { readSecrets } from '../secrets.ts'
import { startJob } from '../start-job.ts'

export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  const { job, password } = loadJobOf(args, values, host.cwd)
  return startJob({ job, secrets: readSecrets(job, values, host, password) }, values, host)
}
