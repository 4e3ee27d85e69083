import { JobError } from '../../shared/model/error.ts'
import type { SitemapFetcher } from './fetch-sitemap.ts'
import type { SitemapAccess } from './source.ts'

/**
 * @param fetcher `null` for kinds of jobs that make no requests.
 * @param origin URL the input was fetched from; `null` for a file.
 */
export const sitemapAccess = (fetcher: SitemapFetcher | null, origin: string | null): SitemapAccess => ({
  origin,
  fetch: async (url, from) => {
    if (fetcher === null) throw new JobError('E_CONFIG', `only crawl jobs fetch sitemaps such as ${url}`)
    return fetcher.fetch(url, from)
  },
  refusalOf: async (url, from) => (fetcher === null ? null : fetcher.refusalOf(url, from)),
})
