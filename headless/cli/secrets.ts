import { NO_SECRETS, type CrawlJob, type JobSpec, type Secrets } from '../../shared/model/job.ts'
import { CommandError } from './command-error.ts'
import { textOf, type FlagValues } from './flag-spec.ts'
import { headersFor, headersGiven } from './headers.ts'
import type { Host } from './host.ts'
import { targetOf } from './load-job.ts'
import { readSecretFile, warn } from './secret-file.ts'

export const PASSWORD_VARIABLE = 'INTERLEAVE_REDIS_PASSWORD'

/** No password is longer; what has no line end before that is another file. */
const PASSWORD_BYTES = 4_096

/**
 * Gathers what a run needs and nothing keeps: the password from the destination's URI or from `--password-file`, else
 * from the environment; values of headers likewise.
 *
 * @param job As it is kept: the headers of a crawl that lack their values are those that are asked for.
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
    if (file === undefined) return job.kind === 'crawl' ? headerSecrets(job, values, host) : NO_SECRETS
    throw new CommandError(t => t('usage.onlyForRedis', { flag: '--password-file' }))
  }
  if (file !== undefined && fromUri !== null) throw new CommandError(t => t('usage.passwordTwice'))
  if (file !== undefined) return { ...NO_SECRETS, redisPassword: passwordIn(file, values, host) }
  if (fromUri !== null) warn(host.t('usage.passwordVisible'), values, host)
  const fromEnvironment = host.env[PASSWORD_VARIABLE]
  const redisPassword = fromUri ?? (fromEnvironment === '' ? null : (fromEnvironment ?? null))
  return { ...NO_SECRETS, redisPassword }
}

const headerSecrets = (job: CrawlJob, values: FlagValues, host: Host): Secrets => ({
  ...NO_SECRETS,
  headers: headersFor(job, headersGiven(values, host), host),
})

function passwordIn(file: string, values: FlagValues, host: Host): string {
  const wanted = { flag: '--password-file', file, mostBytes: PASSWORD_BYTES, isFirstLineOnly: true }
  const [password = ''] = readSecretFile(wanted, values, host).split(/\r?\n/, 1)
  if (password !== '' && Buffer.byteLength(password) <= PASSWORD_BYTES) return password
  throw new CommandError(t => t('usage.passwordEmpty', { file }))
}
