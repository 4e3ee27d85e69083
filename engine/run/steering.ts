import type { Tuning } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import { changeParallelism, decideParallelism } from '../../shared/model/parallelism.ts'
import type { Steering } from '../../shared/model/run.ts'
import type { OpenedRun } from '../records/protocol.ts'

type SteeredRun = Pick<OpenedRun, 'job' | 'parallelism' | 'bounds'>

/** @returns How a run goes on that nobody has tuned since it was opened. */
export function steeringOf({ job, parallelism, bounds }: SteeredRun): Steering {
  const { processes, threads, inFlight } = parallelism
  const { ratePerSec, perHost } =
    bounds ?? (job.kind === 'crawl' ? job.crawl : { ratePerSec: null, perHost: null })
  return { processes, threads, inFlight, ratePerSec, perHost }
}

/** @returns The run as if it had been opened with this steering. */
export const withSteering = <T extends SteeredRun>(opened: T, steering: Steering): T => {
  const { processes, threads, inFlight, ratePerSec, perHost } = steering
  const parallelism = { ...opened.parallelism, processes, threads, inFlight }
  return { ...opened, parallelism, bounds: { ratePerSec, perHost } }
}

/** Whether workers may come and go while the run goes on. */
export const mayChangeWorkers = ({ model, partition }: Parallelism): boolean =>
  partition === 'dynamic' && model !== 'loop' && model !== 'sequential'

/**
 * @returns How the run goes on with what is tuned; the rest stays as it is.
 * @throws JobError `E_CONFIG` for what contradicts the run's model, its partition, or its kind.
 */
export function tuned({ job, parallelism }: SteeredRun, now: Steering, tuning: Tuning): Steering {
  const { model, partition, order } = parallelism
  const current = { model, partition, order, ...sizeOf(now) }
  const { ratePerSec = now.ratePerSec, perHost = now.perHost, ...change } = tuning
  // Every number is known, so the machine decides none.
  const decided = decideParallelism(changeParallelism(current, change), job.kind, 1)
  const { processes, threads, inFlight } = decided
  if (partition !== 'dynamic' && (processes !== now.processes || threads !== now.threads)) {
    throw new JobError(
      'E_CONFIG',
      `--partition ${partition} gives each worker its share at the start, so their number cannot change while it runs; ` +
        'stop and resume with another one, or use --partition dynamic',
    )
  }
  if (job.kind !== 'crawl' && (ratePerSec !== null || perHost !== null)) {
    throw new JobError('E_CONFIG', `a ${job.kind} makes no requests that --rate or --per-host could bound`)
  }
  return { processes, threads, inFlight, ratePerSec, perHost }
}

export const isSameSteering = (a: Steering, b: Steering): boolean =>
  isSameSize(a, b) && a.inFlight === b.inFlight && hasSameBounds(a, b)

export const isSameSize = (a: Steering, b: Steering): boolean =>
  a.processes === b.processes && a.threads === b.threads

export const hasSameBounds = (a: Steering, b: Steering): boolean =>
  a.ratePerSec === b.ratePerSec && a.perHost === b.perHost

type Size = Pick<Steering, 'processes' | 'threads' | 'inFlight'>

const sizeOf = ({ processes, threads, inFlight }: Steering): Size => ({
  processes,
  threads,
  inFlight,
})
