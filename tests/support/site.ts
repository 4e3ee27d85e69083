import { forkSite, type ForkedSite } from '../../headless/site/fork.ts'
import type { SiteLaws } from '../../headless/site/laws.ts'
import type { SiteLog } from '../../headless/site/log.ts'

/** The target site on a free port, inside the test's own process: `site.log()` is the oracle. Dispose of it. */
export { startSite, type Site } from '../../headless/site/server.ts'

const ENTRY = new URL('../../headless/entries/site.ts', import.meta.url)

/** The target site in a process of its own, so that it keeps answering while the test is busy. Dispose of it. */
export const forkTestSite = (laws: Partial<SiteLaws> = {}): Promise<ForkedSite> => forkSite(ENTRY, laws)

/** @returns What a site in another process was asked so far. */
export async function fetchLog(origin: string): Promise<SiteLog> {
  const response = await fetch(`${origin}/log`)
  return (await response.json()) as SiteLog
}
