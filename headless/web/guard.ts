import { NOT_FOUND, refusal, type Refusal } from './refusal.ts'

/** What the guard looks at: a request as it came, before anything is made of it. */
export interface GuardedRequest {
  readonly method: string
  /** As in the request line. */
  readonly url: string
  /** Names and values in turn, doubled ones included. */
  readonly rawHeaders: readonly string[]
}

/** Some frameworks take these for the method; whoever sends them to us means no good. */
const METHOD_OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override']

const BAD_HOST = refusal(421, 'E_HOST', 'the Host header is not the address of this dashboard')
const BAD_ORIGIN = refusal(403, 'E_ORIGIN', 'the Origin header is not this dashboard')
const BAD_SITE = refusal(403, 'E_ORIGIN', 'another page made this request')
const BAD_OVERRIDE = refusal(403, 'E_ORIGIN', 'the method of a request cannot be overridden')
const PREFLIGHT = refusal(403, 'E_ORIGIN', 'no other origin may use this dashboard')
const BAD_METHOD: Refusal = {
  ...refusal(405, 'E_CONFIG', 'this method is not served'),
  headers: { allow: 'GET, HEAD, POST' },
}

/**
 * The one check that every request passes before routing, static files and upgrades.
 *
 * `Host` defeats names that resolve to loopback. `Origin` and `Sec-Fetch-Site` defeat pages: those of other ports of
 * this machine count as the same site, so only `same-origin` will do, and `none` for an address that somebody typed.
 *
 * @param authority `127.0.0.1:PORT`, as a browser writes it.
 * @returns `null` when the request may pass.
 */
export function guard({ method, url, rawHeaders }: GuardedRequest, authority: string): Refusal | null {
  const valuesOf = (name: string): string[] =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name)

  const hosts = valuesOf('host')
  if (hosts.length !== 1 || hosts[0] !== authority) return BAD_HOST
  const origins = valuesOf('origin')
  if (origins.length > 1 || (origins.length === 1 && origins[0] !== `http://${authority}`)) return BAD_ORIGIN
  const sites = valuesOf('sec-fetch-site')
  const isTyped = sites[0] === 'none' && method === 'GET' && pathOf(url) === '/'
  if (sites.length > 1 || (sites.length === 1 && sites[0] !== 'same-origin' && !isTyped)) return BAD_SITE
  if (METHOD_OVERRIDES.some(name => valuesOf(name).length > 0)) return BAD_OVERRIDE
  if (method === 'OPTIONS') return PREFLIGHT
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return BAD_METHOD
  // `GET http://elsewhere/` is for proxies, and `GET *` for nobody.
  return url.startsWith('/') ? null : NOT_FOUND
}

/** @returns The path of a request as it was sent, undecoded. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}
