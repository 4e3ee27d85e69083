import * as z from 'zod'

import { ERROR_CODES } from './error.ts'
import { OUTCOMES } from './outcome.ts'
import { TASK_SORTS, TASKS_PER_PAGE, type TaskFilter } from './task-table.ts'

const milliseconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER)

export const taskFilterSchema: z.ZodType<TaskFilter> = z.lazy(() =>
  z.strictObject({
    outcomes: z.array(z.enum(OUTCOMES)).max(OUTCOMES.length).optional(),
    codes: z.array(z.enum(ERROR_CODES)).max(ERROR_CODES.length).optional(),
    statuses: z.array(z.int().min(0).max(999)).max(1_000).optional(),
    hosts: z.array(z.string().max(300)).max(100).optional(),
    workers: z.array(z.int().min(0).max(65_535)).max(1_024).optional(),
    text: z.string().max(1_000).optional(),
    minTotalMs: milliseconds.optional(),
    maxTotalMs: milliseconds.optional(),
  }),
)

export const taskSortSchema = z.strictObject({
  by: z.enum(TASK_SORTS, { error: `expected one of ${TASK_SORTS.join(', ')}` }),
  isDescending: z.boolean(),
})

/** Rows of a page: more than {@link TASKS_PER_PAGE} are clamped. */
export const pageLimit = z
  .int()
  .min(0)
  .transform(limit => Math.min(limit, TASKS_PER_PAGE))
