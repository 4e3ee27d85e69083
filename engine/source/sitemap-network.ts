import { JobError } from '../../shared/model/error.ts'
import type { SitemapFetcher } from './fetch-sitemap.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import type { SitemapAccess } from './source.ts'

/** What the sitemaps of one run need of the network. The HTTP client is loaded with the first one that is fetched. */
export class SitemapNetwork {
  readonly #access: ReaderSetup['sitemap']
  readonly #signal: AbortSignal
  #fetcher: Promise<SitemapFetcher> | null = null

  /** @param access `null` for kinds of jobs that make no requests. */
  constructor(access: ReaderSetup['sitemap'], signal: AbortSignal) {
    this.#access = access
    this.#signal = signal
  }

  /** @param origin URL the input was fetched from; `null` for a file. */
  accessFor(origin: string | null): SitemapAccess {
    return {
      origin,
      fetch: async (url, from) => (await this.#load(url)).fetch(url, from),
      refusalOf: async (url, from) => (await this.#load(from)).refusalOf(url, from),
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    const fetcher = await this.#fetcher?.catch(() => null)
    fetcher?.close()
  }

  /** @throws JobError `E_CONFIG` when this job may fetch nothing, or with a header that is none. */
  #load(url: string): Promise<SitemapFetcher> {
    this.#fetcher ??= this.#make(url)
    return this.#fetcher
  }

  async #make(url: string): Promise<SitemapFetcher> {
    if (this.#access === null) throw new JobError('E_CONFIG', `only crawl jobs fetch sitemaps such as ${url}`)
    const { SitemapFetcher } = await import('./fetch-sitemap.ts')
    return new SitemapFetcher(this.#access, this.#signal)
  }
}
