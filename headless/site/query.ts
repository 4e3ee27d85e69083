import type { SiteLaws, Spread } from './laws.ts'

const SPREAD = /^(?:(fixed:)?([\d.]+)|uniform:([\d.]+)-([\d.]+)|lognormal:([\d.]+),([\d.]+))$/

/**
 * @param text `50`, `fixed:50`, `uniform:10-90` or `lognormal:30,0.5` (median, sigma).
 * @throws RangeError when it is none of these.
 */
export function parseSpread(text: string): Spread {
  const match = SPREAD.exec(text)
  if (match === null) {
    throw new RangeError(`"${text}" is no spread: write 50, uniform:10-90 or lognormal:30,0.5`)
  }
  const [, , value, min, max, median, sigma] = match
  if (value !== undefined) return { law: 'fixed', value: parseNumber(value) }
  if (min !== undefined) return { law: 'uniform', min: parseNumber(min), max: parseNumber(max) }
  return { law: 'lognormal', median: parseNumber(median), sigma: parseNumber(sigma) }
}

function parseNumber(text: string | undefined): number {
  const value = text === undefined || text === '' ? NaN : Number(text)
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`"${text ?? ''}" is no number of at least 0`)
  return value
}

type Change = (value: string) => Partial<SiteLaws>

const CHANGES: Readonly<Record<string, Change>> = {
  seed: value => ({ seed: parseNumber(value) }),
  pages: value => ({ pages: Math.max(1, Math.floor(parseNumber(value))) }),
  latency: value => ({ latency: parseSpread(value) }),
  bytes: value => ({ bytes: parseSpread(value) }),
  links: value => ({ links: Math.floor(parseNumber(value)) }),
  errors: value => ({ errorRatio: parseNumber(value) }),
  recover: value => ({ recoverRatio: parseNumber(value) }),
  limited: value => ({ limitedRatio: parseNumber(value) }),
  'retry-after': value => ({ retryAfterSec: parseNumber(value) }),
}

/**
 * @param query What follows the question mark; keys that are no law are left to whoever asked, such as a number that
 * makes addresses differ.
 * @returns `laws` with what the query changes.
 * @throws RangeError when a value is malformed.
 */
export function applyQuery(laws: SiteLaws, query: string): SiteLaws {
  let applied = laws
  for (const [key, value] of new URLSearchParams(query)) {
    const change = CHANGES[key]
    if (change !== undefined) applied = { ...applied, ...change(value) }
  }
  return applied
}
