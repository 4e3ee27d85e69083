import { describe, expect, it } from 'vitest'
import { checkOrder } from '../../../../engine/run/load-terms.ts'
import { loadJob } from '../../../support/records/load.ts'
import { crawlJob, parallelism } from '../../../support/records/run.ts'

describe('checkOrder', () => {
  it('refuses an order that every n-th record cannot have', () => {
    const two = { ...parallelism('input'), threads: 2, partition: 'stride' } as const
    expect(() => checkOrder(loadJob(), two)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }) as Error)
    for (const given of [{ threads: 1 }, { partition: 'chunk' }, { order: 'completion' }] as const)
      expect(() => checkOrder(loadJob(), { ...two, ...given })).not.toThrow()
    expect(() => checkOrder(crawlJob(), two)).not.toThrow()
  })
})
