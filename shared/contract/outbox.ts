import { JobError, type Failure } from '../model/error.ts'
import type { Channel } from './channel.ts'
import { encodeMessage } from './codec.ts'
import { KIND } from './message.ts'
import { HIGH_WATER_BYTES } from './wire.ts'

/** Most bytes of waiting pushes that may not be left out, and most waiting pushes, of one connection. */
export const WAITING_BYTES = 8 * 2 ** 20
export const WAITING_PUSHES = 10_000

type Waiting =
  | { readonly id: number; readonly type: 'encoded'; readonly bytes: Uint8Array }
  /** Not encoded yet: most of these are replaced before they are sent. */
  | { readonly id: number; readonly type: 'replaceable'; readonly payload: unknown }

/**
 * Pushes of one connection. They leave at once while the wire keeps up; above `HIGH_WATER_BYTES` they wait in
 * order, and of those that replace each other only the newest waits, at the end of the queue.
 */
export class Outbox {
  readonly #channel: Channel
  readonly #onUnsendable: (id: number, error: JobError) => void
  /** In the order of sending. Replaceable pushes have a key of text, others a number that counts up. */
  readonly #waiting = new Map<string | number, Waiting>()
  #waitingBytes = 0
  #nextKey = 0

  /** @param onUnsendable Told of a push that waited and then turned out to be no plain data, or too long. */
  constructor(channel: Channel, onUnsendable: (id: number, error: JobError) => void) {
    this.#channel = channel
    this.#onUnsendable = onUnsendable
  }

  /**
   * @param replaceKey Pushes of one stream with the same key replace each other while they wait; `undefined` never.
   * @returns False when nothing more may wait: the push is dropped, and its stream must end with `E_LIMIT`.
   * @throws JobError `E_IPC_SCHEMA` or `E_LIMIT` for what cannot be sent at all.
   */
  push(id: number, payload: unknown, replaceKey: string | undefined): boolean {
    this.flush()
    if (replaceKey === undefined) return this.#put(id, encodeMessage([KIND.push, id, payload]))
    if (this.#mayLeave()) {
      this.#channel.send([KIND.push, id, payload])
      return true
    }
    const key = `${id}:${replaceKey}`
    this.#waiting.delete(key)
    if (this.#waiting.size >= WAITING_PUSHES) return false
    this.#waiting.set(key, { id, type: 'replaceable', payload })
    return true
  }

  /** Ends a stream behind what waits for it. */
  end(id: number, failure: Failure | null): void {
    this.flush()
    const bytes = encodeMessage([KIND.end, id, failure])
    if (this.#mayLeave()) this.#channel.sendEncoded(bytes)
    else this.#wait(id, bytes)
  }

  /** Forgets what waits for a stream that nobody follows any more. */
  drop(id: number): void {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.id === id) this.#remove(key, waiting)
    }
  }

  /** Sends what waits, as far as the wire takes it; called when the wire has drained. */
  flush(): void {
    for (const [key, waiting] of this.#waiting) {
      if (this.#channel.bufferedBytes > HIGH_WATER_BYTES) return
      this.#remove(key, waiting)
      if (waiting.type === 'encoded') this.#channel.sendEncoded(waiting.bytes)
      else this.#sendReplaceable(waiting.id, waiting.payload)
    }
  }

  #sendReplaceable(id: number, payload: unknown): void {
    try {
      this.#channel.send([KIND.push, id, payload])
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      this.#onUnsendable(id, error)
    }
  }

  #mayLeave(): boolean {
    return this.#waiting.size === 0 && this.#channel.bufferedBytes <= HIGH_WATER_BYTES
  }

  #put(id: number, bytes: Uint8Array): boolean {
    if (this.#mayLeave()) {
      this.#channel.sendEncoded(bytes)
      return true
    }
    const isFull =
      this.#waiting.size >= WAITING_PUSHES || this.#waitingBytes + bytes.byteLength > WAITING_BYTES
    if (!isFull) this.#wait(id, bytes)
    return !isFull
  }

  #wait(id: number, bytes: Uint8Array): void {
    this.#waiting.set(this.#nextKey, { id, type: 'encoded', bytes })
    this.#nextKey += 1
    this.#waitingBytes += bytes.byteLength
  }

  #remove(key: string | number, waiting: Waiting): void {
    this.#waiting.delete(key)
    if (waiting.type === 'encoded') this.#waitingBytes -= waiting.bytes.byteLength
  }
}
