import type { CrawlOptions } from '../../../shared/model/fields/crawl.ts'
import type { HostPolicy } from '../executor.ts'
import { isLocalName, isPrivateAddress, literalAddress } from '../http/address-policy.ts'

/** Most requests in flight for a public host unless the job says otherwise: what a browser's user would hardly notice. */
const PUBLIC_CAP = 2

type PolicyOptions = Pick<CrawlOptions, 'perHost' | 'delayMs' | 'ratePerSec'>

/** @param gate `host:port`. @returns Whether the host is this machine or a private address by its name alone. */
export function isPrivateHost(gate: string): boolean {
  const hostname = gate.slice(0, gate.lastIndexOf(':'))
  const literal = literalAddress(hostname)
  return literal === null ? isLocalName(hostname) : isPrivateAddress(literal)
}

/**
 * @param gate `host:port`, as `gateOf` gives it.
 * @returns Most requests in flight for that host over the whole run; `Infinity` for no cap. Names count as public
 *   wherever they resolve to, so that worker and supervisor agree without a resolver.
 */
export function capOf(gate: string, options: Pick<CrawlOptions, 'perHost'>): number {
  if (options.perHost !== null) return options.perHost
  return isPrivateHost(gate) ? Infinity : PUBLIC_CAP
}

export const hostPolicyOf = (options: PolicyOptions): HostPolicy => ({
  capOf: gate => capOf(gate, options),
  delayMs: options.delayMs,
  ratePerSec: options.ratePerSec,
})

/** Lower-case names whose last label begins with a letter: those that need no parser to be known. */
const PLAIN_AUTHORITY = /^(https?):\/\/((?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*)(?::([1-9]\d{0,4}))?(?=[/?#]|$)/

/**
 * @returns `host:port` of a URL in its plainest form, without parsing it; `null` when only the parser can tell.
 */
export function plainGateOf(input: string): string | null {
  const match = PLAIN_AUTHORITY.exec(input)
  if (match === null || match[2]!.includes('xn--') || Number(match[3] ?? 0) > 65_535) return null
  return `${match[2]}:${match[3] ?? (match[1] === 'https' ? '443' : '80')}`
}
