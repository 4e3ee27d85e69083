import type { CrawlLimits } from '../http/limits.ts'

/** Statuses that the same request may well not get a little later. */
export const isRetryableStatus = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599)

/**
 * @param attempt The attempt that failed, from 1.
 * @param random 0..1; spreads the retries of tasks that failed together over half of the delay.
 */
export function backoffMs(
  attempt: number,
  random: number,
  limits: Pick<CrawlLimits, 'retryBaseMs' | 'retryMaxMs'>,
): number {
  const full = Math.min(limits.retryMaxMs, limits.retryBaseMs * 2 ** Math.min(attempt - 1, 30))
  return full * (0.75 + random / 2)
}

/**
 * @param value Of `Retry-After`: seconds or an HTTP date.
 * @param wallMs The wall clock in milliseconds, for dates.
 * @returns Milliseconds from now, at most `mostMs`; 0 when there is no usable value or it lies in the past.
 */
export function retryAfterMs(value: string | null, wallMs: number, mostMs: number): number {
  if (value === null) return 0
  const text = value.trim()
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - wallMs
  return waitMs > 0 ? Math.min(waitMs, mostMs) : 0
}
