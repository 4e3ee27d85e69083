import type { ErrorGroup } from '../../../shared/model/run.ts'
import type { Breakdown, ErrorCause } from '../../../shared/model/task-table.ts'

/** A cause of failures; `null` where only the run's own count tells of it. */
export type Cause = Omit<ErrorCause, 'firstMs' | 'lastMs'> & {
  readonly when: { readonly firstMs: number; readonly lastMs: number } | null
}

/** @returns Causes from the records of tasks, or, where those do not list any, as the run counted them. */
export function causesOf(breakdown: Breakdown | null, counted: readonly ErrorGroup[]): readonly Cause[] {
  if (breakdown !== null && breakdown.errors.length > 0) {
    return breakdown.errors.map(({ firstMs, lastMs, ...cause }) => ({ ...cause, when: { firstMs, lastMs } }))
  }
  return counted.map(({ code, count, sample }) => ({
    code,
    count,
    when: null,
    samples: [{ index: -1, input: null, message: sample }],
  }))
}
