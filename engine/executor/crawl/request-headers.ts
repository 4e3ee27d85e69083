import { validateHeaderName, validateHeaderValue } from 'node:http'
import { JobError } from '../../../shared/model/error.ts'
import { brotliVerdict } from '../http/brotli.ts'

export const DEFAULT_USER_AGENT = 'Interleave/0.1'

/** The message's framing is the client's, and a wrong one would desynchronise the connection. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** What may also go to hosts that a redirect names; everything else may hold a credential. */
const SHARABLE = new Set(['user-agent', 'accept', 'accept-charset', 'accept-encoding', 'accept-language'])

export interface RequestHeaders {
  /** For the origin that the user named: names and values in turn. */
  readonly own: readonly string[]
  /** For every other origin. */
  readonly foreign: readonly string[]
  /** For `robots.txt`, which is read as it is. */
  readonly robots: readonly string[]
  /** Product name of the user agent, as `robots.txt` groups name it. */
  readonly robotName: string
}

/**
 * @param lines `Name: value` each, as the user gave them; a name given again replaces ours and adds to theirs.
 * @throws JobError `E_CONFIG` when a line is no header, or one that the client sets itself; it never shows the value.
 */
export function buildHeaders(lines: readonly string[], userAgent: string | null): RequestHeaders {
  const custom = lines.map(parseLine)
  if (userAgent !== null) custom.push(checked('user-agent', userAgent))
  const names = new Set(custom.map(([name]) => name))
  const encodings = brotliVerdict().isSafe ? 'gzip, deflate, br, zstd' : 'gzip, deflate, zstd'
  const own: string[] = []
  for (const [name, value] of [
    ['user-agent', DEFAULT_USER_AGENT],
    ['accept', '*/*'],
    ['accept-encoding', encodings],
  ] as const) {
    if (!names.has(name)) own.push(name, value)
  }
  for (const pair of custom) own.push(...pair)
  const foreign: string[] = []
  for (let at = 0; at < own.length; at += 2) {
    if (SHARABLE.has(own[at]!)) foreign.push(own[at]!, own[at + 1]!)
  }
  const agent = own[own.lastIndexOf('user-agent') + 1]!
  return {
    own,
    foreign,
    robots: ['user-agent', agent, 'accept', 'text/plain, */*;q=0.5', 'accept-encoding', 'identity'],
    robotName: (/^[A-Za-z_-]+/.exec(agent)?.[0] ?? '').toLowerCase(),
  }
}

function parseLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  if (colon < 1)
    throw new JobError('E_CONFIG', `--header: write 'Name: value' (${line.length} characters without a name)`)
  return checked(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
}

function checked(name: string, value: string): readonly [string, string] {
  if (FRAMING.has(name))
    throw new JobError('E_CONFIG', `--header ${name}: the client sets this header itself`)
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    throw new JobError(
      'E_CONFIG',
      `--header ${name}: its name or value has a character that no header may have`,
      {
        cause: error,
      },
    )
  }
  return [name, value]
}
