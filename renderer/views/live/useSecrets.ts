import { shallowRef, type ShallowRef } from 'vue'

import { JobError } from '../../../shared/model/error.ts'
import { missingHeaders } from '../../../shared/model/header-secrets.ts'
import { NO_SECRETS, type JobSpec, type Secrets } from '../../../shared/model/job.ts'

/** Who waits for what a run kept nowhere. */
export interface SecretsRequest {
  /** Headers whose values are needed, in small letters; `null` when it is the password of a destination. */
  readonly headers: readonly string[] | null
  /** @param values One for each header, or the password; `null` when nothing is given. */
  readonly answer: (values: readonly string[] | null) => void
}

/**
 * Passwords of destinations and values of headers are kept nowhere, so what goes on with a run, or starts it anew, may
 * have to ask.
 *
 * @param jobOf The job whose secrets they are.
 * @returns `request` is set while somebody waits; `withSecrets` does the work, and does it again with what was given when
 * it was refused without.
 */
export function useSecrets(jobOf: () => JobSpec): {
  readonly request: ShallowRef<SecretsRequest | null>
  readonly withSecrets: <T>(work: (secrets?: Secrets) => Promise<T>) => Promise<T>
} {
  const request = shallowRef<SecretsRequest | null>(null)

  const ask = (headers: readonly string[] | null): Promise<readonly string[] | null> =>
    new Promise(resolve => {
      request.value = {
        headers,
        answer: values => {
          request.value = null
          resolve(values)
        },
      }
    })
  const withSecrets = async <T>(work: (secrets?: Secrets) => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof JobError) || error.code !== 'E_AUTH') throw error
      const job = jobOf()
      const headers = job.kind === 'crawl' ? missingHeaders(job.crawl.headers) : null
      const values = await ask(headers)
      if (values === null) throw error
      return work(secretsOf(headers, values))
    }
  }
  return { request, withSecrets }
}

const secretsOf = (headers: readonly string[] | null, values: readonly string[]): Secrets =>
  headers === null
    ? { ...NO_SECRETS, redisPassword: values[0] ?? '' }
    : { ...NO_SECRETS, headers: headers.map((name, at) => `${name}: ${values[at] ?? ''}`) }
