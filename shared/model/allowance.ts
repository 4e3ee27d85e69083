import { JobError } from './error.ts'
import { shown } from './schema-issue.ts'

/** How many of a run's tasks may go wrong: so many, or such a part of them. */
export interface Allowance {
  readonly unit: 'tasks' | 'percent'
  /** Whole tasks, or 0..100. */
  readonly value: number
}

const TASKS_LIMIT = 4_000_000_000

/**
 * Reads `25`, `1%` or `2.5%`.
 *
 * @param name What the text belongs to, for the message, such as `--max-rejects`.
 * @throws JobError `E_CONFIG`.
 */
export function parseAllowance(text: string, name = 'allowance'): Allowance {
  const [, digits, sign] = /^(\d{1,10}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? []
  const value = Number(digits)
  const isValid =
    digits !== undefined && (sign === '%' ? value <= 100 : Number.isInteger(value) && value <= TASKS_LIMIT)
  if (!isValid) {
    throw new JobError(
      'E_CONFIG',
      `${name}: expected a number of tasks or a percentage such as 5%, got ${shown(text)}`,
    )
  }
  return { unit: sign === '%' ? 'percent' : 'tasks', value }
}
