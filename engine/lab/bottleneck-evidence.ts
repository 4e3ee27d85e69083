import type { JobKind } from '../../shared/model/job.ts'

/** What a run's samples, its job and its machine tell. */
export interface BottleneckEvidence {
  readonly kind: JobKind
  /** Rows of `SAMPLE_COLUMNS`, one after the other, of the whole run. */
  readonly samples: Float64Array
  /** Tasks of the job; `null` when they were never counted. */
  readonly tasks: number | null
  /** CPUs granted, possibly a fraction, and those of the machine. */
  readonly cpuQuota: number
  readonly machineCpus: number
  /** CPUs of the machine that others kept busy meanwhile, the supervising process among them; `null` when not measured. */
  readonly elsewhereCpus: number | null
  /** Requests a second that the job allows itself. */
  readonly ratePerSec: number | null
  /** For how long outputs or the journal, or inputs, held every worker up; `null` when not measured. */
  readonly sinkStallMs: number | null
  readonly readerStallMs: number | null
}

/** Numbers that a finding rests on. Those that end in `Ratio` lie in 0..1, but for measuring errors. */
export type ReasonKey =
  /** CPUs that the workers kept busy of those granted, and others of all that the machine has. */
  | 'cpuRatio'
  | 'elsewhereRatio'
  /** Time that event loops were at work. */
  | 'loopRatio'
  /** Lanes that had a task. */
  | 'occupancyRatio'
  /** Lanes that had none because none was left; because outputs or inputs stood still; for want of a permit; for no reason known. */
  | 'idleNoTasksRatio'
  | 'idleSinkRatio'
  | 'idleReaderRatio'
  | 'idleHeldRatio'
  | 'idleUnfedRatio'
  /** Requests a second of those that are allowed. */
  | 'rateRatio'
  /** Time of tasks in flight that they waited for a server, or for the destination of a load. */
  | 'serverWaitRatio'
  | 'sinkWaitRatio'
  /** Milliseconds of a task in flight, and of CPU time for it. */
  | 'wallMs'
  | 'cpuMs'

/**
 * From here on a resource is called saturated. By the formula of M/M/1 a task waits at 85 % use nearly six times as long as it
 * is served, so that is where its time goes; and means over a run with its begin and end hardly show more.
 */
export const SATURATED = 0.85
