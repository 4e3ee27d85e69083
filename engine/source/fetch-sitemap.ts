import { lookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import { JobError, type ErrorCode } from '../../shared/model/error.ts'
import { nextTarget, isRedirectStatus } from '../executor/crawl/redirect.ts'
import { buildHeaders } from '../executor/crawl/request-headers.ts'
import { targetOf, type Target } from '../executor/crawl/target.ts'
import { isLocalName, isPrivateAddress, literalAddress } from '../executor/http/address-policy.ts'
import { Connector } from '../executor/http/connector.ts'
import { describeFailure } from '../executor/http/failures.ts'
import { Resolver } from '../executor/http/resolver.ts'
import type { Refusal } from './cursor.ts'
import { SITEMAP_BYTES, SITEMAP_REDIRECTS, URL_BYTES } from './limits.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import { detectPacking, unpack } from './unpack.ts'

const HEADERS_TIMEOUT_MS = 15_000
const IDLE_TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 10_000
const LOOKUP_AGE_MS = 30_000
const REMEMBERED_HOSTS = 10_000

type Access = NonNullable<ReaderSetup['sitemap']>
type Phase = Parameters<typeof describeFailure>[1]['phase']

/**
 * Fetches sitemaps, one at a time, under the same rules for addresses, redirects and headers as every other request.
 * The body is held in memory (50 MiB at most), so that a server never waits for the crawl.
 */
export class SitemapFetcher {
  readonly #access: Access
  readonly #signal: AbortSignal
  readonly #headers: ReturnType<typeof buildHeaders>
  readonly #resolver = new Resolver(() => performance.now(), LOOKUP_AGE_MS)
  readonly #privateHosts = new Map<string, boolean>()

  /** @throws JobError `E_CONFIG` when a header is none. */
  constructor(access: Access, signal: AbortSignal) {
    this.#access = access
    this.#signal = signal
    this.#headers = buildHeaders(access.headers, access.userAgent)
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
      if (answer.redirectedTo === null) return unpackBody(answer.body, url)
      if (hop === SITEMAP_REDIRECTS)
        throw new JobError('E_REDIRECT_LIMIT', `${url} redirects more than ${SITEMAP_REDIRECTS} times`)
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

  async #request(target: Target, typed: Target): Promise<{ redirectedTo: string | null; body: Buffer[] }> {
    const isOwn = target.gate === typed.gate
    const progress: { phase: Phase } = { phase: 'connect' }
    const agent = this.#makeAgent(!isOwn && !this.#access.privateNetwork, progress)
    const deadline = AbortSignal.timeout(this.#access.timeoutMs)
    try {
      const response = await agent.request({
        origin: target.origin,
        path: target.path,
        method: 'GET',
        headers: withGzipOnly(isOwn ? this.#headers.own : this.#headers.foreign),
        signal: AbortSignal.any([this.#signal, deadline]),
      })
      progress.phase = 'body'
      return await readAnswer(response, target)
    } catch (error) {
      throw this.#asJobError(error, { target, deadline, phase: progress.phase })
    } finally {
      await agent.destroy()
    }
  }

  #makeAgent(isPublicOnly: boolean, progress: { phase: Phase }): Agent {
    const connector = new Connector(this.#resolver, this.#access.insecure)
    return new Agent({
      allowH2: false,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: IDLE_TIMEOUT_MS,
      connections: 1,
      connect: (options, callback) => {
        const isTls = options.protocol === 'https:'
        const port = Number(options.port) || (isTls ? 443 : 80)
        const listener = {
          isCancelled: false,
          onPhase: (phase: Phase) => void (progress.phase = phase),
          onConnected: (socket: Socket) => settle(null, socket),
          onFailed: (error: Error) => settle(error, null),
        }
        const timer = setTimeout(() => {
          listener.isCancelled = true
          settle(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }), null)
        }, CONNECT_TIMEOUT_MS)
        const settle = (error: Error | null, socket: Socket | null): void => {
          clearTimeout(timer)
          if (error !== null) callback(error, null)
          else if (socket !== null) {
            progress.phase = 'head'
            callback(null, socket)
          }
        }
        connector.connect(
          { isTls, hostname: options.hostname, port, isPublicOnly, session: undefined },
          listener,
        )
      },
    })
  }

  #asJobError(error: unknown, at: { target: Target; deadline: AbortSignal; phase: Phase }): JobError {
    if (error instanceof JobError) return error
    if (this.#signal.aborted) return new JobError('E_CANCELLED', 'the run was stopped', { cause: error })
    const { target, deadline, phase } = at
    const timeout = timeoutCode(error, deadline)
    if (timeout !== null)
      return new JobError(timeout, `${target.href} did not answer in time (${timeout})`, { cause: error })
    const context = { phase, where: target.gate, hasBytes: phase === 'body', isReused: false }
    const { code, message } = describeFailure(error, context)
    return new JobError(code, `${target.href}: ${message}`, { cause: error })
  }
}

function timeoutCode(error: unknown, deadline: AbortSignal): ErrorCode | null {
  if (deadline.aborted) return 'E_TIMEOUT_TOTAL'
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return 'E_TIMEOUT_HEADERS'
  return code === 'UND_ERR_BODY_TIMEOUT' ? 'E_TIMEOUT_BODY' : null
}

async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  target: Target,
): Promise<{ redirectedTo: string | null; body: Buffer[] }> {
  const location = headers['location']
  if (isRedirectStatus(statusCode) && typeof location === 'string')
    return { redirectedTo: location, body: [] }
  if (statusCode !== 200)
    throw new JobError('E_HTTP_STATUS', `${target.href} answered with status ${statusCode}`)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > SITEMAP_BYTES)
      throw new JobError('E_BODY_TOO_LARGE', `${target.href} is larger than ${SITEMAP_BYTES / 2 ** 20} MiB`)
    chunks.push(chunk)
  }
  return { redirectedTo: null, body: chunks }
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
  if (parsed === null) throw new JobError('E_URL_INVALID', `${url} is not a URL`)
  const target = targetOf(parsed, url)
  if ('origin' in target) return target
  throw new JobError(target.code, target.message)
}
