import { JobError } from '../../../shared/model/error.ts'
import {
  MODELS,
  type Model,
  type Parallelism,
  type ParallelismOptions,
} from '../../../shared/model/fields/parallelism.ts'
import type { JobKind } from '../../../shared/model/job.ts'
import { decideParallelism, openDimensionsOf, type Dimension } from '../../../shared/model/parallelism.ts'

/** One model as this machine would run the job under it. */
export interface ModelPlan {
  readonly model: Model
  readonly open: readonly Dimension[]
  /** `null` when what was typed makes more workers than a run may have. */
  readonly parallelism: Parallelism | null
  /** What stands for each number that is left open. */
  readonly usual: Readonly<Record<Dimension, number>>
}

/** @param cpus CPU quota of the host. @returns Every model with the numbers that were typed, as far as it opens them. */
export const modelPlans = (options: ParallelismOptions, kind: JobKind, cpus: number): readonly ModelPlan[] =>
  MODELS.map(model => {
    const open = openDimensionsOf(model)
    const kept = (name: Dimension): number | null => (open.includes(name) ? options[name] : null)
    const under = {
      ...options,
      model,
      processes: kept('processes'),
      threads: kept('threads'),
      inFlight: kept('inFlight'),
    }
    const empty = { ...under, processes: null, threads: null, inFlight: null }
    const { processes, threads, inFlight } = decideParallelism(empty, kind, cpus)
    return {
      model,
      open,
      parallelism: decidedOrNull(under, kind, cpus),
      usual: { processes, threads, inFlight },
    }
  })

function decidedOrNull(options: ParallelismOptions, kind: JobKind, cpus: number): Parallelism | null {
  try {
    return decideParallelism(options, kind, cpus)
  } catch (error) {
    if (error instanceof JobError) return null
    throw error
  }
}
