import type { CpuOptions } from './fields/cpu.ts'
import type { CrawlOptions } from './fields/crawl.ts'
import type { ParallelismOptions } from './fields/parallelism.ts'

export const JOB_SCHEMA = 'interleave/job@1'

/** What the user asks for. Plain data; the same in memory, on a wire, in a journal and in an `.ilv.json` file. */
export type JobSpec = CrawlJob | CpuJob

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
  /** How long a full disk or a lost destination is waited for, in milliseconds. */
  readonly patienceMs: number
}
