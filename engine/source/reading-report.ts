import { printable } from '../../shared/model/error.ts'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import type { Fingerprint, FromReader } from './reader-protocol.ts'

const PROGRESS_MS = 100

export interface ReadingHost {
  readonly post: (message: FromReader, transfer?: readonly ArrayBuffer[]) => void
  readonly signal: AbortSignal
}

/** What is told of an input. */
interface Announced {
  readonly kind: string
  readonly evidence: string
  readonly fingerprint: Fingerprint | null
  readonly isReplayable: boolean
  readonly encoding?: EncodingName
}

/** Tells how far the reading of a run's inputs has come, at most every 100 ms. */
export class ReadingReport {
  bytesRead = 0
  /** Bytes of all inputs; `null` while that is not known, as with standard input. */
  bytesTotal: number | null = null
  readonly #host: ReadingHost
  readonly #found: () => number
  #progressAtMs = performance.now()

  /** @param found Records so far. */
  constructor(host: ReadingHost, found: () => number) {
    this.#host = host
    this.#found = found
  }

  /** Part of the bytes that is read, 0..1; `null` when it is not known. */
  get positionRatio(): number | null {
    return this.bytesTotal ? Math.min(1, this.bytesRead / this.bytesTotal) : null
  }

  announce(input: number, found: Announced): void {
    this.#host.post({ type: 'input', input, ...found })
  }

  /** Tells people of something that is read over. */
  readonly notice = (text: string): void => {
    this.#host.post({ type: 'notice', text: printable(text) })
  }

  /** So many more bytes were read. */
  count(bytes: number): void {
    this.bytesRead += bytes
    this.progress(this.#found())
  }

  async *counted(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of stream) {
      this.count(chunk.length)
      yield chunk
    }
  }

  progress(found: number): void {
    const nowMs = performance.now()
    if (nowMs - this.#progressAtMs < PROGRESS_MS) return
    this.#progressAtMs = nowMs
    this.#host.post({ type: 'progress', bytesRead: this.bytesRead, found })
  }
}
