import { crawlFields } from '../../shared/model/fields/crawl.ts'
import { parallelismFields } from '../../shared/model/fields/parallelism.ts'

/** What may change while a run goes on. */
export const TUNED_FIELDS = {
  inFlight: parallelismFields.inFlight,
  processes: parallelismFields.processes,
  threads: parallelismFields.threads,
} as const

/** The same, of which none is a value as well. */
export const TUNED_LIMITS = { ratePerSec: crawlFields.ratePerSec, perHost: crawlFields.perHost } as const
