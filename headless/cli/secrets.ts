import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'

import { NO_SECRETS, type JobSpec, type Secrets } from '../../shared/model/job.ts'
import { CommandError } from './command-error.ts'
import { isOn, textOf, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import { targetOf } from './load-job.ts'
import { reasonOf } from './system-error.ts'

export const PASSWORD_VARIABLE = 'INTERLEAVE_REDIS_PASSWORD'

/** No password is longer; what has no line end before that is another file. */
const PASSWORD_BYTES = 4_096

/** Of a file, others than its owner may read it. */
const READABLE_BY_OTHERS = 0o044

/**
 * Gathers what a run needs and nothing keeps: the password from the destination's URI or from `--password-file`, else
 * from the environment.
 *
 * @param fromUri What stood in the URI; `null` when nothing did.
 * @throws CommandError when the file cannot be read or has no password, or where no password has a place.
 */
export function readSecrets(
  job: JobSpec,
  values: FlagValues,
  host: Host,
  fromUri: string | null = null,
): Secrets {
  const file = textOf(values, 'password-file')
  const isRedis = job.kind === 'load' && targetOf(job.load).kind === 'redis'
  if (!isRedis) {
    if (file === undefined) return NO_SECRETS
    throw new CommandError(t => t('usage.onlyForRedis', { flag: '--password-file' }))
  }
  if (file !== undefined && fromUri !== null) throw new CommandError(t => t('usage.passwordTwice'))
  if (file !== undefined) return { redisPassword: passwordIn(file, values, host) }
  if (fromUri !== null) warn(host.t('usage.passwordVisible'), values, host)
  const fromEnvironment = host.env[PASSWORD_VARIABLE]
  return { redisPassword: fromUri ?? (fromEnvironment === '' ? null : (fromEnvironment ?? null)) }
}

function passwordIn(file: string, values: FlagValues, host: Host): string {
  const { head, isOpenToOthers } = readHead(file, host.cwd)
  const [password = ''] = head.split(/\r?\n/, 1)
  if (password === '' || Buffer.byteLength(password) > PASSWORD_BYTES) {
    throw new CommandError(t => t('usage.passwordEmpty', { file }))
  }
  if (isOpenToOthers) warn(host.t('usage.passwordIsOpen', { file }), values, host)
  return password
}

/** Reads as far as a password can go, from a pipe as well. */
function readHead(file: string, cwd: string): { readonly head: string; readonly isOpenToOthers: boolean } {
  let descriptor: number | null = null
  try {
    descriptor = openSync(resolve(cwd, file), 'r')
    const stats = fstatSync(descriptor)
    const bytes = Buffer.alloc(PASSWORD_BYTES + 1)
    let length = 0
    while (length < bytes.length && !bytes.subarray(0, length).includes('\n')) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null)
      if (read === 0) break
      length += read
    }
    const isOpenToOthers = stats.isFile() && (stats.mode & READABLE_BY_OTHERS) !== 0
    return { head: bytes.toString('utf8', 0, length), isOpenToOthers }
  } catch (error) {
    const reason = reasonOf(error)
    throw new CommandError(t => t('usage.passwordFile', { file, reason }), { code: 'E_SRC_IO', cause: error })
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function warn(sentence: string, values: FlagValues, host: Host): void {
  if (!isOn(values, 'quiet')) host.output.writeErr(`${sentence}\n`)
}
