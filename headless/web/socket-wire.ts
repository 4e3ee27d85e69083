import type { WebSocket } from 'ws'

import { packFrames, unpackFrames } from '../../shared/contract/frame-pack.ts'
import { HIGH_WATER_BYTES, type Wire } from '../../shared/contract/wire.ts'

/** WebSocket close codes, as RFC 6455 has them. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  unsupported: 1003,
  refused: 1008,
  tryLater: 1013,
} as const

/** How long the other end may take to answer a close, or to read what was sent before it. */
const CLOSING_MS = 2_000

export interface SocketWireOptions {
  /** Pause between two messages; frames that are sent meanwhile go out together. 0 sends each at once. */
  readonly gatherMs: number
  /** More than this many bytes waiting ends the connection: whoever asks for so much must read it too. */
  readonly waitingBytes: number
}

/**
 * A wire over an open WebSocket of `ws`, at either end.
 *
 * While more than `HIGH_WATER_BYTES` wait to be read by the other end nothing is read from it: it cannot ask faster
 * than it takes the answers.
 */
export class SocketWire implements Wire {
  readonly #socket: WebSocket
  readonly #options: SocketWireOptions
  readonly #closeListeners: (() => void)[] = []
  #arrived: Uint8Array[] = []
  #onFrame: ((frame: Uint8Array) => void) | null = null
  #onDrain: (() => void) | null = null
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #gathering: NodeJS.Timeout | null = null
  #isHigh = false
  #isEnding = false
  #isClosed = false

  constructor(socket: WebSocket, options: SocketWireOptions) {
    this.#socket = socket
    this.#options = options
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary))
    // What goes wrong on a socket closes it, and that is listened for.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#closed())
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#gatheredBytes + this.#socket.bufferedAmount
  }

  send(frame: Uint8Array): void {
    if (this.#isEnding) return
    this.#gathered.push(frame.slice())
    this.#gatheredBytes += frame.byteLength
    if (this.#gathering === null) this.#flush()
    this.#watchLevel()
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
    this.closeWith(CLOSE.normal, '')
  }

  /** @param reason At most 123 bytes; the other end is told. */
  closeWith(code: number, reason: string): void {
    if (this.#isEnding) return
    this.#flush()
    this.#isEnding = true
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#arrived = []
    // A paused socket would never see the answer.
    this.#socket.resume()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref()
  }

  /** Sends what was gathered and gathers anew for a while: what comes alone leaves at once. */
  #flush(): void {
    const frames = this.#gathered
    this.#gathering = null
    if (frames.length === 0 || this.#isEnding) return
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#socket.send(packFrames(frames), { binary: true }, () => this.#watchLevel())
    if (this.#options.gatherMs > 0) {
      this.#gathering = setTimeout(() => this.#flush(), this.#options.gatherMs)
    }
  }

  #watchLevel(): void {
    if (this.#isEnding) return
    const { bufferedBytes } = this
    if (bufferedBytes > this.#options.waitingBytes) {
      this.closeWith(CLOSE.tryLater, 'too much is unread')
      return
    }
    const isHigh = bufferedBytes > HIGH_WATER_BYTES
    if (isHigh === this.#isHigh) return
    this.#isHigh = isHigh
    if (isHigh) this.#socket.pause()
    else {
      this.#socket.resume()
      this.#onDrain?.()
    }
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#isEnding) return
    if (!isBinary) {
      this.closeWith(CLOSE.unsupported, 'text is not spoken here')
      return
    }
    try {
      // Plain bytes, whatever class carries them.
      this.#arrived.push(...unpackFrames(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
    } catch {
      this.closeWith(CLOSE.refused, 'not a pack of frames')
      return
    }
    this.#deliver()
  }

  #deliver(): void {
    if (this.#onFrame === null) return
    for (let frame = this.#arrived.shift(); frame !== undefined; frame = this.#arrived.shift())
      this.#onFrame(frame)
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isEnding = true
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#gathered = []
    for (const listener of this.#closeListeners.splice(0)) listener()
  }
}
