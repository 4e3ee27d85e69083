import { packFrames, unpackFrames } from '../../shared/contract/frame-pack.ts'
import { HIGH_WATER_BYTES, type Wire } from '../../shared/contract/wire.ts'

/** Pause between two packs; frames that are sent meanwhile go out together. */
const GATHER_MS = 16
/** More than this many bytes unread ends the wire: whoever asks for so much must read it too. */
const WAITING_BYTES = 64 * 2 ** 20

export interface IpcWireOptions {
  readonly sendPack: (pack: Uint8Array) => void
  /** Called once, when the wire is over. */
  readonly onClosed: () => void
}

/**
 * The main process's end of a wire to a page. The page says what it has read; while it is behind, what it sends is taken
 * but not answered, so that it cannot ask faster than it takes the answers.
 */
export class IpcWire implements Wire {
  readonly #options: IpcWireOptions
  readonly #closeListeners: (() => void)[] = []
  #onFrame: ((frame: Uint8Array) => void) | null = null
  #onDrain: (() => void) | null = null
  #arrived: Uint8Array[] = []
  #calmed: (() => void)[] = []
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #unreadBytes = 0
  #gathering: NodeJS.Timeout | null = null
  #isHigh = false
  #isClosed = false

  constructor(options: IpcWireOptions) {
    this.#options = options
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#gatheredBytes + this.#unreadBytes
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return
    this.#gathered.push(frame.slice())
    this.#gatheredBytes += frame.byteLength
    if (this.#gathering === null) this.#flush()
    if (this.bufferedBytes > WAITING_BYTES) this.close()
    else this.#watchLevel()
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
    if (this.#isClosed) return
    this.#flush()
    this.#isClosed = true
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#arrived = []
    for (const calm of this.#calmed.splice(0)) calm()
    this.#options.onClosed()
    for (const listener of this.#closeListeners.splice(0)) queueMicrotask(listener)
  }

  /** A pack came from the page. @returns When the page may send more. */
  receive(pack: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    try {
      this.#arrived.push(...unpackFrames(pack))
    } catch {
      // Whoever speaks like that is no page of ours.
      this.close()
      return Promise.resolve()
    }
    this.#deliver()
    return this.#isHigh ? new Promise(resolve => this.#calmed.push(resolve)) : Promise.resolve()
  }

  /** The page has read so many bytes of packs. */
  took(bytes: number): void {
    this.#unreadBytes = Math.max(0, this.#unreadBytes - bytes)
    this.#watchLevel()
  }

  /** Sends what was gathered and gathers anew for a while: what comes alone leaves at once. */
  #flush(): void {
    this.#gathering = null
    if (this.#isClosed || this.#gathered.length === 0) return
    const pack = packFrames(this.#gathered)
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#unreadBytes += pack.byteLength
    this.#options.sendPack(pack)
    this.#gathering = setTimeout(() => this.#flush(), GATHER_MS)
  }

  #watchLevel(): void {
    if (this.#isClosed) return
    const isHigh = this.bufferedBytes > HIGH_WATER_BYTES
    if (isHigh === this.#isHigh) return
    this.#isHigh = isHigh
    if (isHigh) return
    for (const calm of this.#calmed.splice(0)) calm()
    this.#onDrain?.()
  }

  #deliver(): void {
    if (this.#onFrame === null) return
    for (let frame = this.#arrived.shift(); frame !== undefined; frame = this.#arrived.shift())
      this.#onFrame(frame)
  }
}
