import { mix32 } from '../../engine/executor/kernels/random.ts'

/** How a quantity is spread over pages. */
export type Spread =
  | { readonly law: 'fixed'; readonly value: number }
  | { readonly law: 'uniform'; readonly min: number; readonly max: number }
  /** `median` times `e^(sigma * z)`, z normal; cut at 100 medians, so that no page takes for ever. */
  | { readonly law: 'lognormal'; readonly median: number; readonly sigma: number }

/** What the pages of the site are like. Every page is a pure function of these and of its number. */
export interface SiteLaws {
  /** 0..2^32 - 1. */
  readonly seed: number
  /** How many pages links and sitemaps name; a page of any number answers. */
  readonly pages: number
  /** Milliseconds from the request to the response. */
  readonly latency: Spread
  /** Body bytes; a page is never shorter than its title, description and heading. */
  readonly bytes: Spread
  /** Links on a page, as far as its size has room. */
  readonly links: number
  /** 0..1, share of pages that answer 500. */
  readonly errorRatio: number
  /** 0..1, share of those that answer 200 from the second request on. */
  readonly recoverRatio: number
  /** 0..1, share of pages that answer 429 with `Retry-After` to their first request. */
  readonly limitedRatio: number
  readonly retryAfterSec: number
}

export const DEFAULT_LAWS: SiteLaws = {
  seed: 1,
  pages: 1_000,
  latency: { law: 'fixed', value: 0 },
  bytes: { law: 'fixed', value: 1_024 },
  links: 8,
  errorRatio: 0,
  recoverRatio: 0.5,
  limitedRatio: 0,
  retryAfterSec: 1,
}

/** Longest cut of a lognormal spread, in medians. */
const TAIL = 100
/** What a draw is for: draws of one page for different purposes are independent. */
const PURPOSE = { latency: 1, bytes: 2, status: 3, recovery: 4, second: 16, link: 1_024 } as const

/** @returns A number in 0..1 (1 excluded), the same for the same arguments. */
const draw = (seed: number, page: number, purpose: number): number =>
  mix32(mix32(mix32(seed) + page) + purpose) / 2 ** 32

/** @returns A value of `spread`, not rounded. */
function valueOf(spread: Spread, seed: number, page: number, purpose: number): number {
  switch (spread.law) {
    case 'fixed':
      return spread.value
    case 'uniform':
      return spread.min + (spread.max - spread.min) * draw(seed, page, purpose)
    case 'lognormal': {
      const radius = Math.sqrt(-2 * Math.log(1 - draw(seed, page, purpose)))
      const normal = radius * Math.cos(2 * Math.PI * draw(seed, page, purpose + PURPOSE.second))
      return spread.median * Math.min(TAIL, Math.exp(spread.sigma * normal))
    }
  }
}

/** @returns Milliseconds from the request to the response, at least 0. */
export const latencyMsOf = (laws: SiteLaws, page: number): number =>
  Math.max(0, valueOf(laws.latency, laws.seed, page, PURPOSE.latency))

/** @returns Bytes the page should have, a whole number. */
export const bodyBytesOf = (laws: SiteLaws, page: number): number =>
  Math.max(0, Math.round(valueOf(laws.bytes, laws.seed, page, PURPOSE.bytes)))

/** @param request Which request for this page it is, from 1. */
export function statusOf(laws: SiteLaws, page: number, request: number): 200 | 429 | 500 {
  const lot = draw(laws.seed, page, PURPOSE.status)
  if (lot < laws.errorRatio) {
    const recovers = draw(laws.seed, page, PURPOSE.recovery) < laws.recoverRatio
    return recovers && request > 1 ? 200 : 500
  }
  return lot < laws.errorRatio + laws.limitedRatio && request === 1 ? 429 : 200
}

/** @returns Numbers of the pages that this one links to: the next one first, so that all can be reached. */
export function linksOf(laws: SiteLaws, page: number): number[] {
  const links = [(page + 1) % laws.pages]
  for (let link = 1; link < laws.links; link += 1) {
    links.push(Math.floor(draw(laws.seed, page, PURPOSE.link + link) * laws.pages))
  }
  return links.slice(0, laws.links)
}
