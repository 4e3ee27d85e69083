import * as z from 'zod'

import { changeSchema } from './field-schema.ts'
import { cpuFields } from './fields/cpu.ts'
import { crawlFields } from './fields/crawl.ts'
import { loadFields } from './fields/load.ts'
import { parallelismFields } from './fields/parallelism.ts'

/** What a form begins with instead of the defaults of the fields. */
const defaults = z.lazy(() =>
  z.strictObject({
    crawl: changeSchema(crawlFields),
    load: changeSchema(loadFields),
    cpu: changeSchema(cpuFields),
    parallelism: z.strictObject({
      crawl: changeSchema(parallelismFields),
      load: changeSchema(parallelismFields),
      cpu: changeSchema(parallelismFields),
    }),
  }),
)

/** What a person has chosen once for every view of this host; kept in the data folder. */
export const settingsSchema = z.strictObject({
  language: z.enum(['auto', 'en', 'zh-CN']),
  theme: z.enum(['system', 'light', 'dark']),
  /** Most bytes that runs may take before the views ask to clear old ones; `null` for no limit. */
  budgetBytes: z.int().min(1).nullable(),
  defaults,
})

export type Settings = z.infer<typeof settingsSchema>

export const DEFAULT_SETTINGS: Settings = {
  language: 'auto',
  theme: 'system',
  budgetBytes: 10 * 2 ** 30,
  defaults: { crawl: {}, load: {}, cpu: {}, parallelism: { crawl: {}, load: {}, cpu: {} } },
}

/** What the runs of this host take on its disk. */
export interface StorageReport {
  readonly path: string
  readonly runs: number
  readonly usedBytes: number
  /** `null` when the file system does not tell. */
  readonly freeBytes: number | null
}
