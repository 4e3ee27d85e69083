import type { ErrorCode, Failure, JobError } from '../../shared/model/error.ts'
import { Supply } from '../plan/supply.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { OpenedRun } from '../records/protocol.ts'
import type { Fingerprint } from '../source/reader-protocol.ts'
import { Feed } from './feed.ts'
import { readerSetupOf, wholeReadersOf } from './work-of.ts'

/** How a source ends that was readable up to there. */
const BROKEN_OFF: readonly ErrorCode[] = ['E_SRC_IO', 'E_DECODE_BAD', 'E_DECODE_BOMB', 'E_TRUNCATED']

interface InflowParts {
  readonly opened: OpenedRun
  readonly startReader: () => ReaderLink
  /** More tasks are known, or no more will come. */
  readonly onChange: () => void
  readonly onBytesRead: (bytes: number) => void
  readonly onNotice: (text: string) => void
  /** The source cannot be read, and nothing that was read of it can be used. */
  readonly onFailed: (failure: Failure) => void
}

/** What comes in: the tasks of a run as they become known, from its inputs or from their number. */
export class Inflow {
  readonly supply = new Supply()
  /** What people should know of how the inputs were read. */
  readonly notices: string[] = []
  readonly #parts: InflowParts
  #feed: Feed | null = null
  #brokenOff: Failure | null = null

  constructor(parts: InflowParts) {
    this.#parts = parts
  }

  /** Adds what needs no reader. */
  begin(): void {
    const { job } = this.#parts.opened
    if (job.kind !== 'cpu') return
    this.supply.addIndexes(job.cpu.tasks)
    this.supply.endAll(job.cpu.tasks)
  }

  /** Starts the reader, where there is anything to read. */
  read(): void {
    const { opened, startReader, onChange, onBytesRead, onNotice } = this.#parts
    const setup = readerSetupOf(opened)
    if (setup === null) return
    this.#feed = new Feed({
      reader: startReader(),
      setup,
      supply: this.supply,
      readers: wholeReadersOf(opened.parallelism),
      onChange,
      onBytesRead,
      onNotice: text => {
        this.notices.push(text)
        onNotice(text)
      },
      onFailed: error => this.#onFailed(error),
    })
  }

  get fingerprints(): readonly (Fingerprint | null)[] | null {
    return this.#feed?.fingerprints ?? this.#parts.opened.fingerprints
  }

  /** See {@link Feed.ratioAt}. */
  ratioAt(bytesRead: number): number | null {
    return this.#feed?.ratioAt(bytesRead) ?? null
  }

  /**
   * What was read before a source broke off is whole, and is worked through first.
   *
   * @returns Why the run cannot go on once so many tasks are settled; `null` while it can.
   */
  brokenAt(settledTasks: number): Failure | null {
    return settledTasks < this.supply.found ? null : this.#brokenOff
  }

  close(): void {
    this.#feed?.close()
  }

  #onFailed({ code, message }: JobError): void {
    const failure = { code, message, retryable: false }
    if (!BROKEN_OFF.includes(code) || this.supply.isNeededWhole) return this.#parts.onFailed(failure)
    this.#brokenOff = failure
    this.#parts.onChange()
  }
}
