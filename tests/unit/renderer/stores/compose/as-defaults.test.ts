import { describe, expect, it } from 'vitest'

import { asDefaults } from '../../../../../renderer/stores/compose/as-defaults.ts'
import { parseJob } from '../../../../../shared/model/job-schema.ts'
import { DEFAULT_SETTINGS } from '../../../../../shared/model/settings.ts'

const { defaults } = DEFAULT_SETTINGS
const job = (rest: object) => parseJob({ schema: 'interleave/job@1', inputs: ['/in/a.csv'], ...rest })

describe('a job that is kept as the defaults', () => {
  it('leaves out permissions and what belongs to its input', () => {
    const crawl = { retries: 5, column: 'url', insecure: true }
    const kept = asDefaults(job({ kind: 'crawl', crawl, parallelism: { inFlight: 8 } }), defaults)
    expect(kept).toEqual({
      ...defaults,
      crawl: { retries: 5 },
      parallelism: { ...defaults.parallelism, crawl: { inFlight: 8 } },
    })
  })

  it('keeps a destination that takes any input, and no file', () => {
    const keptTo = (to: string) => asDefaults(job({ kind: 'load', load: { to } }), defaults).load.to
    expect([keptTo('redis://localhost:6379/0'), keptTo('sqlite:/in/a.db')]).toEqual([
      'redis://localhost:6379/0',
      undefined,
    ])
  })
})
