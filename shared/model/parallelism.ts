import { JobError } from './error.ts'
import { defaultsOf } from './field-schema.ts'
import {
  MODELS,
  parallelismFields,
  type Model,
  type Parallelism,
  type ParallelismOptions,
} from './fields/parallelism.ts'
import type { JobKind } from './job.ts'

/** The three numbers that make up a run's parallelism. */
const DIMENSIONS = ['processes', 'threads', 'inFlight'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Which numbers a model leaves open; the others are 1. */
const OPEN: Readonly<Record<Model, readonly Dimension[]>> = {
  sequential: [],
  loop: ['inFlight'],
  threads: ['threads', 'inFlight'],
  processes: ['processes', 'inFlight'],
  hybrid: ['processes', 'threads', 'inFlight'],
}

const THING: Readonly<Record<Dimension, string>> = {
  processes: 'process',
  threads: 'thread in each process',
  inFlight: 'task in flight',
}

const MODEL_OF_KIND: Readonly<Record<JobKind, Model>> = {
  crawl: 'loop',
  load: 'loop',
  cpu: 'processes',
}
const IN_FLIGHT_OF_KIND: Readonly<Record<JobKind, number>> = { crawl: 64, load: 4, cpu: 1 }
const HYBRID_THREADS = 2

/** Most workers of a run, P × T: each is a thread or a process of its own. */
export const WORKERS_LIMIT = 1_024

/** @returns The numbers that may be chosen under a model; the others are 1. */
export const openDimensionsOf = (model: Model): readonly Dimension[] => OPEN[model]

export const defaultModelOf = (kind: JobKind): Model => MODEL_OF_KIND[kind]

/** @returns What a job of this kind has when nothing is chosen; numbers stay open until a machine runs it. */
export const parallelismDefaultsOf = (kind: JobKind): ParallelismOptions => ({
  ...defaultsOf(parallelismFields),
  model: defaultModelOf(kind),
})

/**
 * Decides every number of a run on a machine.
 *
 * @param cpus CPU quota; a fraction counts as a whole CPU, and less than 1 (or no number) as 1.
 * @throws JobError `E_CONFIG` when a number contradicts the model, naming both flags and the models that fit.
 */
export function decideParallelism(options: ParallelismOptions, kind: JobKind, cpus: number): Parallelism {
  for (const dimension of DIMENSIONS) refuseContradiction(options, dimension)
  const cores = Number.isFinite(cpus) ? Math.max(1, Math.ceil(cpus)) : 1
  const { model } = options
  const defaults: Readonly<Record<Dimension, number>> = {
    processes: cores,
    threads: model === 'hybrid' ? HYBRID_THREADS : cores,
    inFlight: IN_FLIGHT_OF_KIND[kind],
  }
  const decided = (dimension: Dimension): number =>
    OPEN[model].includes(dimension) ? (options[dimension] ?? defaults[dimension]) : 1
  const processes = decided('processes')
  const threads = decided('threads')
  if (processes * threads > WORKERS_LIMIT) {
    throw new JobError(
      'E_CONFIG',
      `--processes ${processes} with --threads ${threads} makes ${processes * threads} workers, more than ${WORKERS_LIMIT}; lower one of them`,
    )
  }
  return {
    model,
    processes,
    threads,
    inFlight: decided('inFlight'),
    partition: options.partition,
    order: options.order,
  }
}

/** Options given anew, as at a resume; an absent one keeps what was. */
export type ParallelismChange = {
  readonly [K in keyof ParallelismOptions]?: ParallelismOptions[K] | undefined
}

/** @returns `options` with `change` put in; under another model, numbers that were not given anew are open again. */
export function changeParallelism(
  options: ParallelismOptions,
  change: ParallelismChange,
): ParallelismOptions {
  const keepsModel = change.model === undefined || change.model === options.model
  const base = keepsModel ? options : { ...options, processes: null, threads: null, inFlight: null }
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return { ...base, ...given }
}

function refuseContradiction(options: ParallelismOptions, dimension: Dimension): void {
  const value = options[dimension]
  if (value === null || value === 1 || OPEN[options.model].includes(dimension)) return
  const wanted = DIMENSIONS.filter(name => (options[name] ?? 1) !== 1)
  const fitting = MODELS.filter(model => wanted.every(name => OPEN[model].includes(name)))
  const flag = `--${parallelismFields[dimension].flag}`
  throw new JobError(
    'E_CONFIG',
    `${flag} ${value} contradicts --model ${options.model}, which has 1 ${THING[dimension]}; ` +
      `use --model ${fitting.join(', ').replace(/, (?=\w+$)/, ' or ')}, or leave ${flag} out`,
  )
}
