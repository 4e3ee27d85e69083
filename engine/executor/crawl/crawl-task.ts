import { STATUS_CODES } from 'node:http'
import { COUNTER } from '../../../shared/model/counters.ts'
import { printable, type ErrorCode } from '../../../shared/model/error.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import type { Lane } from '../../worker/lane.ts'
import type {
  HttpExchange,
  HttpFailure,
  HttpHandler,
  HttpOrigin,
  ResponseHeaders,
} from '../http/http-client.ts'
import { Answer } from './answer.ts'
import { Attempt } from './attempt.ts'
import type { BodyListener } from './body-reader.ts'
import type { CrawlShared } from './crawl-shared.ts'
import { GateHolder } from './gate-holder.ts'
import { isRefusal } from './host-backoff.ts'
import { PhaseClock } from './phase-clock.ts'
import { nextTarget } from './redirect.ts'
import { backoffMs, isRetryableStatus, retryAfterMs } from './retry.ts'
import type { RobotsResult, RobotsWaiter } from './robots-cache.ts'
import { shown, type Target } from './target.ts'
import { writeUrl } from './task-url.ts'

const { numbers: NUMBER, strings: STRING } = positionsOf(CRAWL_LAYOUT)
const MOST_RESENDS = 2
/** How long a request waits before it asks for a descriptor again, and how often at most. */
const EXHAUSTED_WAIT_MS = 200
const MOST_EXHAUSTED_WAITS = 300

/**
 * idle → gate ⇄ robots → flight → (decode) → idle; `parked` is a flight that waits for a descriptor. A redirect goes
 * from flight back to gate. Every way out of a state other than idle settles the lane once, or sends the next request.
 *
 * Settling may start the lane's next task before it returns: nothing may be touched after it.
 */
type State = 'idle' | 'gate' | 'robots' | 'parked' | 'flight' | 'decode'

/** The tasks of one lane, one after the other: all that a request needs lives here and is used again. */
export class CrawlTask implements HttpHandler, BodyListener, RobotsWaiter {
  readonly #shared: CrawlShared
  readonly #lane: Lane
  readonly #gate: GateHolder
  readonly #answer: Answer
  readonly #clock = new PhaseClock()
  readonly #attempt = new Attempt()
  readonly #head: { path: string; method: 'GET' | 'HEAD'; headers: readonly string[]; needsFresh: boolean }
  /** URLs of the attempt that redirected. */
  #visited: string[] = []
  #state: State = 'idle'
  #exchange: HttpExchange | null = null
  /** Whether the next request has its host's permit and its slot of the rate. */
  #isAdmitted = false
  /** Whether robots.txt allows the next request. */
  #mayFetch = false
  #origin: HttpOrigin | null = null
  #where = ''
  #href = ''
  #first: Target = NOWHERE
  #resends = 0
  #exhaustedWaits = 0

  constructor(shared: CrawlShared, lane: Lane) {
    this.#shared = shared
    this.#lane = lane
    this.#gate = new GateHolder(shared.context)
    this.#answer = new Answer(shared, this)
    this.#head = { path: '', method: shared.options.method, headers: shared.headers.own, needsFresh: false }
  }

  /** @param gate What the lane's start holds of a host, or `''`. */
  start(gate: string): void {
    const lane = this.#lane
    this.#gate.adopt(gate)
    this.#isAdmitted = true
    this.#attempt.reset(lane.attempt === 1 ? lane.queuedAtMs : lane.startedAtMs)
    this.#clock.start(lane.startedAtMs, this.#shared.options.timeoutMs)
    if (this.#visited.length > 0) this.#visited = []
    this.#exhaustedWaits = 0
    this.#answer.clear()
    this.#first = NOWHERE
    this.#href = ''
    const target = this.#shared.targets.read(writeUrl(lane, this.#shared.limits.urlCharacters))
    if ('origin' in target) {
      this.#first = target
      this.#aim(target, false)
      this.#proceed()
    } else {
      const place = lane.line > 0 ? `line ${lane.line}: ` : ''
      this.#fail(target.code, place + target.message, false)
    }
  }

  abort(): void {
    if (this.#state === 'idle') return
    this.#stop()
    this.#count()
    this.#lane.settleCancelled()
  }

  /** Ends what is under way without a word to the lane. */
  close(): void {
    if (this.#state !== 'idle') this.#stop()
  }

  /** @param stoodStillMs How much longer ago the last sweep is than it should be: the process was stopped. */
  sweep(nowMs: number, stoodStillMs: number): void {
    if (this.#state === 'idle') return
    if (stoodStillMs > 0) this.#clock.shift(stoodStillMs)
    if (this.#state === 'gate') return
    if (this.#state === 'parked') {
      const waitedMs = this.#clock.phaseMs(nowMs)
      if (waitedMs < EXHAUSTED_WAIT_MS) return
      this.#clock.shift(waitedMs)
      this.#send()
      return
    }
    const phase = this.#state === 'flight' ? (this.#exchange?.phase ?? 'connect') : 'waiting'
    const flow = { bytes: this.#answer.wireBytes, isPaused: this.#answer.isPaused }
    const due = this.#clock.due(nowMs, phase, flow, this.#shared.limits)
    if (due !== null) this.#breakOff(due.code, `${this.#where}: ${due.message}`)
  }

  // --- admission: the host's permit, then robots.txt ---

  onRobots(result: RobotsResult): void {
    if (this.#state !== 'robots') return
    if ('failure' in result) {
      this.#fail(result.failure.code, result.failure.message, result.failure.retryable)
    } else if (result.rules.allows(this.#head.path)) {
      this.#mayFetch = true
      this.#proceed()
    } else this.#skip(result.note === '' ? 'its robots.txt disallows this URL' : result.note)
  }

  yieldGate(): void {
    this.#gate.leave()
    this.#isAdmitted = false
  }

  #proceed(): void {
    const { robots, context } = this.#shared
    const origin = this.#origin!
    if (!this.#isAdmitted) {
      this.#state = 'gate'
      const sinceMs = context.nowMs()
      this.#gate.enter(origin.gate, () => {
        this.#isAdmitted = true
        this.#clock.shift(context.nowMs() - sinceMs)
        this.#proceed()
      })
    } else if (robots !== null && !this.#mayFetch) {
      this.#state = 'robots'
      const known = robots.peek(origin)
      if (known !== null) this.onRobots(known)
      else if (robots.wait(origin, this.#gate.held, this)) {
        this.#gate.handOver()
        this.#isAdmitted = false
      }
    } else {
      this.#isAdmitted = false
      this.#send()
    }
  }

  /** Points the next request at a target; what a server told us to fetch may not be private. */
  #aim(target: Target, isPublicOnly: boolean): void {
    const { client, headers } = this.#shared
    if (this.#origin?.origin !== target.origin || this.#origin.isPublicOnly !== isPublicOnly) {
      this.#origin = client.originOf(target.origin, target.gate, isPublicOnly)
    }
    this.#where = target.gate
    this.#href = target.href
    this.#head.path = target.path
    this.#head.headers = target.origin === this.#first.origin ? headers.own : headers.foreign
    this.#head.needsFresh = false
    this.#mayFetch = false
    this.#resends = 0
  }

  #send(): void {
    this.#state = 'flight'
    this.#exchange = this.#shared.client.send(this.#origin!, this.#head, this)
  }

  // --- what the exchange tells ---

  onSent(connectMs: number): void {
    const { nowMs, counters } = this.#shared.context
    const sentMs = nowMs()
    counters[COUNTER.requests]! += 1
    this.#clock.begin(sentMs)
    this.#attempt.sent(sentMs, connectMs)
  }

  onFirstByte(): void {
    this.#attempt.firstByte(this.#shared.context.nowMs())
  }

  onHeaders(status: number, headers: ResponseHeaders): void {
    const refusal = this.#answer.begin(status, headers, this.#where)
    if (refusal !== null) this.#breakOff(refusal.code, refusal.message)
  }

  onData(chunk: Buffer): void {
    const answer = this.#answer
    const exchange = this.#exchange!
    const refusal = answer.take(chunk, exchange, this.#where)
    if (refusal !== null) this.#breakOff(refusal.code, refusal.message)
    else if (answer.isNotWorthReading) {
      exchange.abort()
      this.onEnd()
    } else if (answer.isPaused && this.#exchange === exchange) exchange.pause()
  }

  onEnd(): void {
    const answer = this.#answer
    const exchange = this.#exchange!
    this.#exchange = null
    const refusal = answer.checkFraming(exchange, this.#where)
    if (refusal !== null) this.#fail(refusal.code, refusal.message, false)
    else if (answer.location !== null) this.#follow(answer.location)
    else {
      this.#state = 'decode'
      if (answer.end()) this.onBodyEnd()
    }
  }

  onError(failure: HttpFailure): void {
    this.#exchange = null
    if (failure.isStale && this.#resends < MOST_RESENDS) {
      this.#resends += 1
      this.#head.needsFresh = true
      this.#clock.begin(this.#shared.context.nowMs())
      this.#send()
    } else if (failure.isExhausted && this.#exhaustedWaits < MOST_EXHAUSTED_WAITS) {
      this.#exhaustedWaits += 1
      this.#state = 'parked'
      this.#clock.begin(this.#shared.context.nowMs())
      this.#shared.client.closeIdle(0)
    } else this.#fail(failure.code, failure.message, failure.retryable)
  }

  onBodyEnd(): void {
    if (this.#state !== 'decode') return
    this.#answer.isComplete = true
    this.#finish()
  }

  onBodyFailed(code: ErrorCode, reason: string): void {
    if (this.#state === 'idle') return
    this.#breakOff(code, `the body of ${this.#where} is refused: ${reason}`)
  }

  onBodyDrain(): void {
    this.#answer.isPaused = false
    this.#exchange?.resume()
  }

  #follow(location: string): void {
    const { limits, options, context } = this.#shared
    this.#visited.push(this.#href)
    this.#attempt.hops += 1
    if (this.#attempt.hops > limits.redirects) {
      this.#fail(
        'E_REDIRECT_LIMIT',
        `more than ${limits.redirects} redirects, the last at ${shown(this.#href)}`,
        false,
      )
      return
    }
    const target = nextTarget(location, this.#href, limits.urlCharacters)
    if (!('origin' in target)) this.#fail(target.code, target.message, false)
    else if (this.#visited.includes(target.href)) {
      this.#fail('E_REDIRECT_LOOP', `redirects come back to ${shown(target.href)}`, false)
    } else {
      context.counters[COUNTER.bytesWire]! += this.#answer.wireBytes
      this.#answer.clear()
      this.#clock.begin(context.nowMs())
      this.#aim(target, !options.privateNetwork && target.gate !== this.#first.gate)
      this.#proceed()
    }
  }

  // --- the ends ---

  #finish(): void {
    const { okStatus, context, backoff } = this.#shared
    const { status } = this.#answer
    this.#attempt.ended(context.nowMs())
    if (!isRefusal(status)) backoff.answered(this.#where)
    if (okStatus[status] !== 1) {
      const reason = STATUS_CODES[status]
      const text = reason === undefined ? `${status}` : `${status} ${reason}`
      this.#fail('E_HTTP_STATUS', `${text} from ${this.#where}`, isRetryableStatus(status))
      return
    }
    this.#leave()
    this.#record()
    this.#lane.settleOk()
  }

  #fail(code: ErrorCode, message: string, retryable: boolean): void {
    const lane = this.#lane
    const { options, context } = this.#shared
    const isRetried = retryable && lane.attempt <= options.retries
    // Whoever waits for the host is let in as soon as it is left.
    const waitMs = isRetried ? this.#waitBeforeRetry() : 0
    this.#leave()
    this.#record()
    if (isRetried) lane.settleRetry(context.nowMs() + waitMs)
    else lane.settleFailed(code, printable(message), retryable)
  }

  /** @returns Milliseconds. Where the host refuses everybody, the tasks behind this one wait too. */
  #waitBeforeRetry(): number {
    const { limits, random, backoff, context } = this.#shared
    const { retryAfter, status } = this.#answer
    const askedMs = retryAfterMs(retryAfter, Date.now(), limits.retryAfterMaxMs)
    const waitMs = Math.max(askedMs, backoffMs(this.#lane.attempt, random(), limits))
    if (isRefusal(status)) {
      const untilMs = backoff.refused(this.#where, { status, askedMs, waitMs }, context.nowMs())
      if (untilMs > 0) context.holdHost(this.#where, untilMs)
    }
    return waitMs
  }

  #skip(reason: string): void {
    const where = this.#where
    this.#leave()
    this.#record()
    this.#lane.settleSkipped('E_ROBOTS', printable(`${where}: ${reason}`))
  }

  /** Fails while the server is still sending, or silent. */
  #breakOff(code: ErrorCode, message: string): void {
    const exchange = this.#exchange
    const isConnecting = exchange !== null && CONNECTING.has(exchange.phase)
    this.#exchange = null
    exchange?.abort()
    this.#fail(code, message, isConnecting && code !== 'E_TIMEOUT_TOTAL')
  }

  #stop(): void {
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.abort()
    this.#answer.close()
    this.#leave()
  }

  /** The task needs nothing more of anybody. */
  #leave(): void {
    if (this.#state === 'robots') this.#shared.robots?.forget(this, this.#origin!)
    this.#state = 'idle'
    this.#gate.leave()
  }

  #record(): void {
    const lane = this.#lane
    const answer = this.#answer
    this.#count()
    this.#attempt.describe(lane)
    lane.cpuMs = answer.cpuMs
    if (this.#href !== this.#first.href) lane.strings[STRING.finalUrl] = this.#href
    if (answer.status !== 0) {
      lane.numbers[NUMBER.status] = answer.status
      lane.numbers[NUMBER.bodyBytes] = answer.decodedBytes
      lane.numbers[NUMBER.wireBytes] = answer.wireBytes
      answer.describe(lane)
    }
    answer.close()
  }

  #count(): void {
    const { counters } = this.#shared.context
    const answer = this.#answer
    this.#attempt.count(counters)
    counters[COUNTER.bytesBody]! += answer.decodedBytes
    counters[COUNTER.bytesWire]! += answer.wireBytes
    counters[COUNTER.cpuMs]! += answer.cpuMs
  }
}

const CONNECTING: ReadonlySet<string> = new Set<HttpExchange['phase']>(['resolve', 'connect', 'handshake'])
const NOWHERE: Target = { href: '', origin: '', gate: '', path: '' }
