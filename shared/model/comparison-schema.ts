import * as z from 'zod'
import { POINTS_LIMIT, REPEATS, WARM_UPS, type ComparisonPlan } from './comparison.ts'
import { optionsSchema } from './field-schema.ts'
import { parallelismFields } from './fields/parallelism.ts'
import { jobSchema } from './job-schema.ts'

const pointSchema = z.lazy(() =>
  z.strictObject({ name: z.string().min(1).max(60), parallelism: optionsSchema(parallelismFields) }),
)

/** What a view may ask for as a comparison. */
export const comparisonPlanSchema: z.ZodType<ComparisonPlan> = z.lazy(() =>
  z
    .strictObject({
      job: jobSchema,
      points: z.array(pointSchema).min(1).max(POINTS_LIMIT),
      repeats: z.int().min(REPEATS.min).max(REPEATS.max),
      warmUps: z.int().min(WARM_UPS.min).max(WARM_UPS.max),
      seed: z.int().min(0).max(0xffff_ffff),
    })
    .refine(({ points }) => new Set(points.map(({ name }) => name)).size === points.length, {
      error: 'expected points with different names',
    }),
)
