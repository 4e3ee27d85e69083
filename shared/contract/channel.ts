import { JobError } from '../model/error.ts'
import { Assembler, cutIntoFrames } from './chunks.ts'
import { decodeMessage, encodeMessage } from './codec.ts'
import { checkHello, checkMessage, CONNECTION_ID, helloMessage, KIND, type Message } from './message.ts'
import type { Wire } from './wire.ts'

/** What the owner of a channel does with what happens on it. */
export interface ChannelOwner {
  /** Which side is at the other end. */
  readonly peer: 'host' | 'client'
  /** Longest message accepted, in bytes. */
  readonly messageBytes: number
  onMessage(message: Message): void
  /** One message was not understood (`E_IPC_SCHEMA`); those that follow can be. */
  onMalformed(error: JobError): void
  /** The wire is closed; `error` says why when this side closed it over what arrived. Called once. */
  onClosed(error: JobError | null): void
}

/** Messages over a wire: encoded, cut into frames, put together again, with a hello first in each direction. */
export class Channel {
  readonly #wire: Wire
  readonly #owner: ChannelOwner
  readonly #assembler: Assembler
  #isGreeted = false
  #reason: JobError | null = null
  #isClosed = false

  constructor(wire: Wire, owner: ChannelOwner) {
    this.#wire = wire
    this.#owner = owner
    this.#assembler = new Assembler(owner.messageBytes)
    wire.onClose(() => {
      this.#isClosed = true
      owner.onClosed(this.#reason)
    })
    wire.onFrame(frame => this.#receive(frame))
    this.send(helloMessage)
  }

  get bufferedBytes(): number {
    return this.#wire.bufferedBytes
  }

  /** @throws JobError `E_IPC_SCHEMA` for what is no plain data, `E_LIMIT` for what is too long; nothing is sent then. */
  send(message: Message): void {
    this.sendEncoded(encodeMessage(message))
  }

  /** @throws JobError `E_LIMIT` for what is too long; nothing is sent then. */
  sendEncoded(message: Uint8Array): void {
    for (const frame of cutIntoFrames(message)) this.#wire.send(frame)
  }

  /** Closes the wire; the other side is told `error` first. */
  close(error: JobError | null = null): void {
    if (this.#isClosed) return
    if (error !== null) {
      const { code, message } = error
      this.send([KIND.error, CONNECTION_ID, { code, message, retryable: false }])
    }
    this.#reason ??= error
    this.#isClosed = true
    this.#wire.close()
  }

  #receive(frame: Uint8Array): void {
    if (this.#isClosed) return
    const message = this.#understood(
      () => this.#assembler.push(frame),
      error => this.close(error),
    )
    if (message === undefined) return
    if (!this.#isGreeted) this.#greet(message)
    else this.#pass(message)
  }

  #greet(bytes: Uint8Array): void {
    const isRight = this.#understood(
      () => (checkHello(decodeMessage(bytes), this.#owner.peer), true),
      error => this.close(error),
    )
    this.#isGreeted = isRight ?? false
  }

  #pass(bytes: Uint8Array): void {
    const message = this.#understood(
      () => checkMessage(decodeMessage(bytes)),
      error => this.#owner.onMalformed(error),
    )
    if (message !== undefined) this.#owner.onMessage(message)
  }

  /** Keeps what arrives from throwing into the carrier; errors that are ours still do. */
  #understood<T>(read: () => T, refuse: (error: JobError) => void): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      refuse(error)
      return undefined
    }
  }
}
