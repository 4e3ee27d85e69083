import { JobError, type Failure } from '../model/error.ts'
import { Channel } from './channel.ts'
import { MESSAGE_BYTES } from './chunks.ts'
import type { Client, CommandName, Input, Output, Params, Payload, StreamName } from './contract.ts'
import { CONNECTION_ID, KIND, type Message } from './message.ts'
import type { Wire } from './wire.ts'

/**
 * Speaks the contract over a wire, as a view does. Calls may be made at once. There is no timeout here: a call ends
 * with its answer or with the wire.
 */
export const connect = (wire: Wire): Client => new Connection(wire)

interface Call {
  readonly name: string
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
}

interface Subscription {
  readonly listener: (payload: unknown) => void
  readonly onEnd: (error: Error | null) => void
}

class Connection implements Client {
  readonly #channel: Channel
  readonly #calls = new Map<number, Call>()
  readonly #subscriptions = new Map<number, Subscription>()
  #lastId = CONNECTION_ID
  /** Why nothing can be asked any more. */
  #ending: JobError | null = null

  constructor(wire: Wire) {
    this.#channel = new Channel(wire, {
      peer: 'host',
      messageBytes: MESSAGE_BYTES,
      onMessage: message => this.#receive(message),
      // A host that cannot be understood would leave calls waiting for ever.
      onMalformed: error => this.#channel.close(error),
      onClosed: error => this.#endAll(error ?? this.#ending),
    })
  }

  call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>> {
    return new Promise((resolve, reject) => {
      if (this.#ending !== null) throw closedBefore(name, this.#ending)
      const id = this.#nextId()
      this.#channel.send([KIND.request, id, name, input])
      this.#calls.set(id, { name, resolve: output => resolve(output as Output<K>), reject })
    })
  }

  on<K extends StreamName>(
    name: K,
    params: Params<K>,
    listener: (payload: Payload<K>) => void,
    onEnd: (error: Error | null) => void = () => undefined,
  ): () => void {
    if (this.#ending !== null) throw closedBefore(name, this.#ending)
    const id = this.#nextId()
    this.#channel.send([KIND.subscribe, id, name, params])
    this.#subscriptions.set(id, { listener: payload => listener(payload as Payload<K>), onEnd })
    return () => {
      if (this.#subscriptions.delete(id)) this.#channel.send([KIND.unsubscribe, id])
    }
  }

  close(): void {
    this.#channel.close()
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  #receive(message: Message): void {
    const [kind, id] = message
    switch (kind) {
      case KIND.answer:
        this.#takeCall(id)?.resolve(message[2])
        break
      case KIND.error:
        if (id === CONNECTION_ID) this.#giveUp(errorOf(message[2]))
        else this.#takeCall(id)?.reject(errorOf(message[2]))
        break
      case KIND.push:
        // None follows an unsubscribe that was still on its way when the host pushed.
        this.#subscriptions.get(id)?.listener(message[2])
        break
      case KIND.end: {
        const subscription = this.#subscriptions.get(id)
        this.#subscriptions.delete(id)
        subscription?.onEnd(message[2] === null ? null : errorOf(message[2]))
        break
      }
      default:
        this.#channel.close(new JobError('E_IPC_SCHEMA', `a host does not send messages of kind ${kind}`))
    }
  }

  /** The host finds fault with the connection itself. */
  #giveUp(error: JobError): void {
    this.#ending ??= error
    this.#channel.close()
  }

  #takeCall(id: number): Call | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  #endAll(error: JobError | null): void {
    const ending = error ?? new JobError('E_CANCELLED', 'the connection to the host is closed')
    this.#ending = ending
    const calls = [...this.#calls.values()]
    const subscriptions = [...this.#subscriptions.values()]
    this.#calls.clear()
    this.#subscriptions.clear()
    for (const { name, reject } of calls) reject(closedBefore(name, ending))
    for (const { onEnd } of subscriptions) onEnd(ending)
  }
}

/** @returns A failure that crossed a wire as an error again, with its code. */
const errorOf = (failure: Failure): JobError => new JobError(failure.code, failure.message)

const closedBefore = (name: string, ending: JobError): JobError =>
  new JobError(ending.code, `${name} was not answered: ${ending.message}`, { cause: ending })
