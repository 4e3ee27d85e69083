import type { ComparedPoint } from '../../../shared/model/comparison.ts'
import { parsePoint, parseSweep } from '../../../shared/model/compared-point.ts'
import { JobError } from '../../../shared/model/error.ts'
import {
  MODELS,
  parallelismFields,
  type Model,
  type ParallelismOptions,
} from '../../../shared/model/fields/parallelism.ts'
import type { JobKind, JobSpec } from '../../../shared/model/job.ts'
import { decideParallelism, openDimensionsOf, type Dimension } from '../../../shared/model/parallelism.ts'

/** A point that is put together: `null` for a number that this machine decides. */
export interface DraftPoint extends Readonly<Record<Dimension, number | null>> {
  readonly model: Model
}

export interface ReadPoint {
  /** `null` where it cannot be: `problem` says why. */
  readonly point: ComparedPoint | null
  readonly problem: PointProblem | null
}
export type PointProblem = { readonly is: 'twice' } | { readonly is: 'message'; readonly text: string }

/** What is usually measured against each other for such a job. */
const USUAL: Readonly<Record<JobKind, readonly Model[]>> = {
  cpu: ['sequential', 'threads', 'processes'],
  crawl: ['loop', 'threads', 'processes'],
  load: ['loop', 'threads', 'processes'],
}

export const emptyPoint = (model: Model): DraftPoint => ({
  model,
  processes: null,
  threads: null,
  inFlight: null,
})

/** @returns The job's own model with its numbers among those that are usual for it. */
export function usualPoints({ kind, parallelism }: Pick<JobSpec, 'kind' | 'parallelism'>): DraftPoint[] {
  const { model, processes, threads, inFlight } = parallelism
  const own = { model, processes, threads, inFlight }
  return MODELS.filter(each => each === model || USUAL[kind].includes(each)).map(each =>
    each === model ? own : emptyPoint(each),
  )
}

/** @returns Without numbers of its own: each point brings them, and a model alone means what this machine decides. */
export function jobOfComparison<Job extends JobSpec>(job: Job): Job {
  return { ...job, parallelism: { ...job.parallelism, processes: null, threads: null, inFlight: null } }
}

/** @returns What stands for each number of a model that is left open. */
export function usualNumbers(model: Model, kind: JobKind, cpus: number): Readonly<Record<Dimension, number>> {
  const options: ParallelismOptions = {
    ...emptyPoint(model),
    partition: parallelismFields.partition.default,
    order: parallelismFields.order.default,
  }
  const { processes, threads, inFlight } = decideParallelism(options, kind, cpus)
  return { processes, threads, inFlight }
}

/** @returns `threads` when every number is left open, else as `--models` has it: `loop:1x1x50`. */
export function pointName(point: DraftPoint, kind: JobKind, cpus: number): string {
  const open = openDimensionsOf(point.model)
  if (open.every(name => point[name] === null)) return point.model
  const usual = usualNumbers(point.model, kind, cpus)
  const of = (name: Dimension): number => (open.includes(name) ? (point[name] ?? usual[name]) : 1)
  return `${point.model}:${of('processes')}x${of('threads')}x${of('inFlight')}`
}

/** @returns One for each point, in their order. @param job Of {@link jobOfComparison}. */
export function readPoints(points: readonly DraftPoint[], job: JobSpec, cpus: number): readonly ReadPoint[] {
  const names = points.map(point => pointName(point, job.kind, cpus))
  return names.map((name, at) => {
    if (names.indexOf(name) < at) return { point: null, problem: { is: 'twice' } }
    try {
      return { point: parsePoint(name, job), problem: null }
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      return { point: null, problem: { is: 'message', text: error.message } }
    }
  })
}

export interface Sweep {
  readonly model: Model
  readonly dimension: Dimension
  readonly from: number
  readonly to: number
}

/** @returns A point for `from`, for each doubling of it, and for `to`. */
export function sweepPoints({ model, dimension, from, to }: Sweep, job: JobSpec): DraftPoint[] {
  const under = { ...job, parallelism: { ...jobOfComparison(job).parallelism, model } }
  return parseSweep(`${parallelismFields[dimension].flag}=${from}..${to}`, under).map(({ parallelism }) => {
    const { processes, threads, inFlight } = parallelism
    return { model, processes, threads, inFlight }
  })
}
