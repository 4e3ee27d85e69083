import { JobError } from '../../shared/model/error.ts'
import type { Supply } from '../plan/supply.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import { creditsOf, type Fingerprint, type FromReader, type ReaderSetup } from '../source/reader-protocol.ts'

/** Records that may wait in batches for a lease; of a load, so many at most, and 16 MiB of them. */
const URLS_AHEAD = 10_000
const RECORDS_AHEAD = 2 ** 18
/** Most bytes of batches that may wait where nothing is handed out before the input's end. */
const BYTES_AHEAD = 256 * 2 ** 20

interface FeedParts {
  readonly reader: ReaderLink
  readonly setup: ReaderSetup
  readonly supply: Supply
  /** Workers that read a file which is handed out whole. */
  readonly readers: number
  /** The supply grew or ended. */
  readonly onChange: () => void
  readonly onBytesRead: (bytes: number) => void
  readonly onNotice: (text: string) => void
  readonly onFailed: (error: JobError) => void
}

/** Turns what the reader says into the supply, and lets it run ahead by a bounded number of records. */
export class Feed {
  readonly #parts: FeedParts
  /** Of the run's first start where they are known already: a resume that ends early must not forget them. */
  readonly fingerprints: (Fingerprint | null)[]
  #positionRatio: number | null = null
  /** Bytes that workers will have read at the end, where they find out themselves how many records there are. */
  #bytesAhead: number | null = null
  #batchBytes = 0
  #bytesRead = 0
  #isEnded = false

  constructor(parts: FeedParts) {
    this.#parts = parts
    const { reader, setup, supply } = parts
    this.fingerprints = [...(setup.fingerprints ?? [])]
    supply.onPassed = credits => this.#credit(credits)
    reader.onMessage(message => this.#receive(message))
    reader.onExit(problem => {
      if (this.#isEnded) return
      this.#isEnded = true
      parts.onFailed(new JobError('E_INTERNAL', `the reader ended early: ${problem ?? 'without a reason'}`))
    })
    reader.post({ type: 'setup', setup })
    reader.post({ type: 'credit', records: setup.load ? RECORDS_AHEAD : URLS_AHEAD })
  }

  /**
   * @param bytesRead What workers and reader have read since the feed began.
   * @returns Part of the input that is read, 0..1; `null` when it is not known.
   */
  ratioAt(bytesRead: number): number | null {
    if (this.#bytesAhead === null) return this.#positionRatio
    const { readers } = this.#parts
    return this.#bytesAhead === 0 ? 1 : Math.min(1, bytesRead / (this.#bytesAhead * readers))
  }

  close(): void {
    if (!this.#isEnded) this.#parts.reader.post({ type: 'stop' })
    this.#isEnded = true
    this.#parts.reader.close()
  }

  #receive(message: FromReader): void {
    const { supply, onChange, onFailed } = this.#parts
    switch (message.type) {
      case 'input':
        this.fingerprints[message.input] = message.fingerprint
        return
      case 'range':
        supply.addRange(message.range, message.firstIndex, message.whole)
        if (message.whole) this.#bytesAhead = message.range.sizeBytes
        break
      case 'marks':
        supply.addMarks(message.marks)
        break
      case 'range.end':
        supply.endRange(message.endIndex)
        break
      case 'batch':
        this.#positionRatio = message.positionRatio
        supply.addBatch(message.firstIndex, message.count, message.payload, message.format)
        if (supply.isNeededWhole) this.#keepWaiting(message)
        break
      case 'progress':
        return this.#noteBytes(message.bytesRead)
      case 'notice':
        return this.#parts.onNotice(message.text)
      case 'looked':
        // Nobody asks a run's reader for looks.
        return
      case 'end':
        this.#isEnded = true
        this.#noteBytes(message.bytesRead)
        supply.endAll(message.total)
        this.#parts.reader.close()
        break
      case 'failed':
        this.#isEnded = true
        return onFailed(new JobError(message.code, message.message))
    }
    onChange()
  }

  #credit(credits: number): void {
    if (!this.#isEnded) this.#parts.reader.post({ type: 'credit', records: credits })
  }

  #keepWaiting({ count, payload, format }: Extract<FromReader, { readonly type: 'batch' }>): void {
    this.#batchBytes += payload.length
    if (this.#batchBytes <= BYTES_AHEAD)
      return this.#credit(creditsOf(count, payload.length, format !== undefined))
    const problem = `more than ${BYTES_AHEAD / 2 ** 20} MiB of records cannot be cut into chunks, which needs their number first`
    this.close()
    this.#parts.onFailed(new JobError('E_CONFIG', `${problem}; use --partition dynamic`))
  }

  #noteBytes(bytesRead: number): void {
    this.#parts.onBytesRead(bytesRead - this.#bytesRead)
    this.#bytesRead = bytesRead
  }
}
