import type * as z from 'zod'

import { failureOf, JobError, printable, type Failure } from '../model/error.ts'
import { SECRET_KEYS } from '../model/job-schema.ts'
import { describeIssue } from '../model/schema-issue.ts'
import { mayAsk } from './access.ts'
import { Channel } from './channel.ts'
import { MESSAGE_BYTES } from './chunks.ts'
import {
  contract,
  type Access,
  type CommandName,
  type Handlers,
  type StreamName,
  type StreamPort,
} from './contract.ts'
import { CONNECTION_ID, KIND, type Message } from './message.ts'
import { Outbox } from './outbox.ts'
import type { Wire } from './wire.ts'

/** What one connection may have open at once, and how many malformed messages end it. */
export const REQUESTS_LIMIT = 256
export const SUBSCRIPTIONS_LIMIT = 64
export const MALFORMED_LIMIT = 5

export interface ServeOptions {
  /** Longest message accepted from the view, in bytes; a host that others can reach lowers it. */
  readonly messageBytes?: number
  /** What the view may ask for; anything else is answered with `E_AUTH`. Everything by default. */
  readonly access?: Access
}

/** One connection of a host. */
export interface Serving {
  /** Ends every subscription and closes the wire; handlers that run go on, their answers are dropped. */
  close(): void
}

/** Answers the contract over a wire, as a host does, until the wire closes. */
export const serve = (handlers: Handlers, wire: Wire, options: ServeOptions = {}): Serving =>
  new Session(handlers, wire, options)

class Session implements Serving {
  readonly #handlers: Handlers
  readonly #access: Access
  readonly #channel: Channel
  readonly #outbox: Outbox
  readonly #requests = new Set<number>()
  readonly #ports = new Map<number, Port>()
  #malformed = 0
  #isClosed = false

  constructor(handlers: Handlers, wire: Wire, options: ServeOptions) {
    this.#handlers = handlers
    this.#access = options.access ?? 'control'
    this.#channel = new Channel(wire, {
      peer: 'client',
      messageBytes: options.messageBytes ?? MESSAGE_BYTES,
      onMessage: message => this.#receive(message),
      onMalformed: error => this.#countMalformed(error),
      onClosed: () => this.#endAll(),
    })
    this.#outbox = new Outbox(this.#channel, (id, error) => this.#ports.get(id)?.fail(error))
    wire.onDrain(() => this.#outbox.flush())
  }

  close(): void {
    this.#channel.close()
  }

  #receive(message: Message): void {
    const [kind, id] = message
    switch (kind) {
      case KIND.request:
        void this.#answer(id, message[2], message[3])
        break
      case KIND.subscribe:
        void this.#subscribe(id, message[2], message[3])
        break
      case KIND.unsubscribe:
        this.#outbox.drop(id)
        this.#ports.get(id)?.close()
        break
      case KIND.error:
        // The view tells why it is about to close.
        break
      default:
        this.#countMalformed(new JobError('E_IPC_SCHEMA', `a view does not send messages of kind ${kind}`))
    }
  }

  async #answer(id: number, name: string, value: unknown): Promise<void> {
    if (this.#isTaken(id)) return
    if (this.#requests.size >= REQUESTS_LIMIT) {
      this.#sendError(id, tooMany('calls are unanswered', REQUESTS_LIMIT))
      return
    }
    this.#requests.add(id)
    try {
      const entry = Object.hasOwn(contract, name) ? contract[name as keyof typeof contract] : undefined
      if (entry?.type !== 'command') throw unknownName('command', name)
      this.#checkAccess(name as CommandName)
      const input = checked(name, entry.input, value)
      const handler = this.#handlers[name as keyof Handlers] as (input: unknown) => Promise<unknown>
      const output = await handler(input)
      if (!this.#isClosed) this.#channel.send([KIND.answer, id, output])
    } catch (error) {
      this.#refuse(id, error)
    } finally {
      this.#requests.delete(id)
    }
  }

  async #subscribe(id: number, name: string, value: unknown): Promise<void> {
    if (this.#isTaken(id)) return
    const port = new Port(id, this.#outbox, () => this.#ports.delete(id))
    this.#ports.set(id, port)
    try {
      if (this.#ports.size > SUBSCRIPTIONS_LIMIT) throw tooMany('streams are open', SUBSCRIPTIONS_LIMIT)
      const entry = Object.hasOwn(contract, name) ? contract[name as keyof typeof contract] : undefined
      if (entry?.type !== 'stream') throw unknownName('stream', name)
      this.#checkAccess(name as StreamName)
      const params = checked(name, entry.params, value)
      const handler = this.#handlers[name as keyof Handlers] as (
        params: unknown,
        port: StreamPort<unknown>,
      ) => void | Promise<void>
      await handler(params, port)
    } catch (error) {
      port.fail(error)
      if (isMalformed(error)) this.#countMalformed(null)
    }
  }

  #checkAccess(name: CommandName | StreamName): void {
    if (mayAsk(this.#access, name)) return
    throw new JobError('E_AUTH', `${name} is not for a view that may only look; sign in with full access`)
  }

  /** An id that is in use already: answering it would settle somebody else's call. */
  #isTaken(id: number): boolean {
    const isTaken = this.#requests.has(id) || this.#ports.has(id)
    if (isTaken) this.#countMalformed(new JobError('E_IPC_SCHEMA', `id ${id} is in use already`))
    return isTaken
  }

  #refuse(id: number, error: unknown): void {
    if (this.#isClosed) return
    this.#sendError(id, error)
    if (isMalformed(error)) this.#countMalformed(null)
  }

  #sendError(id: number, error: unknown): void {
    this.#channel.send([KIND.error, id, failureOf(error)])
  }

  /** @param error Sent when it answers nothing that was asked; `null` when the answer has told. */
  #countMalformed(error: JobError | null): void {
    this.#malformed += 1
    if (error !== null) this.#sendError(CONNECTION_ID, error)
    if (this.#malformed > MALFORMED_LIMIT) {
      this.#channel.close(
        new JobError('E_IPC_SCHEMA', `more than ${MALFORMED_LIMIT} messages were malformed`),
      )
    }
  }

  #endAll(): void {
    this.#isClosed = true
    for (const port of [...this.#ports.values()]) {
      this.#outbox.drop(port.id)
      port.close()
    }
  }
}

class Port implements StreamPort<unknown> {
  readonly id: number
  readonly #outbox: Outbox
  readonly #closeListeners: (() => void)[] = []
  #isClosed = false

  constructor(id: number, outbox: Outbox, onClosed: () => void) {
    this.id = id
    this.#outbox = outbox
    this.#closeListeners.push(onClosed)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  push(payload: unknown, replaceKey?: string): void {
    if (this.#isClosed) return
    try {
      if (this.#outbox.push(this.id, payload, replaceKey)) return
    } catch (error) {
      this.fail(error)
      return
    }
    this.fail(
      new JobError('E_LIMIT', 'the view is too slow for this stream; subscribe again from the last cursor'),
    )
  }

  end(): void {
    this.#endWith(null)
  }

  fail(error: unknown): void {
    this.#endWith(failureOf(error))
  }

  onClosed(listener: () => void): void {
    if (this.#isClosed) listener()
    else this.#closeListeners.push(listener)
  }

  /** Closes without telling the view, which asked for it or is gone. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const listener of this.#closeListeners.splice(0)) listener()
  }

  #endWith(failure: Failure | null): void {
    if (this.#isClosed) return
    this.#outbox.end(this.id, failure)
    this.close()
  }
}

function checked(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Malformed(`${name}: ${describeIssue(parsed.error, value, SECRET_KEYS)}`)
}

/** What the contract refuses, apart from `E_IPC_SCHEMA` errors of handlers. */
class Malformed extends JobError {
  constructor(message: string) {
    super('E_IPC_SCHEMA', message)
  }
}

const isMalformed = (error: unknown): boolean => error instanceof Malformed

const unknownName = (what: string, name: string): JobError =>
  new Malformed(`this version has no ${what} named ${printable(name.slice(0, 100))}`)

const tooMany = (what: string, limit: number): JobError =>
  new JobError('E_LIMIT', `${limit} ${what} on this connection; wait for one to end`)
