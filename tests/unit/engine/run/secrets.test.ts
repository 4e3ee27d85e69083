import { describe, expect, it } from 'vitest'
import { withHeaderValues, withoutSecrets } from '../../../../engine/run/secrets.ts'
import { NO_SECRETS } from '../../../../shared/model/job.ts'
import { loadJob } from '../../../support/records/load.ts'
import { cpuJob, crawlJob } from '../../../support/records/run.ts'

describe('withoutSecrets', () => {
  it('takes the password out of the destination', () => {
    const { job, secrets } = withoutSecrets(loadJob({ to: 'redis://me:open%20sesame@host' }), NO_SECRETS)
    expect(job).toMatchObject({ load: { to: 'redis://me@host:6379/0' } })
    expect(secrets).toEqual({ ...NO_SECRETS, redisPassword: 'open sesame' })
  })

  it('lets one given apart count more, and leaves other jobs alone', () => {
    const given = { ...NO_SECRETS, redisPassword: 'given' }
    expect(withoutSecrets(loadJob({ to: 'redis://:other@host' }), given).secrets).toEqual(given)
    const job = cpuJob()
    expect(withoutSecrets(job, given)).toEqual({ job, secrets: given })
  })

  it('refuses a load that goes nowhere', () => {
    const refused = expect.objectContaining({ code: 'E_CONFIG' }) as Error
    expect(() => withoutSecrets(loadJob({ to: null }), NO_SECRETS)).toThrow(refused)
    expect(() => withoutSecrets(loadJob({ to: 'http://x' }), NO_SECRETS)).toThrow(refused)
  })

  it('keeps the names of headers, and no user name of a URL', () => {
    const crawl = { ...crawlJob().crawl, headers: ['Accept: text/html', 'X-Key: k'] }
    const asked = { ...crawlJob(), inputs: ['http://me:pw@host/a', '/home/me@work/list.txt'], crawl }
    const { job, secrets } = withoutSecrets(asked, NO_SECRETS)
    expect(job).toMatchObject({
      inputs: ['http://***@host/a', '/home/me@work/list.txt'],
      crawl: { headers: ['Accept: text/html', 'X-Key: …'] },
    })
    expect(secrets).toEqual({ ...NO_SECRETS, headers: ['X-Key: k'] })
    expect(withHeaderValues(job, secrets)).toMatchObject({ crawl: { headers: crawl.headers } })
    // A job whose values were withheld is started anew with them.
    expect(withoutSecrets(job, secrets)).toEqual({ job, secrets })
    const refused = expect.objectContaining({ code: 'E_AUTH' }) as Error
    expect(() => withoutSecrets(job, NO_SECRETS)).toThrow(refused)
  })
})
