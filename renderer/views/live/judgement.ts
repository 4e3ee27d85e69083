import { EXIT } from '../../../shared/model/exit-code.ts'
import type { RunDetail } from '../../../shared/model/run.ts'

/** Why a run that came to its end is no success: more failed than it was allowed, or an assert does not hold. */
export type Judgement =
  | {
      readonly is: 'failures'
      readonly exitCode: number
      readonly failed: number
      readonly total: number
      /** As they are given: a number, or a percentage. */
      readonly allowed: string
      /** Of a load, which both limits bound. */
      readonly maxRejects: string | null
    }
  | { readonly is: 'asserts'; readonly exitCode: number; readonly broken: string }

/** @returns `null` for a run that did what was asked of it, or did not come to its end. */
export function judgementOf({ state, summary, options, job }: RunDetail): Judgement | null {
  const { code: exitCode, reason } = summary.exit
  if (state !== 'done') return null
  if (exitCode === EXIT.assertFailed) return { is: 'asserts', exitCode, broken: reason }
  if (exitCode !== EXIT.tasksFailed) return null
  const { unit, value } = options.allowFailures
  return {
    is: 'failures',
    exitCode,
    failed: summary.tasks.failed + summary.tasks.quarantined,
    total: summary.tasks.total,
    allowed: unit === 'percent' ? `${value}%` : String(value),
    maxRejects: job.kind === 'load' ? job.load.maxRejects : null,
  }
}
