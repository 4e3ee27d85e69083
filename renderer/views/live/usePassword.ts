import { shallowRef, type ShallowRef } from 'vue'

import { JobError } from '../../../shared/model/error.ts'
import type { Secrets } from '../../../shared/model/job.ts'

/** Who waits for a password; `null` is told when none is given. */
export type PasswordRequest = (password: string | null) => void

/**
 * Passwords of destinations are kept nowhere, so what goes on with a run, or starts it anew, may have to ask.
 *
 * @returns `request` is set while somebody waits; `withPassword` does the work, and does it again with a password when
 * the destination refused it without.
 */
export function usePassword(): {
  readonly request: ShallowRef<PasswordRequest | null>
  readonly withPassword: <T>(work: (secrets?: Secrets) => Promise<T>) => Promise<T>
} {
  const request = shallowRef<PasswordRequest | null>(null)

  const ask = (): Promise<string | null> =>
    new Promise(resolve => {
      request.value = password => {
        request.value = null
        resolve(password)
      }
    })
  const withPassword = async <T>(work: (secrets?: Secrets) => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof JobError) || error.code !== 'E_AUTH') throw error
      const redisPassword = await ask()
      if (redisPassword === null) throw error
      return work({ redisPassword })
    }
  }
  return { request, withPassword }
}
