import { CrawlExecutor, type CrawlSetup } from '../../engine/executor/crawl/crawl-executor.ts'
import { hostPolicyOf } from '../../engine/executor/crawl/host-cap.ts'
import type { ExecutorContext } from '../../engine/executor/executor.ts'
import { DEFAULT_LIMITS, type CrawlLimits } from '../../engine/executor/http/limits.ts'
import { nowMs } from '../../engine/worker/clock.ts'
import { Lane } from '../../engine/worker/lane.ts'
import { COUNTERS, makeCounters, type CounterName } from '../../shared/model/counters.ts'
import { errorCodeOf, type ErrorCode } from '../../shared/model/error.ts'
import { crawlFields, type CrawlOptions } from '../../shared/model/fields/crawl.ts'
import { OUTCOMES, type Outcome } from '../../shared/model/outcome.ts'
import { CRAWL_LAYOUT } from '../../shared/model/record-layout.ts'

type NumberName = (typeof CRAWL_LAYOUT.numbers)[number]['name']
type StringName = (typeof CRAWL_LAYOUT.strings)[number]

/** A lane's record, read back by column names; absent numbers are `null`. */
export interface TaskResult {
  readonly outcome: Outcome | 'cancelled'
  readonly error: ErrorCode | null
  readonly message: string | null
  readonly retryable: boolean
  readonly attempts: number
  /** Milliseconds each retry was put off. */
  readonly delaysMs: readonly number[]
  readonly numbers: Readonly<Record<NumberName, number | null>>
  readonly strings: Readonly<Record<StringName, string | null>>
  readonly phases: { readonly connectEndMs: number; readonly firstByteMs: number; readonly bodyEndMs: number }
}

export interface HarnessOptions {
  readonly options?: Partial<CrawlOptions>
  readonly limits?: Partial<CrawlLimits>
  readonly lanes?: number
}

const DEFAULTS = Object.fromEntries(
  Object.entries(crawlFields).map(([key, field]) => [key, field.default]),
) as unknown as CrawlOptions

interface Waiting {
  readonly host: string
  readonly start: () => void
}

/** Runs the crawl executor as a worker does: lanes, host permits and retries, the latter at once. */
export class ExecutorHarness implements AsyncDisposable {
  readonly executor: CrawlExecutor
  /** Most permits ever held at a time, by host. */
  readonly mostHeld = new Map<string, number>()
  /** Hosts in the order in which requests were let in. */
  readonly entered: string[] = []
  /** Hosts that were asked to be left alone, and for how long. */
  readonly holds: { readonly host: string; readonly forMs: number }[] = []
  readonly #counters = makeCounters()
  readonly #options: CrawlOptions
  readonly #held = new Map<string, number>()
  readonly #lanes: Lane[] = []
  readonly #laneCount: number
  #waiting: Waiting[] = []
  #onSettle: (lane: Lane) => void = () => undefined

  constructor({ options = {}, limits = {}, lanes = 4 }: HarnessOptions = {}) {
    this.#options = { ...DEFAULTS, retries: 0, ...options }
    this.#laneCount = lanes
    const setup: Partial<CrawlSetup> = { limits: { ...DEFAULT_LIMITS, ...limits }, random: () => 0.5 }
    this.executor = new CrawlExecutor(this.#options, this.#context(), setup)
  }

  counter(name: CounterName): number {
    return this.#counters[COUNTERS.indexOf(name)]!
  }

  /** Permits that nobody gave back. */
  get held(): number {
    return [...this.#held.values()].reduce((sum, count) => sum + count, 0)
  }

  async one(url: string): Promise<TaskResult> {
    return (await this.crawl([url]))[0]!
  }

  /** @returns One result a URL, in their order, after all retries. */
  crawl(urls: readonly string[]): Promise<TaskResult[]> {
    const results: TaskResult[] = []
    const delays = urls.map((): number[] => [])
    // A worker's port to its supervisor keeps its loop alive while everything waits.
    const alive = setInterval(() => undefined, 1_000)
    return new Promise<TaskResult[]>(resolve => {
      let next = 0
      let settled = 0
      const begin = (lane: Lane) => {
        const host = this.executor.gateOf(lane.input)
        this.#enter(host, () => {
          lane.queuedAtMs = lane.startedAtMs = nowMs()
          this.executor.start(lane)
        })
      }
      const take = (lane: Lane) => {
        if (next >= urls.length) return
        lane.reset()
        lane.index = next
        lane.input = urls[next]!
        lane.attempt = 1
        next += 1
        begin(lane)
      }
      this.#onSettle = lane => {
        if (Number.isFinite(lane.retryAtMs)) {
          delays[lane.index]!.push(lane.retryAtMs - nowMs())
          lane.reset()
          lane.attempt += 1
          begin(lane)
          return
        }
        results[lane.index] = resultOf(lane, delays[lane.index]!)
        settled += 1
        if (settled === urls.length) resolve(results)
        else take(lane)
      }
      for (let number = 0; number < this.#laneCount && number < urls.length; number += 1) {
        this.#lanes[number] ??= new Lane(number, CRAWL_LAYOUT, lane => this.#onSettle(lane))
        take(this.#lanes[number]!)
      }
    }).finally(() => clearInterval(alive))
  }

  /** Aborts what every lane is doing. */
  abortAll(): void {
    for (const lane of this.#lanes) this.executor.abort(lane)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.executor.close()
  }

  #context(): ExecutorContext {
    return {
      nowMs,
      counters: this.#counters,
      enterHost: (host, start) => this.#enter(host, start),
      holdHost: (host, untilMs) => void this.holds.push({ host, forMs: untilMs - nowMs() }),
      leaveHost: host => {
        const held = this.#held.get(host) ?? 0
        if (held < 1) throw new Error(`${host} was left more often than entered`)
        this.#held.set(host, held - 1)
        this.#letIn()
      },
    }
  }

  #enter(host: string, start: () => void): () => void {
    const waiting = { host, start }
    this.#waiting.push(waiting)
    this.#letIn()
    return () => {
      this.#waiting = this.#waiting.filter(other => other !== waiting)
    }
  }

  #letIn(): void {
    const policy = hostPolicyOf(this.#options)
    const waiting = this.#waiting.find(
      ({ host }) => host === '' || (this.#held.get(host) ?? 0) < policy.capOf(host),
    )
    if (waiting === undefined) return
    this.#waiting = this.#waiting.filter(other => other !== waiting)
    const { host, start } = waiting
    if (host !== '') {
      this.entered.push(host)
      const held = (this.#held.get(host) ?? 0) + 1
      this.#held.set(host, held)
      this.mostHeld.set(host, Math.max(held, this.mostHeld.get(host) ?? 0))
    }
    start()
    this.#letIn()
  }
}

function resultOf(lane: Lane, delaysMs: readonly number[]): TaskResult {
  const numbers = Object.fromEntries(
    CRAWL_LAYOUT.numbers.map(({ name }, at) => [
      name,
      Number.isNaN(lane.numbers[at]!) ? null : lane.numbers[at]!,
    ]),
  ) as Record<NumberName, number | null>
  const strings = Object.fromEntries(
    CRAWL_LAYOUT.strings.map((name, at) => [name, lane.strings[at]!]),
  ) as Record<StringName, string | null>
  return {
    outcome: lane.retryAtMs === Infinity ? 'cancelled' : OUTCOMES[numbers.outcome!]!,
    error: errorCodeOf(numbers.error ?? 0) ?? null,
    message: strings.errorMessage,
    retryable: numbers.retryable === 1,
    attempts: lane.attempt,
    delaysMs,
    numbers,
    strings,
    phases: { connectEndMs: lane.connectEndMs, firstByteMs: lane.firstByteMs, bodyEndMs: lane.bodyEndMs },
  }
}
