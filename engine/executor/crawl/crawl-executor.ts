import { COUNTER } from '../../../shared/model/counters.ts'
import type { CrawlOptions } from '../../../shared/model/fields/crawl.ts'
import type { Lane } from '../../worker/lane.ts'
import type { Executor, ExecutorContext } from '../executor.ts'
import { Connector } from '../http/connector.ts'
import type { HttpClient } from '../http/http-client.ts'
import { DEFAULT_LIMITS, type CrawlLimits } from '../http/limits.ts'
import { Resolver } from '../http/resolver.ts'
import { UndiciClient } from '../http/undici-client.ts'
import type { CrawlShared } from './crawl-shared.ts'
import { CrawlTask } from './crawl-task.ts'
import { GateHolder } from './gate-holder.ts'
import { HostBackoff } from './host-backoff.ts'
import { plainGateOf } from './host-cap.ts'
import { parseOkStatus } from './ok-status.ts'
import { buildHeaders } from './request-headers.ts'
import { RobotsCache } from './robots-cache.ts'
import { TargetReader } from './target.ts'
import { writeUrl } from './task-url.ts'

/** A sweep this much late means that the process stood still. */
const LATE_SWEEP_MS = 1_000
/** The client's own cap lies this much above ours, which names the limit. */
const SECOND_NET_BYTES = 2 ** 20
const IDLE_LOOK_MS = 1_000
const SHORTEST_SWEEP_MS = 5

export interface CrawlSetup {
  readonly limits: CrawlLimits
  readonly random: () => number
}

/** Fetches URLs: one {@link CrawlTask} a lane, one HTTP client, one timer for all time limits. */
export class CrawlExecutor implements Executor {
  readonly #shared: CrawlShared
  readonly #client: HttpClient
  readonly #robots: RobotsCache | null
  /** By lane number. */
  readonly #tasks: CrawlTask[] = []
  readonly #sweepMs: number
  readonly #gates: TargetReader
  #lastOrigin = ''
  #lastGate = ''
  #timer: NodeJS.Timeout | null = null
  #sweptAtMs = 0
  #lookedIdleAtMs = 0

  constructor(options: CrawlOptions, context: ExecutorContext, setup: Partial<CrawlSetup> = {}) {
    const limits = setup.limits ?? DEFAULT_LIMITS
    const headers = buildHeaders(options.headers, options.userAgent)
    this.#client = new UndiciClient({
      limits,
      maxResponseBytes: options.maxBodyBytes + SECOND_NET_BYTES,
      connector: new Connector(new Resolver(context.nowMs, limits.lookupAgeMs), options.insecure),
      nowMs: context.nowMs,
      onConnection: () => (context.counters[COUNTER.connections]! += 1),
    })
    this.#robots = options.robots === true ? this.#makeRobots(options, context, limits, headers) : null
    const wishes = {
      title: options.extract.includes('title'),
      links: options.extract.includes('links'),
      meta: options.extract.includes('meta'),
      hash: options.extract.includes('hash'),
    }
    this.#shared = {
      options,
      limits,
      context,
      client: this.#client,
      headers,
      okStatus: parseOkStatus(options.okStatus),
      targets: new TargetReader(limits.urlCharacters),
      robots: this.#robots,
      bodies: {
        wishes,
        limits,
        nowMs: context.nowMs,
        maxDecodedBytes: options.maxBodyBytes * limits.decodedRatio,
      },
      countsOnly: options.extract.length === 0,
      random: setup.random ?? Math.random,
      backoff: new HostBackoff(),
    }
    this.#gates = new TargetReader(limits.urlCharacters)
    this.#sweepMs = Math.max(SHORTEST_SWEEP_MS, Math.min(limits.sweepMs, options.timeoutMs / 4))
  }

  gateOf(input: string): string {
    const last = this.#lastOrigin
    if (last !== '' && input.charCodeAt(last.length) === SLASH && input.startsWith(last))
      return this.#lastGate
    const text = input.trim()
    let gate = plainGateOf(text)
    if (gate === null) {
      const target = this.#gates.read(text)
      if (!('origin' in target)) return ''
      gate = target.gate
    }
    this.#lastOrigin = SPELLED_ORIGIN.exec(text)?.[0] ?? ''
    this.#lastGate = gate
    return gate
  }

  start(lane: Lane): void {
    this.#timer ??= this.#startSweeping()
    let task = this.#tasks[lane.number]
    if (task === undefined) {
      task = new CrawlTask(this.#shared, lane)
      this.#tasks[lane.number] = task
    }
    task.start(this.gateOf(lane.input))
  }

  describe(lane: Lane): void {
    writeUrl(lane, this.#shared.limits.urlCharacters)
  }

  abort(lane: Lane): void {
    this.#tasks[lane.number]?.abort()
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    for (const task of this.#tasks) task?.close()
    this.#robots?.close()
    this.#client.close()
  }

  #makeRobots(
    options: CrawlOptions,
    context: ExecutorContext,
    limits: CrawlLimits,
    headers: ReturnType<typeof buildHeaders>,
  ): RobotsCache {
    return new RobotsCache({
      client: this.#client,
      context,
      limits,
      headers: headers.robots,
      robotName: headers.robotName,
      allowsPrivate: options.privateNetwork,
      makeGate: () => new GateHolder(context),
    })
  }

  #startSweeping(): NodeJS.Timeout {
    this.#sweptAtMs = this.#shared.context.nowMs()
    this.#lookedIdleAtMs = this.#sweptAtMs
    return setInterval(() => this.#sweep(), this.#sweepMs).unref()
  }

  #sweep(): void {
    const { context, limits } = this.#shared
    const nowMs = context.nowMs()
    const lateMs = nowMs - this.#sweptAtMs - this.#sweepMs
    const stoodStillMs = lateMs > LATE_SWEEP_MS ? lateMs : 0
    this.#sweptAtMs = nowMs
    for (const task of this.#tasks) task?.sweep(nowMs, stoodStillMs)
    this.#robots?.sweep(nowMs, stoodStillMs)
    if (nowMs - this.#lookedIdleAtMs < Math.min(IDLE_LOOK_MS, limits.originIdleMs)) return
    this.#lookedIdleAtMs = nowMs
    this.#client.closeIdle(limits.originIdleMs)
  }
}

const SLASH = 47
/** What begins with the same text and goes on with a path has the same host. */
const SPELLED_ORIGIN = /^https?:\/\/[^/\\?#]+(?=\/)/i
