import { setTimeout as pause } from 'node:timers/promises'
import { COUNTER } from '../../../shared/model/counters.ts'
import { JobError, type Failure } from '../../../shared/model/error.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import type { DestinationRequest, WriterContext } from '../destination.ts'
import { RedisConnection, type ReplyLedger } from './connection.ts'
import { fence } from './fence.ts'
import { greet, must, type Greeted } from './greeting.ts'
import type { ReplyValue } from './reply-parser.ts'
import { connectionField, connectionValue, MARK_FIELD, runKey } from './run-hash.ts'
import { changedDestination, ConnectionLost, faultOf, ServerError, waitingFor } from './server-fault.ts'

/** Batches on their way, whatever the connection is doing. */
export interface BatchLane {
  /** What it sends checks on the server that the connection is still registered. */
  readonly isFencedByScript: boolean
  /** Checks what it needs from the server, before anything is registered. */
  prepare(connection: RedisConnection): Promise<void>
  /** The connection is registered and all earlier ones are fenced: compares positions, then writes what is unsettled. */
  attach(connection: RedisConnection, registration: string): Promise<void>
  /** Nothing can be written until the next `attach`. */
  detach(): void
  /** Some replies were handled. */
  pump(): void
  /** Worth trying again after {@link RedisSession.hold}. */
  retry(): void
  /** Cancels every batch. */
  cancel(): void
  readonly isEmpty: boolean
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
const LOOK_EVERY_MS = 250
/** Connecting and being greeted. */
const GREETING_MS = 10_000
/** Longest wait for a reply before the connection counts as lost. */
const SILENCE_MS = 60_000
/** A reply that takes longer is told. */
const QUIET_MS = 2_000
const QUIT_MS = 500

/** The server was started anew. */
class Rewound extends Error {}

/**
 * Keeps one connection to the destination.
 *
 * States: *connecting* (from the start, and after a loss; tried again until it works), *ready* (from `attach` until the
 * connection is lost), *stopped* (by `stop`, a failure or a rewind; for good). While ready it can be *held*: the
 * destination refuses to write, and the lane tries again after a pause.
 */
export class RedisSession {
  readonly ledger: ReplyLedger = { sent: 0, ok: 0, error: 0, resolved: 0 }
  readonly key: string
  readonly field: string
  readonly segment: number
  readonly #request: DestinationRequest
  readonly #target: RedisTarget
  readonly #context: WriterContext
  readonly #stopping = new AbortController()
  readonly #watch: NodeJS.Timeout
  #lane: BatchLane | null = null
  #connection: RedisConnection | null = null
  #ready = Promise.withResolvers<RedisConnection>()
  #isReady = false
  /** Connections that may be registered and may still be heard by the server; the last one is the newest. */
  #earlier: Greeted[] = []
  #isRegistered = false
  #stall: { readonly failure: Failure; readonly sinceMs: number } | null = null
  #waitMs = FIRST_WAIT_MS
  #holding: NodeJS.Timeout | null = null
  #failure: JobError | null = null

  constructor(request: DestinationRequest, target: RedisTarget, context: WriterContext) {
    this.#request = request
    this.#target = target
    this.#context = context
    this.key = runKey(request.runId)
    this.segment = context.segment
    this.field = connectionField(context.segment)
    this.#ready.promise.catch(() => undefined)
    this.#watch = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#watch.unref()
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  start(lane: BatchLane): void {
    this.#lane = lane
    void this.#run(lane)
  }

  /**
   * Runs `doing` on a ready connection, again on the next one when that is lost.
   *
   * @throws JobError when the session stops.
   */
  async withConnection<T>(doing: (connection: RedisConnection) => Promise<T>): Promise<T> {
    for (;;) {
      const connection = await this.#ready.promise
      try {
        return await doing(connection)
      } catch (error) {
        if (error instanceof ServerError) this.#drop(error.message)
        else if (error instanceof JobError) this.fail(error)
        else if (!(error instanceof ConnectionLost)) throw error
      }
      if (this.isStopped) throw this.#failure ?? cancelled()
    }
  }

  /** The destination refuses to write: the lane is called to try again, later each time until {@link flows}. */
  hold(text: string): void {
    this.#stalled(waitingFor(text))
    if (faultOf(text) === 'connection') {
      this.#drop(text)
      return
    }
    if (this.#holding !== null) return
    this.#holding = setTimeout(() => {
      this.#holding = null
      this.#lane?.retry()
    }, this.#nextWaitMs())
  }

  /** The destination writes. */
  flows(): void {
    this.#waitMs = FIRST_WAIT_MS
    if (this.#stall === null) return
    this.#stall = null
    this.#context.onRoom()
  }

  /** Nothing is settled after this. */
  fail(error: JobError): void {
    if (this.isStopped) return
    this.#failure = error
    this.stop()
    this.#context.onFailed(error)
  }

  /** Gives up the connection for good; the lane keeps its batches. */
  stop(): void {
    if (this.isStopped) return
    this.#stopping.abort()
    clearInterval(this.#watch)
    this.#release()
    this.#ready.reject(this.#failure ?? cancelled())
    this.#connection?.destroy('the writer was stopped')
  }

  /** Leaves the server politely, as far as it answers soon. */
  async close(): Promise<void> {
    const connection = this.#connection
    if (this.#isReady && connection && !this.isStopped) {
      const leaving = Promise.all([
        connection.call(['HDEL', this.key, this.field]),
        connection.call(['QUIT']),
      ])
      await Promise.race([leaving.catch(() => undefined), pause(QUIT_MS, undefined, { ref: false })])
    }
    this.stop()
    const { sent, ok, error, resolved } = this.ledger
    if (sent !== ok + error + resolved)
      this.#context.onFailed(
        new JobError('E_INTERNAL', `Redis: ${sent} sent, but ${ok} ok, ${error} errors and ${resolved} lost`),
      )
  }

  async #run(lane: BatchLane): Promise<void> {
    while (!this.isStopped) {
      const lost = Promise.withResolvers<string>()
      try {
        await this.#establish(lane, lost.resolve)
        this.#stalled(waitingFor(await lost.promise))
      } catch (error) {
        this.#connection?.destroy('the connection was not of use')
        if (error instanceof Rewound) this.#rewind(error.message)
        else if (error instanceof JobError) this.fail(error)
        else if (error instanceof ServerError || error instanceof ConnectionLost)
          this.#stalled(waitingFor(error.message))
        else this.fail(new JobError('E_INTERNAL', `Redis writer: ${String(error)}`, { cause: error }))
      }
      this.#detach(lane)
      if (this.isStopped) return
      await pause(this.#nextWaitMs(), undefined, { signal: this.#stopping.signal }).catch(() => undefined)
    }
  }

  async #establish(lane: BatchLane, onLost: (reason: string) => void): Promise<void> {
    const connection = new RedisConnection(this.#target, this.ledger, {
      nowMs: this.#context.nowMs,
      onReplies: () => lane.pump(),
      onLost,
    })
    this.#connection = connection
    const name = `interleave-${this.#request.runId}-${this.#context.segment}`
    const { redisPassword: password } = this.#request.secrets
    const greeted = await greet(connection, this.#target, { password, name })
    await this.#compare(connection, greeted)
    await lane.prepare(connection)
    for (const { clientId, address } of this.#earlier)
      await fence(connection, { id: clientId, address }, lane.isFencedByScript)
    const registration = registrationOf(greeted)
    // Noted before it is known to be there: the reply may be lost.
    this.#earlier.push(greeted)
    await must(connection, ['HSET', this.key, this.field, registration], 'write')
    this.#earlier = [greeted]
    this.#isRegistered = true
    this.#context.counters[COUNTER.connections]! += 1
    await lane.attach(connection, registration)
    if (lane.isEmpty) this.flows()
    this.#isReady = true
    this.#ready.resolve(connection)
  }

  /** Whether the server is the one that was left, and still knows the run. */
  async #compare(connection: RedisConnection, greeted: Greeted): Promise<void> {
    const kept = await must(
      connection,
      ['HMGET', this.key, MARK_FIELD, this.field],
      'read what it wrote before',
    )
    const [mark, registration] = Array.isArray(kept) ? (kept as readonly ReplyValue[]) : []
    const earlier = this.#earlier.at(-1)
    if (earlier && earlier.serverId !== greeted.serverId)
      throw new Rewound('Redis was started anew and may have forgotten its last writes')
    if (this.#isRegistered && !this.#earlier.some(client => registrationOf(client) === registration))
      throw changedDestination(this.key, 'the registration of this connection is gone')
    if (earlier && mark === null) throw changedDestination(this.key, 'the mark of this run is gone')
    // Before the first write of this worker; whether that is explained, the run finds out when it compares.
    if (mark !== greeted.serverId)
      throw new Rewound('Redis is not the one that was last compared with the run')
  }

  #detach(lane: BatchLane): void {
    this.#release()
    lane.detach()
    if (!this.#isReady) return
    this.#isReady = false
    if (this.isStopped) return
    this.#ready = Promise.withResolvers()
    this.#ready.promise.catch(() => undefined)
  }

  #rewind(reason: string): void {
    if (this.isStopped) return
    this.#failure = new JobError('E_DEST_DOWN', reason)
    this.stop()
    this.#context.onRewind(reason)
  }

  #drop(reason: string): void {
    this.#connection?.destroy(reason)
  }

  #release(): void {
    if (this.#holding !== null) clearTimeout(this.#holding)
    this.#holding = null
  }

  #stalled(failure: Failure): void {
    if (this.isStopped) return
    this.#stall = { failure, sinceMs: this.#stall?.sinceMs ?? this.#context.nowMs() }
  }

  #look(): void {
    const silentMs = this.#connection?.silentMs ?? 0
    if (silentMs > (this.#isReady ? SILENCE_MS : GREETING_MS))
      this.#drop(`no reply within ${Math.round(silentMs)} ms`)
    const nowMs = this.#context.nowMs()
    if (this.#stall) this.#context.onStalled(this.#stall.failure, nowMs - this.#stall.sinceMs)
    else if (silentMs > QUIET_MS)
      this.#context.onStalled(waitingFor(`no reply within ${Math.round(silentMs)} ms`), silentMs)
  }

  #nextWaitMs(): number {
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
    return waitMs
  }
}

const registrationOf = (client: Greeted): string => connectionValue(client.clientId, client.address)

const cancelled = (): JobError => new JobError('E_CANCELLED', 'the Redis writer was stopped')
