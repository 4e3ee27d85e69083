import * as z from 'zod'

import { BINS_PER_STREAM, LANES_PER_STREAM, SPANS_PER_STREAM } from './task-stream.ts'

const milliseconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER)

/** Milliseconds since the run began. */
export const streamWindowSchema = z.strictObject({ fromMs: milliseconds, toMs: milliseconds })

export const streamQuestionSchema = streamWindowSchema.extend({
  firstLane: z.int().min(0),
  lanes: z.int().min(1).max(LANES_PER_STREAM),
  bins: z.int().min(2).max(BINS_PER_STREAM),
  spans: z.int().min(0).max(SPANS_PER_STREAM),
})
