import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { defaultsOf } from '../../shared/model/field-schema.ts'
import { cpuFields } from '../../shared/model/fields/cpu.ts'
import { crawlFields, type CrawlOptions } from '../../shared/model/fields/crawl.ts'
import { parallelismFields, type ParallelismOptions } from '../../shared/model/fields/parallelism.ts'
import { HEADER_LINE } from '../../shared/model/header-secrets.ts'
import { JOB_SCHEMA, type CpuJob, type CrawlJob, type JobKind, type JobSpec } from '../../shared/model/job.ts'
import { parseJob } from '../../shared/model/job-schema.ts'
import { decideParallelism, parallelismDefaultsOf } from '../../shared/model/parallelism.ts'
import { parseStatusRanges } from '../../shared/model/status-range.ts'
import { withoutUserinfo } from '../../shared/model/userinfo.ts'
import { textOf, type FlagValues } from './flag-spec.ts'
import { readFields } from './read-fields.ts'
import { CommandError } from './command-error.ts'

/** @throws CommandError, or JobError `E_CONFIG`, before anything is started. */
export function crawlJobOf(inputs: readonly string[], values: FlagValues, cwd: string): CrawlJob {
  const given = readFields(crawlFields, values)
  checkCrawlOptions(given)
  return checked<CrawlJob>({
    schema: JOB_SCHEMA,
    kind: 'crawl',
    inputs: inputs.map(input => placeOf(input, cwd)),
    crawl: { ...defaultsOf(crawlFields), ...given },
    parallelism: parallelismOf('crawl', values),
  })
}

export function cpuJobOf(values: FlagValues): CpuJob {
  return checked<CpuJob>({
    schema: JOB_SCHEMA,
    kind: 'cpu',
    cpu: { ...defaultsOf(cpuFields), ...readFields(cpuFields, values) },
    parallelism: parallelismOf('cpu', values),
  })
}

/** @returns The parallelism that the command line names; single options are absent. */
export function parallelismChangeOf(values: FlagValues): Partial<ParallelismOptions> {
  if (textOf(values, 'model') === 'auto') {
    throw new CommandError(t => t('usage.notInThisVersion', { name: '--model auto' }))
  }
  return readFields(parallelismFields, values)
}

export const parallelismOf = (kind: JobKind, values: FlagValues): ParallelismOptions => ({
  ...parallelismDefaultsOf(kind),
  ...parallelismChangeOf(values),
})

/** Refuses now, with its path in the job, what the host would refuse at the start. */
export function checked<Job extends JobSpec>(job: Job): Job {
  // Which numbers contradict the model does not depend on the machine.
  decideParallelism(job.parallelism, job.kind, 1)
  return parseJob(job) as Job
}

/** @param headers `Name: value` each, wherever they were read. */
export const withHeaders = (job: CrawlJob, headers: readonly string[]): CrawlJob =>
  checked({ ...job, crawl: { ...job.crawl, headers } })

/** What a table of fields cannot say of its values. */
export function checkCrawlOptions(given: Partial<CrawlOptions>): void {
  // The line may hold a secret, so no message repeats it.
  for (const line of given.headers ?? []) {
    if (!HEADER_LINE.test(line)) {
      throw new CommandError(t =>
        t('usage.badValue', { flag: '--header', value: '…', expected: t('expected.header') }),
      )
    }
  }
  if (given.okStatus !== undefined && given.okStatus !== null) parseStatusRanges(given.okStatus)
}

/** A scheme of one letter is a Windows drive. */
const URL_START = /^[A-Za-z][A-Za-z0-9+.-]+:/
const HOST_NAME = /^(localhost|[\w-]+(\.[\w-]+)+)(:\d+)?([/?#]|$)/
/** Without a folder: with one, `example.org/sitemap.xml` is as likely a URL. */
const LIST_NAME = /^[^/]*\.(txt|csv|tsv|jsonl|ndjson|xml|gz|zst)$/i

/** @returns A URL or `-` as it is, a file as an absolute path. */
function placeOf(input: string, cwd: string): string {
  if (input === '-' || URL_START.test(input)) return input
  const path = resolve(cwd, input)
  if (input !== '' && existsSync(path)) return path
  const say: CommandError['say'] = t => {
    const sentence = t('usage.inputMissing', { input: withoutUserinfo(input) })
    if (!HOST_NAME.test(input) || LIST_NAME.test(input)) return `${sentence} ${t('error.E_SRC_IO.hint')}`
    return `${sentence} ${t('usage.didYouMean', { name: `https://${withoutUserinfo(input)}` })}`
  }
  throw new CommandError(say, { code: 'E_SRC_IO' })
}
