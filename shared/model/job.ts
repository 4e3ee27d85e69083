import type { CpuOptions } from './fields/cpu.ts'
import type { CrawlOptions } from './fields/crawl.ts'
import type { LoadOptions } from './fields/load.ts'
import type { ParallelismOptions } from './fields/parallelism.ts'

export const JOB_SCHEMA = 'interleave/job@1'

/** What the user asks for. Plain data; the same in memory, on a wire, in a journal and in an `.ilv.json` file. */
export type JobSpec = CrawlJob | LoadJob | CpuJob

interface JobBase {
  readonly schema: typeof JOB_SCHEMA
  readonly parallelism: ParallelismOptions
}

export interface CrawlJob extends JobBase {
  readonly kind: 'crawl'
  /** URLs, absolute paths of list files, or `-`; at least one, at most 10,000. */
  readonly inputs: readonly string[]
  readonly crawl: CrawlOptions
}

export interface LoadJob extends JobBase {
  readonly kind: 'load'
  /** Absolute paths of files, or `-`; at least one, at most 10,000. Their records are numbered through. */
  readonly inputs: readonly string[]
  readonly load: LoadOptions
}

export interface CpuJob extends JobBase {
  readonly kind: 'cpu'
  readonly cpu: CpuOptions
}

export type JobKind = JobSpec['kind']

/** How one execution ends and where its results go; given at each run, never part of a job file. */
export interface RunOptions {
  /** Absolute paths (`-` is standard output); the ending decides the format: `.jsonl`, `.csv`, `.db`. */
  readonly out: readonly string[]
  readonly outMode: 'create' | 'force' | 'append'
  /** Most failed and quarantined tasks that still count as success. */
  readonly allowFailures: { readonly unit: 'tasks' | 'percent'; readonly value: number }
  /** Expressions such as `p95<200ms`, judged at the end. */
  readonly asserts: readonly string[]
  /**
   * How long a full disk or a lost destination is waited for, in milliseconds; `null` is a minute for a disk and ten
   * for a destination.
   */
  readonly patienceMs: number | null
  /** Absolute path of the file for rejected records of a load; `null` where none is kept (other kinds, dry runs). */
  readonly rejects: string | null
  /** `verify` reads the inputs again and compares what the destination holds instead of writing it (loads only). */
  readonly pass: 'write' | 'verify'
  /** What a load lets pass instead of its job's `maxRejects`, where a resume was given another. */
  readonly maxRejects?: string | undefined
}

/** What a run needs and nothing keeps: not in a job file, a journal, a log or a process list. */
export interface Secrets {
  readonly redisPassword: string | null
  /** `Name: value` each: headers of a crawl whose job holds their names alone. */
  readonly headers: readonly string[]
}

export const NO_SECRETS: Secrets = { redisPassword: null, headers: [] }

/** @returns What is asked of the job's kind: the values of its table of fields. */
export function optionsOf(job: JobSpec): CrawlOptions | LoadOptions | CpuOptions {
  switch (job.kind) {
    case 'crawl':
      return job.crawl
    case 'load':
      return job.load
    case 'cpu':
      return job.cpu
  }
}
