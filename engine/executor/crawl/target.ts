import type { Failure } from '../../../shared/model/error.ts'
import { printable } from '../../../shared/model/error.ts'
import { withoutUserinfo } from '../../../shared/model/userinfo.ts'

/** Where a URL points, as requests need it. */
export interface Target {
  /** Normalised, without fragment. */
  readonly href: string
  /** `http://host` or `http://host:port`. */
  readonly origin: string
  /** `host:port`, lower case, the port always given. */
  readonly gate: string
  /** Path and query. */
  readonly path: string
}

export type TargetFailure = Pick<Failure, 'code' | 'message'>

const DEFAULT_PORT = new Map([
  ['http:', '80'],
  ['https:', '443'],
])
const LONGEST_SHOWN = 120

/** Characters that mean themselves in a path and a query: no encoding, no fragment, and dots are looked at apart. */
const PLAIN = /^[\w~!$&()*+,;=:@?/.%-]*$/
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f]/

const invalid = (message: string): TargetFailure => ({ code: 'E_URL_INVALID', message: printable(message) })

/** @returns `text` short enough for a message, without the user name and password it may hold. */
export const shown = (text: string): string => {
  const bare = withoutUserinfo(text)
  return bare.length <= LONGEST_SHOWN ? bare : `${bare.slice(0, LONGEST_SHOWN)}…`
}

/**
 * Reads URLs with one WHATWG parse each, and those of the origin seen last, when nothing in them needs normalising, by
 * looking at their characters only: the result is the same.
 */
export class TargetReader {
  readonly #mostCharacters: number
  #last: Target = { href: '', origin: '', gate: '', path: '' }

  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters
  }

  /** @param input Without surrounding white space. */
  read(input: string): Target | TargetFailure {
    const { origin, gate } = this.#last
    const at = origin.length
    if (
      at > 0 &&
      input.length <= this.#mostCharacters &&
      input.charCodeAt(at) === SLASH &&
      input.startsWith(origin)
    ) {
      const path = input.slice(at)
      // A dot segment may hide behind `/.` and `%2e`.
      if (PLAIN.test(path) && !path.includes('/.') && !path.includes('%2'))
        return { href: input, origin, gate, path }
    }
    const target = this.#parse(input)
    if ('origin' in target) this.#last = target
    return target
  }

  #parse(input: string): Target | TargetFailure {
    if (input === '') return invalid('the line is empty: write a URL')
    if (input.length > this.#mostCharacters) {
      return invalid(`the URL has ${input.length} characters, ${this.#mostCharacters} are the limit`)
    }
    if (CONTROL.test(input)) return invalid(`control character in the URL ${shown(input)}`)
    if (input.includes(' ')) return invalid(`space in the URL ${shown(input)}: write %20`)
    let url: URL
    try {
      url = new URL(input)
    } catch {
      return invalid(whyInvalid(input))
    }
    return targetOf(url, input)
  }
}

const SLASH = 47

function whyInvalid(input: string): string {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(input))
    return `${shown(input)} has no scheme: write http:// or https:// before it`
  if (/^https?:[/\\]*[^/\\?#]*:[^/\\?#@\]]*$/i.test(input.split(/(?<=[^:/\\])[/\\?#]/)[0]!)) {
    return `${shown(input)} is not a URL: its host or port is wrong (ports are 1 to 65535)`
  }
  return `${shown(input)} is not a URL: its host is wrong`
}

/** @returns The target of a parsed URL, or why it may not be fetched; `text` is how it was written. */
export function targetOf(url: URL, text: string): Target | TargetFailure {
  const { protocol, hostname } = url
  const defaultPort = DEFAULT_PORT.get(protocol)
  if (defaultPort === undefined) {
    // `example.com:80` and `localhost:8080` parse as a scheme.
    if (/^[^/?#:]*:\d+(?:[/?#]|$)/.test(text))
      return invalid(`${shown(text)} has no scheme: write http:// before it`)
    return {
      code: 'E_SCHEME_BLOCKED',
      message: printable(`${shown(text)} is ${protocol} and only http: and https: are fetched`),
    }
  }
  if (url.username !== '' || url.password !== '') {
    return invalid(`${shown(text)} holds a user name or password: put credentials in --header`)
  }
  const port = url.port === '' ? defaultPort : url.port
  if (port === '0') return invalid(`${shown(text)} has port 0: ports are 1 to 65535`)
  const { origin, href } = url
  const fragmentAt = href.indexOf('#')
  const fetched = fragmentAt < 0 ? href : href.slice(0, fragmentAt)
  return { href: fetched, origin, gate: `${hostname}:${port}`, path: fetched.slice(origin.length) }
}
