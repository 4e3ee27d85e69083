import { JobError } from './error.ts'

/** A field name of RFC 9110, then a value. */
export const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:/

/** Stands where the value of a header was; no header can have it as its value. */
export const WITHHELD = '…'

/** Headers whose values say nothing about who asks. Every other value may be a credential: the list is closed. */
const OPEN_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'dnt',
  'host',
  'pragma',
  'range',
  'upgrade-insecure-requests',
  'user-agent',
])

/** @param name In small letters. @returns Whether its value may be kept and shown. */
export const isOpenHeader = (name: string): boolean => OPEN_HEADERS.has(name)

/** @param line `Name: value`. @returns The name in small letters. */
export const headerNameOf = (line: string): string => line.slice(0, line.indexOf(':')).trim().toLowerCase()

/** @param lines `Name: value` each. @returns The same as they may be kept and shown: with their names, in their order. */
export const withheldHeaders = (lines: readonly string[]): readonly string[] =>
  lines.map(line =>
    isOpenHeader(headerNameOf(line)) ? line : `${line.slice(0, line.indexOf(':')).trim()}: ${WITHHELD}`,
  )

/** @returns Those lines whose values are kept nowhere. */
export const secretHeaders = (lines: readonly string[]): readonly string[] =>
  lines.filter(line => !isOpenHeader(headerNameOf(line)))

/** @returns Names, in small letters, of the headers whose values have to be given again; each as often as it occurs. */
export const missingHeaders = (lines: readonly string[]): readonly string[] =>
  lines.filter(isWithheld).map(headerNameOf)

/**
 * Puts values back where they were withheld; several headers of one name get theirs in order.
 *
 * @throws JobError `E_AUTH` when one is not given, `E_CONFIG` when one is given that nothing waits for. Neither message
 *   holds a value.
 */
export function completedHeaders(lines: readonly string[], given: readonly string[]): readonly string[] {
  const left = [...given]
  const missing: string[] = []
  const completed = lines.map(line => {
    if (!isWithheld(line)) return line
    const name = headerNameOf(line)
    const at = left.findIndex(other => headerNameOf(other) === name && !isWithheld(other))
    if (at >= 0) return left.splice(at, 1)[0]!
    missing.push(name)
    return line
  })
  if (missing.length > 0) throw valuesNeeded(missing)
  const [surplus] = left
  if (surplus === undefined) return completed
  throw new JobError(
    'E_CONFIG',
    `the job has no header "${headerNameOf(surplus)}" whose value it still needs`,
  )
}

const isWithheld = (line: string): boolean => line.slice(line.indexOf(':') + 1).trim() === WITHHELD

const valuesNeeded = (names: readonly string[]): JobError =>
  new JobError(
    'E_AUTH',
    `values of headers are kept nowhere; give those of ${[...new Set(names)].join(', ')} again with --header, --header-file or INTERLEAVE_HEADERS`,
  )
