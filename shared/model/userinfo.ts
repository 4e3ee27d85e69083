/** What may begin a URL before its user name: a scheme, and slashes as browsers take them. */
const BEGINNING = /^\s*(?:([A-Za-z][A-Za-z0-9+.-]*):)?([/\\]*)/

const MASK = '***@'

/**
 * Replaces the user name and password that a URL may hold, whether or not it is a valid one. Where a password was not
 * encoded and its `/` ends the authority, everything up to the last `@` is taken for it.
 */
export function withoutUserinfo(text: string): string {
  if (!text.includes('@')) return text
  const [beginning, scheme = '', slashes] = BEGINNING.exec(text)!
  const rest = text.slice(beginning.length)
  const authority = /^[^/\\?#]*/.exec(rest)![0]
  const inAuthority = authority.lastIndexOf('@')
  const at = inAuthority < 0 && isUnclear(authority, scheme, slashes) ? rest.lastIndexOf('@') : inAuthority
  return at < 0 ? text : beginning + MASK + rest.slice(at + 1)
}

/** What stands before the first slash cannot be a host with its port: it may be a user with a part of a password. */
const isUnclear = (authority: string, scheme: string, slashes: string | undefined): boolean =>
  (slashes === '' && scheme !== '' && !/^https?$/i.test(scheme)) ||
  (!authority.startsWith('[') && /:(?!\d*$)/.test(authority))
