import { connect, type Socket } from 'node:net'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { ReplyParser, REPLY_BYTES, type ReplyHandler, type ReplyValue } from './reply-parser.ts'
import { commandBytes } from './resp.ts'
import { ConnectionLost, ProtocolError, ServerError } from './server-fault.ts'

/** The replies to one thing that was sent. A reply of a kind that cannot belong to it ends the connection. */
export abstract class OwedReplies {
  /** Still to come. */
  replies = 1
  /** Longest of them. */
  limitBytes = REPLY_BYTES

  onOk(): void {
    this.onValue('OK')
  }

  onInteger(value: number): void {
    this.onValue(value)
  }

  onError(text: string): void {
    throw new ProtocolError(`an error that was not expected: ${text}`)
  }

  onValue(value: ReplyValue): void {
    throw new ProtocolError(`a reply of the wrong kind (${Array.isArray(value) ? 'array' : typeof value})`)
  }

  /** The last of them came. */
  onDone(): void {}

  /** The connection was lost before the last of them came. */
  onLost(_reason: string): void {}
}

/** How many replies were asked for, and what became of them; over all connections of a session. */
export interface ReplyLedger {
  sent: number
  ok: number
  error: number
  /** Lost with their connection; what they would have said is found out on the next one. */
  resolved: number
}

export interface ConnectionEvents {
  readonly nowMs: () => number
  /** Some replies were handled; everything written before this returns leaves in one piece. */
  readonly onReplies: () => void
  /** Once, when nothing more can be sent or will come. */
  readonly onLost: (reason: string) => void
}

const READ_BYTES = 64 * 2 ** 10
const KEEP_ALIVE_MS = 15_000

/** One socket, the replies it owes, and nothing else: it lives until it is lost, which {@link destroy} brings about. */
export class RedisConnection implements ReplyHandler {
  readonly #socket: Socket
  readonly #parser = new ReplyParser(this)
  readonly #events: ConnectionEvents
  readonly #ledger: ReplyLedger
  readonly #owed: OwedReplies[] = []
  #lost: string | null = null
  #quietSinceMs: number

  constructor(target: RedisTarget, ledger: ReplyLedger, events: ConnectionEvents) {
    this.#ledger = ledger
    this.#events = events
    this.#quietSinceMs = events.nowMs()
    this.#socket = connect({
      ...target.socket,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (bytes, buffer) => {
          this.#feed((buffer as Buffer).subarray(0, bytes))
          return true
        },
      },
    })
    this.#socket.on('error', error => this.destroy(error.message))
    this.#socket.on('close', () => this.destroy('the server closed the connection'))
  }

  /** Milliseconds without a reply while one is owed. */
  get silentMs(): number {
    return this.#owed.length === 0 ? 0 : this.#events.nowMs() - this.#quietSinceMs
  }

  /** @param bytes Whole commands that ask for the replies of `owed`; not to be changed before those came. */
  send(bytes: Buffer, owed: OwedReplies): void {
    if (this.#lost !== null) {
      owed.onLost(this.#lost)
      return
    }
    if (this.#owed.length === 0) {
      this.#quietSinceMs = this.#events.nowMs()
      this.#parser.limitBytes = owed.limitBytes
    }
    this.#owed.push(owed)
    this.#ledger.sent += owed.replies
    this.#socket.write(bytes)
  }

  /**
   * For commands that are not sent by the million.
   *
   * @throws ServerError, ConnectionLost
   */
  call(parts: readonly string[], limitBytes = REPLY_BYTES): Promise<ReplyValue> {
    const { promise, resolve, reject } = Promise.withResolvers<ReplyValue>()
    this.send(commandBytes(parts), new Answer({ resolve, reject, limitBytes }))
    return promise
  }

  /** Ends the connection at once; `reason` is what those who wait are told. */
  destroy(reason: string): void {
    if (this.#lost !== null) return
    this.#lost = reason
    this.#parser.stop()
    this.#socket.destroy()
    for (const owed of this.#owed.splice(0)) {
      this.#ledger.resolved += owed.replies
      owed.onLost(reason)
    }
    this.#events.onLost(reason)
  }

  onOk(): void {
    this.#take(true).onOk()
    this.#finish()
  }

  onInteger(value: number): void {
    this.#take(true).onInteger(value)
    this.#finish()
  }

  onError(text: string): void {
    this.#take(false).onError(text)
    this.#finish()
  }

  onValue(value: ReplyValue): void {
    this.#take(true).onValue(value)
    this.#finish()
  }

  #take(isOk: boolean): OwedReplies {
    const owed = this.#owed[0]
    if (!owed) throw new ProtocolError('a reply that nobody asked for')
    owed.replies -= 1
    if (isOk) this.#ledger.ok += 1
    else this.#ledger.error += 1
    return owed
  }

  #finish(): void {
    const owed = this.#owed[0]
    if (!owed || owed.replies > 0) return
    this.#owed.shift()
    this.#parser.limitBytes = this.#owed[0]?.limitBytes ?? REPLY_BYTES
    owed.onDone()
  }

  #feed(chunk: Buffer): void {
    if (this.#lost !== null) return
    this.#quietSinceMs = this.#events.nowMs()
    this.#socket.cork()
    try {
      this.#parser.feed(chunk)
      if (this.#lost === null) this.#events.onReplies()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.destroy(`Redis broke its protocol: ${error.message}`)
    } finally {
      this.#socket.uncork()
    }
  }
}

/** One reply as a promise. */
class Answer extends OwedReplies {
  readonly #resolve: (value: ReplyValue) => void
  readonly #reject: (error: Error) => void

  constructor({
    resolve,
    reject,
    limitBytes,
  }: {
    readonly resolve: (value: ReplyValue) => void
    readonly reject: (error: Error) => void
    readonly limitBytes: number
  }) {
    super()
    this.#resolve = resolve
    this.#reject = reject
    this.limitBytes = limitBytes
  }

  override onValue(value: ReplyValue): void {
    this.#resolve(value)
  }

  override onError(text: string): void {
    this.#reject(new ServerError(text))
  }

  override onLost(reason: string): void {
    this.#reject(new ConnectionLost(reason))
  }
}
