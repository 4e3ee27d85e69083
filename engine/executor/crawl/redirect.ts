import { printable } from '../../../shared/model/error.ts'
import { shown, targetOf, type Target, type TargetFailure } from './target.ts'

export const isRedirectStatus = (status: number): boolean =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308

/**
 * @param location The header as it came: bytes as Latin-1 characters, since headers have no charset.
 * @param base The URL that answered.
 * @returns Where it leads, or why nobody may go there. The one rule for schemes and user names applies.
 */
export function nextTarget(location: string, base: string, mostCharacters: number): Target | TargetFailure {
  const text = asText(location).trim()
  const refuse = (reason: string): TargetFailure => ({
    code: 'E_URL_INVALID',
    message: printable(`${shown(base)} redirects to ${reason}`),
  })
  if (text.length > mostCharacters) {
    return refuse(`a URL of ${text.length} characters, ${mostCharacters} are the limit`)
  }
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    return refuse(`${shown(text)}, which is not a URL`)
  }
  const target = targetOf(url, text)
  if (!('origin' in target)) {
    return { code: target.code, message: printable(`${shown(base)} redirects: ${target.message}`) }
  }
  if (target.href.length > mostCharacters) {
    return refuse(`a URL of ${target.href.length} characters, ${mostCharacters} are the limit`)
  }
  return target
}

/** Servers send UTF-8 here though they should not; what is not UTF-8 is read as Latin-1. */
function asText(location: string): string {
  // eslint-disable-next-line no-control-regex -- everything beyond ASCII is looked for
  if (!/[^\u0000-\u007f]/.test(location)) return location
  const text = Buffer.from(location, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? location : text
}
