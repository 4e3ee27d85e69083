import { HIGH_WATER_BYTES, type Wire } from './wire.ts'

/** Two ends of a wire within one process: frames are copied and delivered in a later microtask. */
export function makeMemoryWires(): readonly [Wire, Wire] {
  const first = new MemoryEnd()
  const second = new MemoryEnd()
  first.join(second)
  second.join(first)
  return [first, second]
}

class MemoryEnd implements Wire {
  #other: MemoryEnd | undefined
  readonly #arrived: Uint8Array[] = []
  readonly #closeListeners: (() => void)[] = []
  #onFrame: ((frame: Uint8Array) => void) | undefined
  #onDrain: (() => void) | undefined
  #bufferedBytes = 0
  #isDelivering = false
  /** The other end has closed; this one does once its frames are delivered. */
  #isEnding = false
  #isClosed = false

  join(other: MemoryEnd): void {
    this.#other = other
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed || this.#isEnding || this.#other === undefined) return
    this.#bufferedBytes += frame.byteLength
    this.#other.#arrived.push(frame.slice())
    this.#other.#deliverSoon()
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener
    this.#deliverSoon()
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) soon(listener)
    else this.#closeListeners.push(listener)
  }

  close(): void {
    if (this.#isClosed) return
    this.#markClosed()
    const other = this.#other
    if (other !== undefined) other.#endBehindFrames()
  }

  #endBehindFrames(): void {
    this.#isEnding = true
    if (this.#arrived.length === 0 || this.#onFrame === undefined) this.#markClosed()
  }

  #markClosed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#arrived.length = 0
    this.#bufferedBytes = 0
    for (const listener of this.#closeListeners.splice(0)) soon(listener)
  }

  #deliverSoon(): void {
    if (this.#isDelivering || this.#arrived.length === 0 || this.#onFrame === undefined) return
    this.#isDelivering = true
    soon(() => this.#deliverNext())
  }

  /** One frame a microtask, so that a long queue does not hold up what else is due. */
  #deliverNext(): void {
    this.#isDelivering = false
    const frame = this.#arrived.shift()
    if (frame === undefined) return
    const other = this.#other
    if (other !== undefined) other.#sent(frame.byteLength)
    this.#deliverSoon()
    const isLast = this.#isEnding && this.#arrived.length === 0
    this.#onFrame?.(frame)
    if (isLast) this.#markClosed()
  }

  #sent(bytes: number): void {
    const wasHigh = this.#bufferedBytes > HIGH_WATER_BYTES
    this.#bufferedBytes = Math.max(0, this.#bufferedBytes - bytes)
    if (wasHigh && this.#bufferedBytes <= HIGH_WATER_BYTES) this.#onDrain?.()
  }
}

/** A microtask; an error in it is nobody's to catch, so it surfaces as an unhandled rejection. */
function soon(action: () => void): void {
  void Promise.resolve().then(action)
}
