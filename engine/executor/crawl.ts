import type { CrawlOptions } from '../../shared/model/fields/crawl.ts'
import { CRAWL_LAYOUT } from '../../shared/model/record-layout.ts'
import { CrawlExecutor } from './crawl/crawl-executor.ts'
import { hostPolicyOf } from './crawl/host-cap.ts'
import { defineExecutor } from './executor.ts'

/**
 * Fetches URLs over HTTP/1.1.
 *
 * Fetches are at-least-once: a task is requested again after a failure that passes, and after its worker died. What a
 * server sends is bounded in every direction by the limits of {@link DEFAULT_LIMITS}.
 *
 * @throws JobError `E_CONFIG` from `make` when `--header` or `--ok-status` cannot be used.
 */
export const crawlExecutor = defineExecutor<CrawlOptions>({
  kind: 'crawl',
  layout: CRAWL_LAYOUT,
  policyOf: hostPolicyOf,
  make: (options, context) => new CrawlExecutor(options, context),
})
