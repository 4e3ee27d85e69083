import type { CommandCall } from '../command-spec.ts'
import type { Host } from '../host.ts'
import { crawlJobOf } from '../job-flags.ts'
import { startJob } from '../start-job.ts'

export const run = async ({ args, values }: CommandCall, host: Host): Promise<number> =>
  startJob({ job: crawlJobOf(args, values, host.cwd) }, values, host)
