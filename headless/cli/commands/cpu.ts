import type { CommandCall } from '../command-spec.ts'
import type { Host } from '../host.ts'
import { cpuJobOf } from '../job-flags.ts'
import { startJob } from '../start-job.ts'

export const run = async ({ values }: CommandCall, host: Host): Promise<number> =>
  startJob({ job: cpuJobOf(values) }, values, host)
