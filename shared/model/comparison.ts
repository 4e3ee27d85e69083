import type { Parallelism, ParallelismOptions } from './fields/parallelism.ts'
import type { JobSpec } from './job.ts'
import type { Latencies, PhaseTimes } from './run.ts'

/** Defaults and bounds of what a comparison repeats. */
export const REPEATS = { min: 1, max: 50, default: 5 } as const
export const WARM_UPS = { min: 0, max: 10, default: 1 } as const
export const POINTS_LIMIT = 64

/** What is compared: the same job, run under several models and numbers. */
export interface ComparisonPlan {
  /** Its own parallelism is replaced by each point's. */
  readonly job: JobSpec
  /** At least one; named differently. */
  readonly points: readonly ComparedPoint[]
  /** Measured runs of each point. */
  readonly repeats: number
  /** Runs of each point before, which are not counted. */
  readonly warmUps: number
  /** Of the order within each block, and of the resampling. */
  readonly seed: number
}

/** One column of a comparison. */
export interface ComparedPoint {
  /** As it was written: `threads`, `loop:1x1x50`. */
  readonly name: string
  readonly parallelism: ParallelismOptions
}

/** Why something does not count. */
export type VoidReason =
  /** The run failed, was stopped, or lost tasks. */
  | { readonly type: 'not-done'; readonly detail: string }
  /** Its results are not those of the first point. */
  | { readonly type: 'digest'; readonly detail: string }

/** What more of which would make a run faster; `none` where nothing measured stands out. */
export type BottleneckName = 'loop' | 'cpu' | 'server' | 'rate' | 'sink' | 'queue' | 'generator' | 'none'

/** What held a run up, by the most telling of its numbers. */
export interface RunBottleneck {
  readonly name: BottleneckName
  /** How much of it was used up, or of the time went there, 0..1. */
  readonly share: number
  /** Share of a task's time that is computing: 1 is bound by CPUs alone, 0 by waiting alone; `null` when not measured. */
  readonly cpuBoundRatio: number | null
}

/** One run of a comparison. */
export interface ComparedRun {
  readonly runId: string
  /** From 0; every point occurs once in each block, in an order of the block's own. Negative for warm-ups. */
  readonly block: number
  /** Position in the whole comparison, from 0. */
  readonly order: number
  readonly tasks: number
  readonly failed: number
  /** From the start of the first task to the end of the run: what throughput is measured over. */
  readonly workMs: number
  /** From the start of the run to that of its first task: making processes, threads and the journal. */
  readonly startMs: number
  /** Settled tasks a second of `workMs`. */
  readonly throughputPerSec: number
  readonly latencyMs: Latencies
  readonly phases: PhaseTimes
  /** Of all processes of the run. */
  readonly cpuSec: number
  readonly peakRssBytes: number
  /** Means over the run's samples; `null` where it was too short for one. */
  readonly inFlight: number | null
  readonly loopRatio: number | null
  readonly cpuRatio: number | null
  readonly digest: string | null
  readonly bottleneck: RunBottleneck
  readonly void: VoidReason | null
}

/** All runs of one point. */
export interface ComparisonCell {
  readonly name: string
  readonly runtime: 'node'
  readonly model: Parallelism['model']
  readonly parallelism: Parallelism
  readonly runs: readonly ComparedRun[]
  /** Of the runs that count, in the order of their blocks. */
  readonly throughputPerSec: readonly number[]
  readonly median: number | null
  /** Positions in `throughputPerSec` that lie far out. They count all the same. */
  readonly outliers: readonly number[]
  readonly medianCpuSec: number | null
  readonly medianStartMs: number | null
  readonly peakRssBytes: number | null
  /** Most tasks that can be in flight, P × T × C. */
  readonly limit: number
  /** Of the run whose throughput is the median; `null` without a run that counts. */
  readonly bottleneck: RunBottleneck | null
  readonly void: VoidReason | null
}

export const VERDICTS = ['faster', 'slower', 'no difference shown', 'too few repeats', 'void'] as const
export type Verdict = (typeof VERDICTS)[number]

/** `a` against `b`, from the medians of blocks in which both ran. */
export interface ComparisonRatio {
  readonly a: string
  readonly b: string
  readonly ratio: number | null
  /** 95 % interval. */
  readonly low: number | null
  readonly high: number | null
  readonly verdict: Verdict
}

/** Gunther's Universal Scalability Law over the points of one model that differ in their number of lanes. */
export interface ScalabilityFit {
  readonly model: Parallelism['model']
  readonly points: readonly { readonly n: number; readonly throughputPerSec: number }[]
  /** Throughput of one lane. */
  readonly lambda: number
  /** Contention, 0..1, and coherency: what waiting for each other and talking to each other costs. */
  readonly sigma: number
  readonly kappa: number
  readonly r2: number
  /** Lanes at which throughput is highest; `null` where it only flattens. */
  readonly peakN: number | null
  readonly band: readonly { readonly n: number; readonly low: number; readonly high: number }[]
}

/** Where a comparison was made. */
export interface ComparisonEnvironment {
  readonly cpu: string
  readonly cpus: number
  /** CPUs granted, possibly a fraction. */
  readonly cpuQuota: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
  /** Share of all CPUs that others used just before, 0..1. */
  readonly busyRatio: number
  readonly loadAverage: number
}

export type ComparisonState = 'running' | 'done' | 'stopped' | 'failed'

/** Something that a reader of the numbers has to know. */
export type ComparisonNote =
  | { readonly type: 'noisy'; readonly busyRatio: number }
  | { readonly type: 'few-repeats'; readonly repeats: number }
  | { readonly type: 'failures'; readonly cell: string; readonly ratio: number }
  | { readonly type: 'short'; readonly cell: string; readonly workMs: number }
  | { readonly type: 'start-dominates'; readonly cell: string; readonly ratio: number }

/** `interleave/comparison@1` */
export interface Comparison {
  readonly schema: 'interleave/comparison@1'
  readonly comparisonId: string
  readonly startedAt: string
  readonly state: ComparisonState
  /** Why it ended early. */
  readonly reason: string | null
  readonly plan: ComparisonPlan
  readonly environment: ComparisonEnvironment
  /** Runs that have ended, of all. */
  readonly runsDone: number
  readonly runsPlanned: number
  readonly cells: readonly ComparisonCell[]
  /** Every other point against the best, best first; then the best against the first. */
  readonly ratios: readonly ComparisonRatio[]
  readonly scalability: readonly ScalabilityFit[]
  readonly notes: readonly ComparisonNote[]
}

/** What a list of comparisons shows of one. */
export interface ComparisonEntry {
  readonly comparisonId: string
  readonly startedAt: string
  readonly state: ComparisonState
  readonly kind: JobSpec['kind']
  /** What the job works on, for people. */
  readonly title: string
  readonly points: readonly string[]
  readonly runsDone: number
  readonly runsPlanned: number
}
