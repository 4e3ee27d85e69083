import { JobError } from './error.ts'

/** Where the records of a load go: what `--to` says, without the password. */
export type LoadTarget = RedisTarget | SqliteTarget | JsonlTarget | NullTarget

export interface RedisTarget {
  readonly kind: 'redis'
  /** A host is a name or an address, an IPv6 address without its brackets. A path is absolute. */
  readonly socket: { readonly host: string; readonly port: number } | { readonly path: string }
  /** Number of the database, from 0. */
  readonly db: number
  /** `null` is the server's default user. */
  readonly username: string | null
}

export interface SqliteTarget {
  readonly kind: 'sqlite'
  /** Absolute in a job; {@link parseTarget} takes relative ones, which the command resolves. */
  readonly path: string
  readonly table: string
}

export interface JsonlTarget {
  readonly kind: 'jsonl'
  /** See {@link SqliteTarget}. */
  readonly path: string
}

/** Records are read and encoded, then dropped. */
export interface NullTarget {
  readonly kind: 'null'
}

export interface ParsedTarget {
  readonly target: LoadTarget
  /** From the URI; `null` when it has none. Never to be kept. */
  readonly password: string | null
}

export const DEFAULT_REDIS_PORT = 6_379
export const DEFAULT_TABLE = 'records'

/** Databases of a Redis are numbered by a 32-bit integer; how many there are, only the server knows. */
const MOST_DB = 2 ** 31 - 1

const EXAMPLES = {
  redis: 'redis://127.0.0.1:6379/0',
  'redis+unix': 'redis+unix:///run/redis.sock?db=0',
  sqlite: 'sqlite:data.db?table=records',
  jsonl: 'jsonl:copy.jsonl',
  null: 'null:',
} as const

type Scheme = keyof typeof EXAMPLES

/**
 * Reads a destination: `redis://[user[:password]@]host[:port][/db]`, `redis+unix://[user[:password]@]/path.sock[?db=N]`,
 * `sqlite:file[?table=name]`, `jsonl:file` or `null:`. Special characters are percent-encoded; in a file name these are
 * only `?` and `%`.
 *
 * @throws JobError `E_CONFIG`, which names the wrong part and an example, and never the password.
 */
export function parseTarget(to: string): ParsedTarget {
  if (!to.isWellFormed()) throw new JobError('E_CONFIG', 'destination: it has half a surrogate pair')
  const colon = to.indexOf(':')
  const scheme = to.slice(0, Math.max(colon, 0)).toLowerCase()
  const rest = to.slice(colon + 1)
  switch (scheme) {
    case 'redis':
      return parseRedis(rest)
    case 'redis+unix':
      return parseRedisUnix(rest)
    case 'sqlite':
      return { target: parseSqlite(rest), password: null }
    case 'jsonl':
      return { target: parseJsonl(rest), password: null }
    case 'null':
      if (rest !== '') throw wrong('null', 'nothing may follow "null:"')
      return { target: { kind: 'null' }, password: null }
    case 'rediss':
      throw new JobError(
        'E_CONFIG',
        'destination: rediss:// (Redis over TLS) is not in this version; use redis:// through a tunnel on this machine',
      )
    default:
      throw unknownScheme(to, scheme)
  }
}

/** @returns The destination in its one canonical form, which {@link parseTarget} reads back; it has no password. */
export function formatTarget(target: LoadTarget): string {
  switch (target.kind) {
    case 'redis': {
      const user = target.username === null ? '' : `${encodeURIComponent(target.username)}@`
      if ('path' in target.socket)
        return `redis+unix://${user}${encodePath(target.socket.path).replaceAll('@', '%40')}?db=${target.db}`
      const { host, port } = target.socket
      return `redis://${user}${host.includes(':') ? `[${host}]` : host}:${port}/${target.db}`
    }
    case 'sqlite': {
      const table = target.table === DEFAULT_TABLE ? '' : `?table=${encodeURIComponent(target.table)}`
      return `sqlite:${filePart(target.path)}${table}`
    }
    case 'jsonl':
      return `jsonl:${filePart(target.path)}`
    case 'null':
      return 'null:'
  }
}

/**
 * @returns `to` as it may be kept and shown: in its canonical form, without password. A text that is no destination
 *   loses everything that could be a password.
 */
export function withoutPassword(to: string): string {
  try {
    return formatTarget(parseTarget(to).target)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return to.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@]*):.*@/is, '$1@')
  }
}

function parseRedis(rest: string): ParsedTarget {
  if (!rest.startsWith('//')) throw wrong('redis', 'two slashes must follow "redis:"')
  const place = splitParameters('redis', rest.slice(2), []).before
  const slash = place.indexOf('/')
  const authority = slash < 0 ? place : place.slice(0, slash)
  const dbText = slash < 0 ? '' : place.slice(slash + 1)
  if (dbText.includes('@'))
    throw wrong('redis', 'a "/" in the user or password must be written as %2F ("@" as %40, "?" as %3F)')
  const { hostPart, username, password } = splitUser('redis', authority)
  const socket = parseHost(hostPart)
  return {
    target: { kind: 'redis', socket, db: dbText === '' ? 0 : parseDb('redis', dbText), username },
    password,
  }
}

function parseRedisUnix(rest: string): ParsedTarget {
  const { before: place, parameters } = splitParameters('redis+unix', rest, ['db'])
  const slash = place.indexOf('/', 2)
  if (!place.startsWith('//') || slash < 0)
    throw wrong('redis+unix', 'the path of the socket must be absolute, behind two slashes')
  const { hostPart, username, password } = splitUser('redis+unix', place.slice(2, slash))
  if (hostPart !== '')
    throw wrong(
      'redis+unix',
      'before the path only "user@" can stand; the path itself begins with a third slash',
    )
  const path = place.slice(slash)
  // Behind a user it may be the end of the password, which a path would repeat in every message.
  if (slash > 2 && path.includes('@'))
    throw wrong('redis+unix', 'a "@" in the path, or in the password, must be written as %40 ("/" as %2F)')
  const dbText = parameters.get('db')
  const db = dbText === undefined ? 0 : parseDb('redis+unix', dbText)
  return {
    target: { kind: 'redis', socket: { path: parsePath('redis+unix', path) }, db, username },
    password,
  }
}

function parseSqlite(rest: string): SqliteTarget {
  const { before, parameters } = splitParameters('sqlite', rest, ['table'])
  const table = parameters.get('table') ?? DEFAULT_TABLE
  if (table === '') throw wrong('sqlite', 'the name of the table is empty')
  if (table.includes('\0')) throw wrong('sqlite', 'the name of the table has a NUL character')
  if (before === ':memory:') throw wrong('sqlite', 'a file is needed, ":memory:" would be lost at the end')
  return { kind: 'sqlite', path: fileOf('sqlite', before), table }
}

const parseJsonl = (rest: string): JsonlTarget => ({
  kind: 'jsonl',
  path: fileOf('jsonl', splitParameters('jsonl', rest, []).before),
})

/** `sqlite:///file` is a file below the root, as other tools write it. */
function fileOf(scheme: Scheme, text: string): string {
  if (!text.startsWith('//')) return parsePath(scheme, text)
  if (!text.startsWith('///'))
    throw wrong(scheme, `a host cannot stand before a file: write "${scheme}:${text.slice(2)}"`)
  return parsePath(scheme, text.slice(2))
}

function parsePath(scheme: Scheme, text: string): string {
  const path = decode(scheme, 'path', text)
  if (path === '') throw wrong(scheme, 'the file name is missing')
  if (path.includes('\0')) throw wrong(scheme, 'the file name has a NUL character')
  return path
}

function splitParameters(
  scheme: Scheme,
  text: string,
  known: readonly string[],
): { before: string; parameters: ReadonlyMap<string, string> } {
  const mark = text.indexOf('?')
  const parameters = new Map<string, string>()
  if (mark < 0) return { before: text, parameters }
  for (const part of text.slice(mark + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = equals < 0 ? part : part.slice(0, equals)
    // What follows a "?" may be the rest of a password that should have been encoded, so it is not repeated.
    if (!known.includes(name))
      throw wrong(
        scheme,
        known.length === 0
          ? 'nothing is known that could follow a "?" (one that belongs to a name is written %3F)'
          : `only "${known.join('", "')}" can follow the "?" (one that belongs to a name is written %3F)`,
      )
    if (parameters.has(name)) throw wrong(scheme, `"${name}" is given twice`)
    parameters.set(name, decode(scheme, name, equals < 0 ? '' : part.slice(equals + 1)))
  }
  return { before: text.slice(0, mark), parameters }
}

function splitUser(
  scheme: Scheme,
  authority: string,
): { hostPart: string; username: string | null; password: string | null } {
  const at = authority.lastIndexOf('@')
  if (at < 0) return { hostPart: authority, username: null, password: null }
  const user = authority.slice(0, at)
  const colon = user.indexOf(':')
  const username = decode(scheme, 'user', colon < 0 ? user : user.slice(0, colon))
  const password = colon < 0 ? '' : decode(scheme, 'password', user.slice(colon + 1))
  return {
    hostPart: authority.slice(at + 1),
    username: username === '' ? null : username,
    password: password === '' ? null : password,
  }
}

function parseHost(text: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]*))(?::([^:]*))?$/is.exec(text)
  if (parts === null)
    throw wrong('redis', 'the host is neither a name nor an address (IPv6 needs brackets: [::1])')
  const host = parts[1] ?? parts[2] ?? ''
  if (host === '') throw wrong('redis', 'the host is missing')
  // eslint-disable-next-line no-control-regex -- finding control characters is the point
  if (/[\u0000-\u0020\u007f\\]/.test(host)) throw wrong('redis', 'the host has a character that no name has')
  const portText = parts[3]
  if (portText === undefined || portText === '') return { host, port: DEFAULT_REDIS_PORT }
  const port = Number(portText)
  // What stands here may be the beginning of a password with a "/" in it, so it is not repeated.
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535)
    throw wrong(
      'redis',
      'the port must be a number from 1 to 65535 (special characters of a password as %2F)',
    )
  return { host, port }
}

function parseDb(scheme: Scheme, text: string): number {
  const db = Number(text)
  if (!/^\d{1,10}$/.test(text) || db > MOST_DB)
    throw wrong(scheme, `the database must be a number from 0, not "${text}"`)
  return db
}

function decode(scheme: Scheme, part: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw wrong(
      scheme,
      `the ${part} has a "%" that begins no percent-encoding of UTF-8; the sign itself is %25`,
    )
  }
}

const encodePath = (path: string): string =>
  path.replace(/[%?]/g, character => (character === '%' ? '%25' : '%3F'))

/** Two slashes at the beginning would be read as those before a host. */
const filePart = (path: string): string => `${path.startsWith('//') ? '//' : ''}${encodePath(path)}`

function unknownScheme(to: string, scheme: string): JobError {
  const shown = withoutPasswordGuess(to)
  // One letter is a drive, not a scheme.
  const looksLikeFile = scheme.length < 2 || !/^[a-z][a-z0-9+.-]*$/.test(scheme)
  const what = looksLikeFile ? `"${shown}" does not say what it is` : `"${scheme}:" is not known`
  const examples = Object.values(EXAMPLES).join(', ')
  return new JobError('E_CONFIG', `destination: ${what}; known are ${examples}`)
}

/** Nobody knows where the password of an unknown text is: all up to the last "@" is left out. */
const withoutPasswordGuess = (to: string): string => to.slice(to.lastIndexOf('@') + 1)

const wrong = (scheme: Scheme, problem: string): JobError =>
  new JobError('E_CONFIG', `destination ${scheme}: ${problem}; for example ${EXAMPLES[scheme]}`)
