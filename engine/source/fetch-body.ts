import { JobError } from '../../shared/model/error.ts'
import type {
  HttpClient,
  HttpExchange,
  HttpFailure,
  HttpHandler,
  ResponseHeaders,
} from '../executor/http/http-client.ts'
import { DEFAULT_LIMITS } from '../executor/http/limits.ts'
import { isRedirectStatus } from '../executor/crawl/redirect.ts'
import type { Target } from '../executor/crawl/target.ts'

export interface BodyRequest {
  readonly target: Target
  readonly isPublicOnly: boolean
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly timeoutMs: number
  readonly mostBytes: number
  readonly signal: AbortSignal
}

export interface BodyAnswer {
  /** Where the answer redirects to, as the header says it; the body is then empty. */
  readonly redirectedTo: string | null
  readonly chunks: Buffer[]
}

/**
 * Gets one body into memory.
 *
 * @throws JobError with the code a crawl's task would get, and `E_CANCELLED` when `signal` is aborted.
 */
export function fetchBody(client: HttpClient, request: BodyRequest): Promise<BodyAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<BodyAnswer>()
  new BodyFetch(client, request, { resolve, reject }).start()
  return promise
}

interface Settle {
  readonly resolve: (answer: BodyAnswer) => void
  readonly reject: (error: JobError) => void
}

class BodyFetch implements HttpHandler {
  readonly #client: HttpClient
  readonly #request: BodyRequest
  readonly #settle: Settle
  readonly #chunks: Buffer[] = []
  readonly #cancel = (): void => this.#fail('E_CANCELLED', 'reading was stopped')
  #bytes = 0
  #redirectedTo: string | null = null
  #exchange: HttpExchange | null = null
  /** Ends the whole request, and below it what is awaited at the moment. */
  #total: NodeJS.Timeout | undefined
  #step: NodeJS.Timeout | undefined
  #isOver = false

  constructor(client: HttpClient, request: BodyRequest, settle: Settle) {
    this.#client = client
    this.#request = request
    this.#settle = settle
  }

  start(): void {
    const { timeoutMs, signal } = this.#request
    if (signal.aborted) return this.#cancel()
    signal.addEventListener('abort', this.#cancel, { once: true })
    this.#total = setTimeout(
      () => this.#fail('E_TIMEOUT_TOTAL', `is not there after ${timeoutMs} ms`),
      timeoutMs,
    )
    this.#send(false)
  }

  #send(needsFresh: boolean): void {
    const { target, isPublicOnly, headers } = this.#request
    this.#await('E_CONNECT', 'could not be connected to', DEFAULT_LIMITS.connectMs)
    const origin = this.#client.originOf(target.origin, target.gate, isPublicOnly)
    this.#exchange = this.#client.send(
      origin,
      { path: target.path, method: 'GET', headers, needsFresh },
      this,
    )
  }

  onSent(): void {
    this.#await('E_TIMEOUT_HEADERS', 'did not answer', DEFAULT_LIMITS.headersMs)
  }

  onFirstByte(): void {}

  onHeaders(status: number, headers: ResponseHeaders): void {
    this.#await('E_TIMEOUT_BODY', 'sent no more of its body', DEFAULT_LIMITS.idleMs)
    const location = isRedirectStatus(status) ? headers.get('location') : null
    // What a redirect has for a body is of no use: its connection goes with it.
    if (location !== null) {
      this.#redirectedTo = location
      this.#end()
    } else if (status !== 200) this.#fail('E_HTTP_STATUS', `answered with status ${status}`)
  }

  onData(chunk: Buffer): void {
    const { mostBytes } = this.#request
    this.#bytes += chunk.length
    if (this.#bytes > mostBytes) return this.#fail('E_BODY_TOO_LARGE', `is larger than ${mostBytes} bytes`)
    this.#chunks.push(Buffer.from(chunk))
    this.#await('E_TIMEOUT_BODY', 'sent no more of its body', DEFAULT_LIMITS.idleMs)
  }

  onEnd(): void {
    this.#exchange = null
    this.#end()
  }

  onError({ code, message, isStale }: HttpFailure): void {
    this.#exchange = null
    // The server closed a kept connection just then: nothing is wrong with the sitemap.
    if (isStale && !this.#isOver) return this.#send(true)
    this.#fail(code, `cannot be fetched: ${message}`)
  }

  #await(code: JobError['code'], problem: string, timeoutMs: number): void {
    clearTimeout(this.#step)
    this.#step = setTimeout(() => this.#fail(code, `${problem} within ${timeoutMs} ms`), timeoutMs)
  }

  #end(): void {
    if (this.#finish()) this.#settle.resolve({ redirectedTo: this.#redirectedTo, chunks: this.#chunks })
  }

  #fail(code: JobError['code'], problem: string): void {
    if (this.#finish()) this.#settle.reject(new JobError(code, `${this.#request.target.href} ${problem}`))
  }

  /** @returns False when it was over before. */
  #finish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    clearTimeout(this.#total)
    clearTimeout(this.#step)
    this.#request.signal.removeEventListener('abort', this.#cancel)
    this.#exchange?.abort()
    this.#exchange = null
    return true
  }
}
