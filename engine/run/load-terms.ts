import { JobError } from '../../shared/model/error.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { JobSpec } from '../../shared/model/job.ts'

/** @throws JobError `E_CONFIG` where records could not be written in the order that is asked for. */
export function checkOrder(job: JobSpec, { order, partition, processes, threads }: Parallelism): void {
  if (job.kind !== 'load' || order !== 'input' || partition !== 'stride' || processes * threads === 1) return
  throw new JobError(
    'E_CONFIG',
    '--order input contradicts --partition stride: neighbours would wait for each other; use dynamic or chunk',
  )
}
