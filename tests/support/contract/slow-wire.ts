import { HIGH_WATER_BYTES, type Wire } from '../../../shared/contract/wire.ts'
import { Assembler } from '../../../shared/contract/chunks.ts'
import { decodeMessage } from '../../../shared/contract/codec.ts'

/** One end of a wire whose other end is the test: it decides when bytes have left, and sees what was sent. */
export class SlowWire implements Wire {
  /** Messages sent so far, decoded. */
  readonly sent: unknown[] = []
  bufferedBytes = 0
  isClosed = false
  readonly #assembler = new Assembler()
  readonly #closeListeners: (() => void)[] = []
  #onFrame: (frame: Uint8Array) => void = () => undefined
  #onDrain: () => void = () => undefined

  send(frame: Uint8Array): void {
    if (this.isClosed) return
    const message = this.#assembler.push(frame.slice())
    if (message !== undefined) this.sent.push(decodeMessage(message))
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener)
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const listener of this.#closeListeners) listener()
  }

  /** Delivers a frame from the other end. */
  receive(frame: Uint8Array): void {
    this.#onFrame(frame)
  }

  /** From now on nothing leaves. */
  block(): void {
    this.bufferedBytes = HIGH_WATER_BYTES + 1
  }

  /** Everything has left. */
  drain(): void {
    this.bufferedBytes = 0
    this.#onDrain()
  }
}
