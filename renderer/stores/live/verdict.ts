import type { JobKind } from '../../../shared/model/job.ts'
import type { PhaseTimes } from '../../../shared/model/run.ts'

/** Fewer settled tasks, or less time of theirs, say nothing of the rest. */
const ENOUGH_TASKS = 50
const ENOUGH_MS = 100
const MOSTLY = 0.7
/** A loop that is busy for so much of the time lets tasks wait for itself. */
const BUSY_LOOP = 0.85
const NEARLY_FULL = 0.9

export type Verdict =
  | { readonly is: 'unknown' }
  /** Tasks wait for a loop that others keep busy: the workers compute more than they wait. */
  | { readonly is: 'loop-bound'; readonly loopRatio: number }
  | { readonly is: 'cpu-bound'; readonly cpuRatio: number }
  /** Mostly waiting; more in flight helps as long as the permits are used up. */
  | { readonly is: 'waiting'; readonly cpuRatio: number; readonly isFull: boolean }
  | { readonly is: 'mixed'; readonly cpuRatio: number }

export interface Evidence {
  readonly kind: JobKind
  readonly settled: number
  readonly phases: PhaseTimes
  readonly inFlight: number
  readonly limit: number
  /** Mean of the workers' event loops, 0..1; NaN when not measured. */
  readonly loopRatio: number
}

/** @returns Part of the tasks' own time that was computing; `null` when nothing was measured. */
export function cpuShareOf({ connectMs, firstByteMs, bodyMs, cpuMs }: PhaseTimes): number | null {
  const sum = connectMs + firstByteMs + bodyMs + cpuMs
  return sum > 0 ? cpuMs / sum : null
}

/** Says of a run whether it computes or waits, as far as what was measured carries that. */
export function verdictOf({ settled, phases, inFlight, limit, loopRatio }: Evidence): Verdict {
  const cpuRatio = cpuShareOf(phases)
  const sumMs = phases.connectMs + phases.firstByteMs + phases.bodyMs + phases.cpuMs
  if (cpuRatio === null || settled < ENOUGH_TASKS || sumMs < ENOUGH_MS) return { is: 'unknown' }
  if (cpuRatio >= MOSTLY) return { is: 'cpu-bound', cpuRatio }
  if (loopRatio >= BUSY_LOOP) return { is: 'loop-bound', loopRatio }
  if (cpuRatio > 1 - MOSTLY) return { is: 'mixed', cpuRatio }
  return { is: 'waiting', cpuRatio, isFull: inFlight >= limit * NEARLY_FULL }
}
