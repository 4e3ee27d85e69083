import type { DesktopDoor } from '../../shared/contract/desktop-door.ts'
import { packFrames, unpackFrames } from '../../shared/contract/frame-pack.ts'
import { HIGH_WATER_BYTES, type Wire } from '../../shared/contract/wire.ts'

/** A wire to the main process of the desktop app, over what its preload script exposes. */
export class DesktopWire implements Wire {
  readonly #door: DesktopDoor<File>
  readonly #closeListeners: (() => void)[] = []
  #arrived: Uint8Array[] = []
  #onFrame: ((frame: Uint8Array) => void) | null = null
  #onDrain: (() => void) | null = null
  #bufferedBytes = 0
  #isClosed = false

  /** @throws When the main process does not open a wire. */
  static async open(door: DesktopDoor<File>): Promise<DesktopWire> {
    const wire = new DesktopWire(door)
    await door.openWire(
      pack => wire.#receive(pack),
      () => wire.#closed(),
    )
    return wire
  }

  private constructor(door: DesktopDoor<File>) {
    this.#door = door
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#bufferedBytes
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return
    const { byteLength } = frame
    this.#bufferedBytes += byteLength
    this.#door.send(packFrames([frame])).then(
      () => this.#left(byteLength),
      () => this.#closed(),
    )
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
    this.#door.closeWire()
    this.#closed()
  }

  #left(bytes: number): void {
    const wasHigh = this.#bufferedBytes > HIGH_WATER_BYTES
    this.#bufferedBytes -= bytes
    if (wasHigh && this.#bufferedBytes <= HIGH_WATER_BYTES && !this.#isClosed) this.#onDrain?.()
  }

  #receive(pack: Uint8Array): void {
    if (this.#isClosed) return
    try {
      this.#arrived.push(...unpackFrames(pack))
    } catch {
      // Whoever speaks like that is no host of ours.
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
    this.#arrived = []
    for (const listener of this.#closeListeners.splice(0)) queueMicrotask(listener)
  }
}
