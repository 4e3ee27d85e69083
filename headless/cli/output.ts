import { isErrorWithCode } from './system-error.ts'

type Stream = NodeJS.WriteStream

/** Bytes that may wait for a slow reader of standard output before ticks are left out. */
const HIGH_WATER_BYTES = 2 ** 20

/**
 * Standard output and standard error of the process.
 *
 * A reader that goes away (`| head`) is no error: nothing more is written there, and {@link onOutClosed} is told once
 * about standard output, so that a run nobody reads can stop. A file that is full keeps nobody from working either: what
 * would have been written there is lost, and {@link outProblem} says so when everything is over.
 */
export class Output {
  readonly out: Stream
  readonly err: Stream
  #isOutClosed = false
  #isErrClosed = false
  #outProblem: Error | null = null
  #outClosedListeners: (() => void)[] = []

  constructor(streams: { readonly out: Stream; readonly err: Stream }) {
    this.out = streams.out
    this.err = streams.err
    this.out.on('error', (error: Error) => this.#closed('out', error))
    this.err.on('error', (error: Error) => this.#closed('err', error))
  }

  writeOut(text: string): void {
    if (!this.#isOutClosed) this.out.write(text)
  }

  writeErr(text: string): void {
    if (!this.#isErrClosed) this.err.write(text)
  }

  /** True while the reader of standard output is far behind. */
  get isOutBehind(): boolean {
    return this.out.writableLength > HIGH_WATER_BYTES
  }

  /** Why standard output does not have all that was written; `null` when it has, or when its reader has gone. */
  get outProblem(): Error | null {
    return this.#outProblem
  }

  /** Adds a listener, called once when nobody reads standard output any more. */
  onOutClosed(listener: () => void): void {
    if (this.#isOutClosed && this.#outProblem === null) listener()
    else this.#outClosedListeners.push(listener)
  }

  /** Waits until everything written has left, or its reader has gone. */
  async flush(): Promise<void> {
    await Promise.all([
      this.#isOutClosed ? null : flushed(this.out),
      this.#isErrClosed ? null : flushed(this.err),
    ])
  }

  #closed(which: 'out' | 'err', error: Error): void {
    const isFull = isErrorWithCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')
    // EIO is what a terminal answers that was closed under us; both mean that nobody reads.
    if (!isFull && !isErrorWithCode(error, 'EPIPE', 'EIO', 'ERR_STREAM_DESTROYED')) throw error
    if (which === 'err') this.#isErrClosed = true
    else if (isFull) {
      this.#isOutClosed = true
      this.#outProblem ??= error
    } else if (!this.#isOutClosed) {
      this.#isOutClosed = true
      for (const listener of this.#outClosedListeners.splice(0)) listener()
    }
  }
}

const flushed = (stream: Stream): Promise<void> =>
  new Promise(resolve => {
    if (stream.destroyed || stream.writableLength === 0) resolve()
    else {
      stream.once('close', resolve)
      stream.write('', () => resolve())
    }
  })
