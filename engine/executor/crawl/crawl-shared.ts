import type { CrawlOptions } from '../../../shared/model/fields/crawl.ts'
import type { ExecutorContext } from '../executor.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { CrawlLimits } from '../http/limits.ts'
import type { BodyReaderOptions } from './body-reader.ts'
import type { HostBackoff } from './host-backoff.ts'
import type { RequestHeaders } from './request-headers.ts'
import type { RobotsCache } from './robots-cache.ts'
import type { TargetReader } from './target.ts'

/** What the tasks of a worker have in common. */
export interface CrawlShared {
  readonly options: CrawlOptions
  readonly limits: CrawlLimits
  readonly context: ExecutorContext
  readonly client: HttpClient
  readonly headers: RequestHeaders
  /** 1 at each status that counts as success. */
  readonly okStatus: Uint8Array
  readonly targets: TargetReader
  /** `null` when robots.txt is not asked. */
  readonly robots: RobotsCache | null
  readonly bodies: BodyReaderOptions
  /** True when no body is hashed or read: then only encoded ones pass through a {@link BodyReaderOptions} reader. */
  readonly countsOnly: boolean
  readonly random: () => number
  readonly backoff: HostBackoff
}
