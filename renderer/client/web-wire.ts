import { packFrames, unpackFrames } from '../../shared/contract/frame-pack.ts'
import { HIGH_WATER_BYTES, type Wire } from '../../shared/contract/wire.ts'

/** The part of a browser's WebSocket that a wire needs. */
export type WireSocket = Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'binaryType'> & {
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
}

/** A browser does not tell when its buffer has emptied, so that it is looked at. */
const LOOK_MS = 20

/** A wire over an open WebSocket of the browser. */
export class WebWire implements Wire {
  readonly #socket: WireSocket
  readonly #closeListeners: (() => void)[] = []
  #arrived: Uint8Array[] = []
  #onFrame: ((frame: Uint8Array) => void) | null = null
  #onDrain: (() => void) | null = null
  #draining: ReturnType<typeof setTimeout> | null = null
  #isEnding = false
  #isClosed = false

  /** @param socket Nothing else listens to it. */
  constructor(socket: WireSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = () => this.#closed()
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.bufferedAmount
  }

  send(frame: Uint8Array): void {
    if (this.#isEnding) return
    this.#socket.send(packFrames([frame]))
    if (this.bufferedBytes > HIGH_WATER_BYTES) this.#lookLater()
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener
    queueMicrotask(() => this.#deliver())
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) queueMicrotask(listener)
    else this.#closeListeners.push(listener)
  }

  close(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#arrived = []
    this.#socket.close(1000)
  }

  #lookLater(): void {
    if (this.#draining !== null) return
    this.#draining = setTimeout(() => {
      this.#draining = null
      if (this.#isClosed) return
      if (this.bufferedBytes > HIGH_WATER_BYTES) this.#lookLater()
      else this.#onDrain?.()
    }, LOOK_MS)
  }

  #receive(data: unknown): void {
    if (this.#isEnding) return
    try {
      if (!(data instanceof ArrayBuffer)) throw new TypeError('the host sent text')
      this.#arrived.push(...unpackFrames(new Uint8Array(data)))
    } catch {
      // Whoever speaks like that is no host of ours; the page tries again as after any other loss.
      this.close()
      return
    }
    this.#deliver()
  }

  #deliver(): void {
    if (this.#onFrame === null) return
    for (let frame = this.#arrived.shift(); frame !== undefined; frame = this.#arrived.shift()) {
      this.#onFrame(frame)
    }
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isEnding = true
    for (const listener of this.#closeListeners.splice(0)) listener()
  }
}
