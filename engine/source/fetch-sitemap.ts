import { lookup } from 'node:dns/promises'
import { JobError } from '../../shared/model/error.ts'
import { nextTarget } from '../executor/crawl/redirect.ts'
import { buildHeaders } from '../executor/crawl/request-headers.ts'
import { shown, targetOf, type Target } from '../executor/crawl/target.ts'
import { isLocalName, isPrivateAddress, literalAddress } from '../executor/http/address-policy.ts'
import { Connector } from '../executor/http/connector.ts'
import type { HttpClient } from '../executor/http/http-client.ts'
import { DEFAULT_LIMITS } from '../executor/http/limits.ts'
import { Resolver } from '../executor/http/resolver.ts'
import { UndiciClient } from '../executor/http/undici-client.ts'
import type { Refusal } from './cursor.ts'
import { fetchBody, type BodyAnswer } from './fetch-body.ts'
import { SITEMAP_BYTES, SITEMAP_REDIRECTS, URL_BYTES } from './limits.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import { detectPacking, unpack } from './unpack.ts'

const REMEMBERED_HOSTS = 10_000

type Access = NonNullable<ReaderSetup['sitemap']>

/**
 * Fetches sitemaps, one at a time, under the same rules for addresses, redirects and headers as every other request.
 * The body is held in memory (50 MiB at most), so that a server never waits for the crawl.
 */
export class SitemapFetcher {
  readonly #access: Access
  readonly #signal: AbortSignal
  readonly #headers: ReturnType<typeof buildHeaders>
  readonly #client: HttpClient
  readonly #privateHosts = new Map<string, boolean>()

  /** @throws JobError `E_CONFIG` when a header is none. */
  constructor(access: Access, signal: AbortSignal) {
    this.#access = access
    this.#signal = signal
    this.#headers = buildHeaders(access.headers, access.userAgent)
    this.#client = makeClient(access.insecure)
  }

  /** Closes every connection. */
  close(): void {
    this.#client.close()
  }

  /**
   * @param from The sitemap that named `url`; `null` when the user did.
   * @throws JobError with the code a crawl's task would get.
   */
  async fetch(url: string, from: string | null): Promise<AsyncIterable<Buffer>> {
    const typed = targetOrThrow(from ?? url)
    let target = targetOrThrow(url)
    for (let hop = 0; ; hop += 1) {
      const answer = await this.#request(target, typed)
      if (answer.redirectedTo === null) return unpackBody(answer.chunks, url)
      if (hop === SITEMAP_REDIRECTS)
        throw new JobError('E_REDIRECT_LIMIT', `${shown(url)} redirects more than ${SITEMAP_REDIRECTS} times`)
      const next = nextTarget(answer.redirectedTo, target.href, URL_BYTES)
      if (!('origin' in next)) throw new JobError(next.code, next.message)
      target = next
    }
  }

  /** @returns Why a URL that a sitemap names may not be requested: it leads from outside into a private network. */
  async refusalOf(url: string, from: string): Promise<Refusal | null> {
    if (this.#access.privateNetwork) return null
    const target = parsedTarget(url)
    // What is no URL is refused where every URL is judged.
    if (target === null || target.gate === targetOrThrow(from).gate) return null
    if (!(await this.#isPrivate(new URL(target.href).hostname))) return null
    const message = `${target.gate} is not a public address, and a sitemap may not lead there; --private-network allows it`
    return { code: 'E_ADDR_BLOCKED', message, isSkip: true }
  }

  async #isPrivate(hostname: string): Promise<boolean> {
    const literal = literalAddress(hostname)
    if (literal !== null) return isPrivateAddress(literal)
    if (isLocalName(hostname)) return true
    let isPrivate = this.#privateHosts.get(hostname)
    if (isPrivate === undefined) {
      // A name that cannot be resolved now is judged again when it is requested.
      const addresses = await lookup(hostname, { all: true }).catch(() => [])
      isPrivate = addresses.some(({ address }) => isPrivateAddress(address))
      if (this.#privateHosts.size >= REMEMBERED_HOSTS) this.#privateHosts.clear()
      this.#privateHosts.set(hostname, isPrivate)
    }
    return isPrivate
  }

  #request(target: Target, typed: Target): Promise<BodyAnswer> {
    const isOwn = target.gate === typed.gate
    return fetchBody(this.#client, {
      target,
      isPublicOnly: !isOwn && !this.#access.privateNetwork,
      headers: withGzipOnly(isOwn ? this.#headers.own : this.#headers.foreign),
      timeoutMs: this.#access.timeoutMs,
      mostBytes: SITEMAP_BYTES,
      signal: this.#signal,
    })
  }
}

function makeClient(isInsecure: boolean): HttpClient {
  const nowMs = (): number => performance.now()
  return new UndiciClient({
    limits: DEFAULT_LIMITS,
    maxResponseBytes: 2 * SITEMAP_BYTES,
    connector: new Connector(new Resolver(nowMs, DEFAULT_LIMITS.lookupAgeMs), isInsecure),
    nowMs,
    onConnection: () => undefined,
  })
}

/** Unpacks what is packed, whatever the headers say: a `.xml.gz`, a content encoding, or one inside the other. */
async function* unpackBody(chunks: Buffer[], name: string): AsyncGenerator<Buffer, void, undefined> {
  let body: AsyncIterable<Buffer> = iterate(chunks)
  let head = chunks[0] ?? Buffer.alloc(0)
  for (let layer = 0; layer < 2; layer += 1) {
    const packing = detectPacking(head)
    if (packing === null) break
    const unpacked = unpack(body, packing, name)
    const first = await unpacked.next()
    head = first.done === true ? Buffer.alloc(0) : first.value
    body = prepend(head, unpacked)
  }
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > SITEMAP_BYTES)
      throw new JobError('E_DECODE_BOMB', `${name} unpacks to more than ${SITEMAP_BYTES / 2 ** 20} MiB`)
    yield part
  }
}

async function* iterate(chunks: Buffer[]): AsyncGenerator<Buffer, void, undefined> {
  yield* chunks
}

async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head
  yield* rest
}

/** A sitemap is unpacked by its content, which is only ever looked at for gzip and Zstandard. */
function withGzipOnly(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2)
    if (name !== 'accept-encoding') kept.push(name, value)
  }
  return [...kept, 'accept-encoding', 'gzip']
}

function parsedTarget(url: string): Target | null {
  const parsed = URL.parse(url)
  if (parsed === null) return null
  const target = targetOf(parsed, url)
  return 'origin' in target ? target : null
}

function targetOrThrow(url: string): Target {
  const parsed = URL.parse(url)
  if (parsed === null) throw new JobError('E_URL_INVALID', `${shown(url)} is not a URL`)
  const target = targetOf(parsed, url)
  if ('origin' in target) return target
  throw new JobError(target.code, target.message)
}
