import { crawlFields } from '../../shared/model/fields/crawl.ts'
import { HEADER_LINE, headerNameOf, missingHeaders } from '../../shared/model/header-secrets.ts'
import type { CrawlJob } from '../../shared/model/job.ts'
import { CommandError } from './command-error.ts'
import { textOf, textsOf, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import { readSecretFile } from './secret-file.ts'

export const HEADERS_VARIABLE = 'INTERLEAVE_HEADERS'

/** More lines than a crawl may have headers make no longer file. */
const FILE_BYTES = 2 ** 20

/**
 * @returns `Name: value` each: those of `--header`, then those of `--header-file`.
 * @throws CommandError for what is no header, without its text, and for a file that cannot be read.
 */
export function headersGiven(values: FlagValues, host: Host): readonly string[] {
  const file = textOf(values, 'header-file')
  const typed = textsOf(values, 'header')
  typed.forEach(line => check(line, '--header'))
  return file === undefined ? typed : [...typed, ...headersIn(file, values, host)]
}

/**
 * @param job As it is kept: some of its headers may lack their values.
 * @param given Those that the command line gives apart from the job.
 * @returns `given`, and for headers that none of them is for those of the environment.
 */
export function headersFor({ crawl }: CrawlJob, given: readonly string[], host: Host): readonly string[] {
  const left = [...given]
  const known = linesOf(host.env[HEADERS_VARIABLE] ?? '').filter(line => HEADER_LINE.test(line))
  const added: string[] = []
  for (const name of missingHeaders(crawl.headers)) {
    const isFor = (line: string): boolean => headerNameOf(line) === name
    const at = left.findIndex(isFor)
    const inEnvironment = known.findIndex(isFor)
    if (at >= 0) left.splice(at, 1)
    else if (inEnvironment >= 0) added.push(...known.splice(inEnvironment, 1))
  }
  return [...given, ...added]
}

function headersIn(file: string, values: FlagValues, host: Host): readonly string[] {
  const flag = '--header-file'
  const wanted = { flag, file, mostBytes: FILE_BYTES, isFirstLineOnly: false }
  const lines = linesOf(readSecretFile(wanted, values, host))
  for (const line of lines) check(line, flag)
  return lines
}

const linesOf = (text: string): string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')

/** A line may hold a secret, so no message repeats it. */
function check(line: string, flag: string): void {
  if (HEADER_LINE.test(line) && line.length <= crawlFields.headers.maxLength) return
  throw new CommandError(t => t('usage.badValue', { flag, value: '…', expected: t('expected.header') }))
}
