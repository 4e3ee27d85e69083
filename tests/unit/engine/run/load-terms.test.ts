import { describe, expect, it } from 'vitest'
import { checkOrder, withoutSecrets } from '../../../../engine/run/load-terms.ts'
import { NO_SECRETS } from '../../../../shared/model/job.ts'
import { loadJob } from '../../../support/records/load.ts'
import { cpuJob, crawlJob, parallelism } from '../../../support/records/run.ts'

describe('withoutSecrets', () => {
  it('takes the password out of the destination', () => {
    const { job, secrets } = withoutSecrets(loadJob({ to: 'redis://me:open%20sesame@host' }), NO_SECRETS)
    expect(job).toMatchObject({ load: { to: 'redis://me@host:6379/0' } })
    expect(secrets).toEqual({ redisPassword: 'open sesame' })
  })

  it('lets one given apart count more, and leaves other jobs alone', () => {
    const given = { redisPassword: 'given' }
    expect(withoutSecrets(loadJob({ to: 'redis://:other@host' }), given).secrets).toEqual(given)
    const job = cpuJob()
    expect(withoutSecrets(job, given)).toEqual({ job, secrets: given })
  })

  it('refuses a load that goes nowhere', () => {
    const refused = expect.objectContaining({ code: 'E_CONFIG' }) as Error
    expect(() => withoutSecrets(loadJob({ to: null }), NO_SECRETS)).toThrow(refused)
    expect(() => withoutSecrets(loadJob({ to: 'http://x' }), NO_SECRETS)).toThrow(refused)
  })
})

describe('checkOrder', () => {
  it('refuses an order that every n-th record cannot have', () => {
    const two = { ...parallelism('input'), threads: 2, partition: 'stride' } as const
    expect(() => checkOrder(loadJob(), two)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }) as Error)
    for (const given of [{ threads: 1 }, { partition: 'chunk' }, { order: 'completion' }] as const)
      expect(() => checkOrder(loadJob(), { ...two, ...given })).not.toThrow()
    expect(() => checkOrder(crawlJob(), two)).not.toThrow()
  })
})
