import { COUNTER } from '../../../shared/model/counters.ts'
import type { ExecutorContext } from '../executor.ts'
import type {
  HttpClient,
  HttpExchange,
  HttpFailure,
  HttpHandler,
  HttpOrigin,
  ResponseHeaders,
} from '../http/http-client.ts'
import type { CrawlLimits } from '../http/limits.ts'
import type { GateHolder } from './gate-holder.ts'
import { BodyDecoder, encodingsOf, type DecoderListener } from './body-decoder.ts'
import { isRedirectStatus, nextTarget } from './redirect.ts'
import { ALLOW_ALL, DENY_ALL, parseRobots, type RobotsRules } from './robots-rules.ts'

/** Rules, or why there are none yet: then the host itself could not be reached. */
export type RobotsResult =
  | { readonly rules: RobotsRules; readonly note: string }
  | { readonly failure: Pick<HttpFailure, 'code' | 'message' | 'retryable'> }

export interface RobotsFetchDeps {
  readonly client: HttpClient
  readonly context: ExecutorContext
  readonly limits: CrawlLimits
  readonly headers: readonly string[]
  readonly robotName: string
  readonly allowsPrivate: boolean
  readonly makeGate: () => GateHolder
}

interface RobotsFetchListener {
  /** @param ageMs How long the result may be used. */
  onResult(result: RobotsResult, ageMs: number): void
  onNeedsPermits(): void
}

/** After a failure to connect the next task asks again: its own retries bound how often. */
const UNREACHABLE_AGE_MS = 500

/** Reads one robots.txt: its own requests, redirects and limits, apart from the tasks that wait for it. */
export class RobotsFetch implements HttpHandler, DecoderListener {
  /** True once further permits are needed: then waiters must not hold them all. */
  needsPermits = false
  readonly #deps: RobotsFetchDeps
  readonly #listener: RobotsFetchListener
  readonly #gate: GateHolder
  #origin: HttpOrigin | null = null
  #originalGate = ''
  #href = ''
  #hops = 0
  #resends = 0
  #exchange: HttpExchange | null = null
  #startMs = 0
  #status = 0
  #location: string | null = null
  #decoder: BodyDecoder | null = null
  #chunks: Buffer[] = []
  #bytes = 0
  #isOver = false

  constructor(deps: RobotsFetchDeps, listener: RobotsFetchListener) {
    this.#deps = deps
    this.#listener = listener
    this.#gate = deps.makeGate()
  }

  /** @param gate A permit of the origin's host that this fetch takes over, or `''`. */
  start(origin: HttpOrigin, gate: string): void {
    this.#gate.adopt(gate)
    this.#originalGate = origin.gate
    this.#request(origin, `${origin.origin}/robots.txt`, false)
  }

  sweep(nowMs: number, shiftMs: number): void {
    if (this.#isOver || this.#exchange === null) return
    this.#startMs += shiftMs
    const { connectMs, headersMs } = this.#deps.limits
    if (nowMs - this.#startMs <= connectMs + headersMs) return
    const { phase } = this.#exchange
    this.#exchange.abort()
    this.#exchange = null
    // What has come so far of a file served slowly counts, as of one that is too long.
    if (phase === 'body' && this.#bytes > 0) this.#finishBody()
    else this.#unreachable('E_TIMEOUT_HEADERS', `no robots.txt within ${connectMs + headersMs} ms`, true)
  }

  close(): void {
    this.#isOver = true
    this.#decoder?.close()
    this.#exchange?.abort()
    this.#exchange = null
    this.#gate.leave()
  }

  onSent(): void {
    this.#deps.context.counters[COUNTER.requests]! += 1
  }

  onFirstByte(): void {}

  onHeaders(status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#location = isRedirectStatus(status) ? headers.get('location') : null
    if (status < 200 || status > 299) return
    const encodings = encodingsOf(headers.get('content-encoding'), this.#deps.limits.encodings)
    if (typeof encodings === 'string')
      this.#settleAborted(ALLOW_ALL, `its robots.txt is not readable: ${encodings}`)
    else this.#decoder = encodings.length === 0 ? null : new BodyDecoder(encodings, this)
  }

  onData(chunk: Buffer): void {
    if (this.#status < 200 || this.#status > 299) {
      // Of other answers the status is all that matters.
      this.#exchange?.abort()
      this.onEnd()
    } else if (this.#decoder === null) this.onDecoded(Buffer.from(chunk))
    else if (!this.#decoder.write(Buffer.from(chunk))) this.#exchange?.pause()
  }

  onEnd(): void {
    this.#exchange = null
    if (this.#isOver) return
    const status = this.#status
    if (this.#location !== null) this.#follow(this.#location)
    else if (status >= 500)
      this.#settle(DENY_ALL, `its robots.txt answers ${status}`, this.#deps.limits.robotsRetryMs)
    else if (status < 200 || status > 299) this.#settle(ALLOW_ALL, '')
    else if (this.#decoder !== null) this.#decoder.end()
    else this.#finishBody()
  }

  onError(failure: HttpFailure): void {
    this.#exchange = null
    if (this.#isOver) return
    if (failure.isStale && this.#resends < 2) {
      this.#resends += 1
      this.#request(this.#origin!, this.#href, true)
    } else this.#unreachable(failure.code, failure.message, failure.retryable)
  }

  onDecoded(chunk: Buffer): void {
    if (this.#isOver) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#deps.limits.robotsBytes) return
    this.#exchange?.abort()
    this.#exchange = null
    this.#finishBody()
  }

  onDecoderEnd(): void {
    if (!this.#isOver) this.#finishBody()
  }

  onDecoderFailed(reason: string): void {
    if (!this.#isOver) this.#settleAborted(ALLOW_ALL, reason)
  }

  onDecoderDrain(): void {
    this.#exchange?.resume()
  }

  #request(origin: HttpOrigin, href: string, needsFresh: boolean): void {
    this.#origin = origin
    this.#href = href
    this.#status = 0
    this.#startMs = this.#deps.context.nowMs()
    const path = href.slice(origin.origin.length)
    this.#exchange = this.#deps.client.send(
      origin,
      { path, method: 'GET', headers: this.#deps.headers, needsFresh },
      this,
    )
  }

  #follow(location: string): void {
    const { limits, client, allowsPrivate } = this.#deps
    this.#hops += 1
    const target = nextTarget(location, this.#href, limits.urlCharacters)
    // RFC 9309: a file that cannot be found after five redirects is none; so is one that may not be fetched.
    if (this.#hops > limits.robotsRedirects || !('origin' in target)) return this.#settle(ALLOW_ALL, '')
    const isPublicOnly = !allowsPrivate && target.gate !== this.#originalGate
    const origin = client.originOf(target.origin, target.gate, isPublicOnly)
    this.needsPermits = true
    this.#listener.onNeedsPermits()
    this.#gate.enter(target.gate, () => this.#request(origin, target.href, false))
  }

  #finishBody(): void {
    const bytes = Buffer.concat(this.#chunks).subarray(0, this.#deps.limits.robotsBytes)
    this.#chunks = []
    this.#settle(parseRobots(bytes.toString('utf8'), this.#deps.robotName), '')
  }

  #settleAborted(rules: RobotsRules, note: string): void {
    this.#exchange?.abort()
    this.#exchange = null
    this.#settle(rules, note)
  }

  #settle(rules: RobotsRules, note: string, ageMs = this.#deps.limits.robotsAgeMs): void {
    this.#end({ rules, note }, ageMs)
  }

  #unreachable(code: HttpFailure['code'], message: string, retryable: boolean): void {
    if (code === 'E_ADDR_BLOCKED') this.#settle(ALLOW_ALL, '')
    else this.#end({ failure: { code, message: `robots.txt: ${message}`, retryable } }, UNREACHABLE_AGE_MS)
  }

  #end(result: RobotsResult, ageMs: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#decoder?.close()
    this.#gate.leave()
    this.#listener.onResult(result, ageMs)
  }
}
