const KIBIBYTE = 2 ** 10
const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

/** What a server may do to us. A job sets only the body cap and the total timeout; tests shrink the rest. */
export interface CrawlLimits {
  readonly urlCharacters: number
  /** From the wish to connect to the end of the TLS handshake, name resolution included. */
  readonly connectMs: number
  /** From the request to the end of the response's head, however many bytes arrive meanwhile. */
  readonly headersMs: number
  /** Between two bytes of a body. */
  readonly idleMs: number
  /** A body must bring `minBytesPerSec` on average over each window of `rateWindowMs`. */
  readonly minBytesPerSec: number
  readonly rateWindowMs: number
  readonly headerBytes: number
  readonly headerFields: number
  readonly interimResponses: number
  readonly redirects: number
  /** Bytes of a redirect's body that are read to keep its connection. */
  readonly redirectBodyBytes: number
  readonly encodings: number
  /** Decoded bytes allowed for each byte of the wire cap. */
  readonly decodedRatio: number
  /** How often timeouts are looked at. */
  readonly sweepMs: number
  readonly retryBaseMs: number
  readonly retryMaxMs: number
  readonly retryAfterMaxMs: number
  /** Origins with open connections or cached robots.txt. */
  readonly origins: number
  /** After this time without a request an origin's connections are closed. */
  readonly originIdleMs: number
  readonly robotsBytes: number
  readonly robotsRedirects: number
  /** How long a robots.txt that could not be read keeps its origin closed. */
  readonly robotsRetryMs: number
  readonly robotsAgeMs: number
  readonly links: number
  readonly titleCharacters: number
  readonly metaEntries: number
  readonly metaCharacters: number
  /** CPU milliseconds spent on the markup of one page. */
  readonly parseMs: number
  readonly lookupAgeMs: number
}

export const DEFAULT_LIMITS: CrawlLimits = {
  urlCharacters: 8 * KIBIBYTE,
  connectMs: 10 * SECOND_MS,
  headersMs: 15 * SECOND_MS,
  idleMs: 15 * SECOND_MS,
  minBytesPerSec: 100,
  rateWindowMs: 20 * SECOND_MS,
  headerBytes: 64 * KIBIBYTE,
  headerFields: 500,
  interimResponses: 20,
  redirects: 10,
  redirectBodyBytes: 64 * KIBIBYTE,
  encodings: 2,
  decodedRatio: 2,
  sweepMs: 150,
  retryBaseMs: SECOND_MS,
  retryMaxMs: 60 * SECOND_MS,
  retryAfterMaxMs: HOUR_MS,
  origins: 512,
  originIdleMs: 10 * SECOND_MS,
  robotsBytes: 500 * KIBIBYTE,
  robotsRedirects: 5,
  robotsRetryMs: 60 * SECOND_MS,
  robotsAgeMs: 24 * HOUR_MS,
  links: 5_000,
  titleCharacters: 1_024,
  metaEntries: 64,
  metaCharacters: 1_024,
  parseMs: 1_500,
  lookupAgeMs: 30 * SECOND_MS,
}
