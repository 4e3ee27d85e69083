import { JobError } from '../../shared/model/error.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { JobSpec, Secrets } from '../../shared/model/job.ts'
import { formatTarget, parseTarget } from '../../shared/model/load-target.ts'

/**
 * Takes a password out of the destination of a load, before the job is kept anywhere.
 *
 * @returns The job as it may be kept, and its secrets: one given apart counts more than one in the destination.
 * @throws JobError `E_CONFIG` for a load without a destination, or one that cannot be read.
 */
export function withoutSecrets(job: JobSpec, secrets: Secrets): { job: JobSpec; secrets: Secrets } {
  if (job.kind !== 'load') return { job, secrets }
  if (job.load.to === null) throw new JobError('E_CONFIG', 'a load needs a destination: --to')
  const { target, password } = parseTarget(job.load.to)
  return {
    job: { ...job, load: { ...job.load, to: formatTarget(target) } },
    secrets: { redisPassword: secrets.redisPassword ?? password },
  }
}

/** @throws JobError `E_CONFIG` where records could not be written in the order that is asked for. */
export function checkOrder(job: JobSpec, { order, partition, processes, threads }: Parallelism): void {
  if (job.kind !== 'load' || order !== 'input' || partition !== 'stride' || processes * threads === 1) return
  throw new JobError(
    'E_CONFIG',
    '--order input contradicts --partition stride: neighbours would wait for each other; use dynamic or chunk',
  )
}
