import type { Parallelism } from './fields/parallelism.ts'
import type { HostReport } from './host-report.ts'
import type { JobKind } from './job.ts'
import type { LoadTarget } from './load-target.ts'

const MEBIBYTE = 2 ** 20
const KIBIBYTE = 2 ** 10

/** Bytes that a run holds at its peak, over all its processes. */
interface Cost {
  /** The supervising process with one worker in one process. */
  readonly first: number
  readonly process: number
  readonly thread: number
  readonly permit: number
}

/** Resident memory as docs/benchmarks.md has it under "Memory by parallelism"; pages of 16 KiB for the permits of a crawl. */
const COSTS: Readonly<Record<JobKind, Cost>> = {
  crawl: { first: 200 * MEBIBYTE, process: 105 * MEBIBYTE, thread: 42 * MEBIBYTE, permit: 40 * KIBIBYTE },
  load: { first: 220 * MEBIBYTE, process: 75 * MEBIBYTE, thread: 32 * MEBIBYTE, permit: 0 },
  cpu: { first: 165 * MEBIBYTE, process: 65 * MEBIBYTE, thread: 16 * MEBIBYTE, permit: 0 },
}

/** Descriptors that a worker process has open besides its sockets, and what each thread of it adds; same place. */
const PROCESS_DESCRIPTORS = 28
const THREAD_DESCRIPTORS = 9

/** What a run is about to take, before it starts: about right, not a bound. */
export interface Prediction {
  readonly tasksInFlight: number
  /** Most sockets over the whole run: one for each request in flight, or one for each worker that loads into Redis. */
  readonly sockets: number
  /** Most descriptors of one process, its files included. */
  readonly descriptorsPerProcess: number
  readonly memoryBytes: number
}

export interface PredictedWork {
  readonly kind: JobKind
  /** `null` for what is no load. */
  readonly target: LoadTarget['kind'] | null
  readonly parallelism: Pick<Parallelism, 'processes' | 'threads' | 'inFlight'>
}

export function predict({ kind, target, parallelism }: PredictedWork): Prediction {
  const { processes, threads, inFlight } = parallelism
  const workers = processes * threads
  const socketsPerWorker = kind === 'crawl' ? inFlight : target === 'redis' ? 1 : 0
  const { first, process, thread, permit } = COSTS[kind]
  return {
    tasksInFlight: workers * inFlight,
    sockets: workers * socketsPerWorker,
    descriptorsPerProcess: PROCESS_DESCRIPTORS + threads * (THREAD_DESCRIPTORS + socketsPerWorker),
    memoryBytes:
      first + (processes - 1) * process + processes * (threads - 1) * thread + workers * inFlight * permit,
  }
}

/** Where a prediction is beyond what the machine allows. */
export type Shortage =
  | { readonly what: 'descriptors'; readonly needed: number; readonly limit: number }
  | { readonly what: 'memory'; readonly needed: number; readonly limit: number }

/** @returns What would not fit; nothing where the machine tells no limit. */
export function shortagesOf(
  prediction: Prediction,
  host: Pick<HostReport, 'descriptorLimit' | 'memory'>,
): readonly Shortage[] {
  const { descriptorLimit, memory } = host
  const limit = Math.min(memory.totalBytes, memory.limitBytes ?? Infinity)
  const { descriptorsPerProcess, memoryBytes } = prediction
  return [
    ...(descriptorLimit !== null && descriptorsPerProcess > descriptorLimit
      ? [{ what: 'descriptors', needed: descriptorsPerProcess, limit: descriptorLimit } as const]
      : []),
    ...(memoryBytes > limit ? [{ what: 'memory', needed: memoryBytes, limit } as const] : []),
  ]
}
