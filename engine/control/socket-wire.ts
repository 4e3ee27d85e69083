import type { Socket } from 'node:net'
import { FRAME_BYTES, HIGH_WATER_BYTES, type Wire } from '../../shared/contract/wire.ts'

/** A frame is preceded by its length, little-endian. */
const LENGTH_BYTES = 4
/** Frames that nobody listens for yet are read up to here. */
const KEPT_BYTES = 2 ** 20
/** How long the other end may take, after a closing, to read what was sent before. */
const FLUSH_MS = 2_000

/** A wire over a connected stream socket: UNIX, named pipe, or TCP. Bytes that are no frames close it. */
export class SocketWire implements Wire {
  readonly #socket: Socket
  readonly #closeListeners: (() => void)[] = []
  #onFrame: ((frame: Uint8Array) => void) | undefined
  #onDrain: (() => void) | undefined
  /** The beginning of a frame whose end has not arrived. */
  #partial: Buffer = Buffer.alloc(0)
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #isHigh = false
  /** This end has closed it: nothing more is sent or delivered. */
  #isClosing = false
  #isClosed = false

  /** @param socket Belongs to the wire from now on. */
  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => this.#receive(chunk))
    // 'close' follows, and that is all there is to know of a wire.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#markClosed())
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.writableLength
  }

  send(frame: Uint8Array): void {
    if (this.#isClosing || this.#socket.destroyed) return
    const bytes = Buffer.allocUnsafe(LENGTH_BYTES + frame.byteLength)
    bytes.writeUInt32LE(frame.byteLength, 0)
    bytes.set(frame, LENGTH_BYTES)
    this.#socket.write(bytes, () => this.#sent())
    if (this.bufferedBytes > HIGH_WATER_BYTES) this.#isHigh = true
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener
    setImmediate(() => this.#deliverKept())
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) queueMicrotask(listener)
    else this.#closeListeners.push(listener)
  }

  close(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#kept = []
    // What still arrives is read and dropped: unread, it would reset the connection and take along what was sent.
    this.#socket.resume()
    this.#socket.end()
    const timer = setTimeout(() => this.#socket.destroy(), FLUSH_MS)
    this.#socket.once('close', () => clearTimeout(timer))
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosing) return
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk])
    let at = 0
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = bytes.readUInt32LE(at)
      if (length === 0 || length > FRAME_BYTES) {
        this.#socket.destroy()
        return
      }
      const end = at + LENGTH_BYTES + length
      if (end > bytes.length) break
      this.#deliver(new Uint8Array(bytes.subarray(at + LENGTH_BYTES, end)))
      if (this.#isClosing) return
      at = end
    }
    this.#partial = bytes.subarray(at)
  }

  #deliver(frame: Uint8Array): void {
    if (this.#onFrame !== undefined && this.#kept.length === 0) {
      this.#onFrame(frame)
      return
    }
    this.#kept.push(frame)
    this.#keptBytes += frame.byteLength
    if (this.#keptBytes > KEPT_BYTES) this.#socket.pause()
  }

  #deliverKept(): void {
    const kept = this.#kept
    this.#kept = []
    this.#keptBytes = 0
    for (const frame of kept) if (!this.#isClosing) this.#onFrame?.(frame)
    this.#socket.resume()
  }

  #sent(): void {
    if (!this.#isHigh || this.bufferedBytes > HIGH_WATER_BYTES) return
    this.#isHigh = false
    this.#onDrain?.()
  }

  #markClosed(): void {
    this.#isClosed = true
    for (const listener of this.#closeListeners.splice(0)) listener()
  }
}
