import { defineFields, type OptionsOf } from '../field.ts'

export const MODELS = ['sequential', 'loop', 'threads', 'processes', 'hybrid'] as const
export type Model = (typeof MODELS)[number]

export const PARTITIONS = ['dynamic', 'chunk', 'stride'] as const
export const ORDERS = ['completion', 'input'] as const

/** `null` means: the default of the model, the kind of job and this machine's CPU quota. */
export const parallelismFields = defineFields({
  model: { type: 'choice', flag: 'model', choices: MODELS, default: 'loop', level: 1, group: 'parallelism' },
  processes: {
    type: 'integer',
    flag: 'processes',
    min: 1,
    max: 256,
    default: null,
    level: 1,
    group: 'parallelism',
  },
  threads: {
    type: 'integer',
    flag: 'threads',
    min: 1,
    max: 256,
    default: null,
    level: 1,
    group: 'parallelism',
  },
  inFlight: {
    type: 'integer',
    flag: 'in-flight',
    min: 1,
    max: 65_535,
    default: null,
    level: 1,
    group: 'parallelism',
  },
  partition: {
    type: 'choice',
    flag: 'partition',
    choices: PARTITIONS,
    default: 'dynamic',
    level: 2,
    group: 'parallelism',
  },
  order: {
    type: 'choice',
    flag: 'order',
    choices: ORDERS,
    default: 'completion',
    level: 2,
    group: 'parallelism',
  },
})

export type ParallelismOptions = OptionsOf<typeof parallelismFields>

/** What a run really uses, every number decided. */
export interface Parallelism {
  readonly model: Model
  readonly processes: number
  /** Worker threads in each process; 1 under `processes` means the process's own main thread. */
  readonly threads: number
  /** Semaphore permits of each event loop. */
  readonly inFlight: number
  readonly partition: (typeof PARTITIONS)[number]
  readonly order: (typeof ORDERS)[number]
}

/** Most tasks in flight at once over the whole run. */
export const totalInFlight = (parallelism: Parallelism): number =>
  parallelism.processes * parallelism.threads * parallelism.inFlight
