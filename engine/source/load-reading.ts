import { JobError } from '../../shared/model/error.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { fileBytes, fileHead } from './file-bytes.ts'
import { checkUnchanged, takeFingerprint } from './fingerprint.ts'
import { LoadFeed } from './load-feed.ts'
import { feedStream } from './load-stream.ts'
import { openRegular } from './open-file.ts'
import { announceRange } from './range-announcement.ts'
import { readBytesThroughCopy, refuseLostInputs, wholeCopyOf } from './read-once.ts'
import { readStdin, STDIN_NAME, type StdinHost } from './read-stdin.ts'
import type { FromReader, ReaderSetup } from './reader-protocol.ts'
import { ReadingReport, type ReadingHost } from './reading-report.ts'
import { recogniseLoad, type LoadSetup } from './recognise-load.ts'
import { sourceError } from './source-error.ts'
import { spooledFrames, spoolFile } from './spool.ts'
import { StreamHead } from './stream-head.ts'
import { unpack } from './unpack.ts'

/**
 * Reads the inputs of a load in their order: plain files are announced, for workers to read; the records of archives and
 * of standard input are fed.
 */
export class LoadReading {
  readonly #setup: ReaderSetup
  readonly #load: LoadSetup
  readonly #host: ReadingHost & StdinHost
  readonly #feed: LoadFeed
  readonly #report: ReadingReport
  #isAnnouncedWhole = false

  constructor(setup: ReaderSetup, load: LoadSetup, host: ReadingHost & StdinHost) {
    this.#setup = setup
    this.#load = load
    this.#host = host
    this.#feed = new LoadFeed(batch => {
      const { positionRatio } = this.#report
      host.post({ type: 'batch', ...batch, positionRatio }, [batch.payload.buffer])
    })
    this.#report = new ReadingReport(host, () => this.#feed.nextIndex)
    host.signal.addEventListener('abort', () => this.#feed.stop(), { once: true })
  }

  credit(records: number): void {
    this.#feed.credit(records)
  }

  /** Nothing waits here: records are sent as they are cut. */
  flush(): void {}

  /** @returns The last message. @throws JobError for what the user must change, or when the run was stopped. */
  async read(): Promise<FromReader> {
    const { inputs } = this.#setup
    refuseLostInputs(this.#setup)
    // One wrong input among several is told before anything is done.
    if (inputs.length > 1) this.#report.bytesTotal = await this.#lookAtAll()
    for (const [at, input] of inputs.entries()) {
      if (this.#host.signal.aborted) throw new JobError('E_CANCELLED', 'reading was stopped')
      if (input === '-') await this.#readStdin(at)
      else await this.#readFile(at, input)
    }
    const total = this.#isAnnouncedWhole ? null : this.#feed.nextIndex
    return { type: 'end', total, bytesRead: this.#report.bytesRead }
  }

  /** @returns The bytes of all inputs; `null` when one of them has no size. */
  async #lookAtAll(): Promise<number | null> {
    let bytes = 0
    for (const path of this.#setup.inputs.filter(input => input !== '-')) {
      const file = await openRegular(path)
      try {
        await recogniseLoad(path, fileHead(file), this.#load)
        bytes += file.stats.size
      } finally {
        await file.handle.close()
      }
    }
    return this.#setup.inputs.includes('-') ? null : bytes
  }

  async #readFile(at: number, path: string): Promise<void> {
    const file = await openRegular(path)
    try {
      const recognition = await recogniseLoad(path, fileHead(file), this.#load)
      const fingerprint = await takeFingerprint(file)
      const before = this.#setup.fingerprints?.[at] ?? null
      if (before !== null) checkUnchanged(path, before, fingerprint)
      const sizeBytes = file.stats.size
      if (this.#setup.inputs.length === 1) this.#report.bytesTotal = sizeBytes
      const { packing, evidence } = recognition
      const format = this.#named(recognition.format, path)
      const { format: kind, encoding } = format
      this.#report.announce(at, { kind, evidence, encoding, fingerprint, isReplayable: true })
      if (packing === null) {
        const firstIndex = this.#feed.nextIndex
        const range = { path, sizeBytes, records: format }
        const parts = { setup: this.#setup, host: this.#host, report: this.#report }
        const endIndex = await announceRange(at, { handle: file.handle, range, firstIndex }, parts)
        this.#isAnnouncedWhole = endIndex === null
        if (endIndex !== null) this.#feed.nextIndex = endIndex
      } else {
        const bytes = fileBytes(path, file, count => this.#report.count(count))
        await feedStream(unpack(bytes, packing, path, this.#report.notice), format, this.#feed)
      }
    } catch (error) {
      throw sourceError(path, error)
    } finally {
      await file.handle.close()
    }
  }

  /** Rejects of several inputs say which one they are from. */
  #named(format: RecordFormat, input: string): RecordFormat {
    return this.#setup.inputs.length === 1 ? format : { ...format, input }
  }

  async #readStdin(at: number): Promise<void> {
    const { spoolsStandardInput, spoolPath } = this.#setup
    const { stdin, signal } = this.#host
    const take = (bytes: AsyncIterable<Buffer>): Promise<void> => this.#feedStdin(at, bytes)
    const counted = (bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> => this.#report.counted(bytes)
    if (!spoolsStandardInput) return readStdin(stdin, signal, bytes => take(counted(bytes)))
    const earlier = wholeCopyOf(at, this.#setup)
    if (earlier !== null) return take(counted(spooledFrames(earlier)))
    const read = (write: (chunk: Buffer) => void, isOver: AbortSignal): Promise<void> =>
      readStdin(stdin, isOver, async bytes => {
        for await (const chunk of counted(bytes)) write(chunk)
      })
    await readBytesThroughCopy(spoolFile(spoolPath, at), read, { take, signal })
  }

  async #feedStdin(at: number, bytes: AsyncIterable<Buffer>): Promise<void> {
    const head = new StreamHead(bytes)
    try {
      const { packing, evidence, ...recognised } = await recogniseLoad(STDIN_NAME, head, this.#load)
      const format = this.#named(recognised.format, '-')
      const { format: kind, encoding } = format
      const { spoolsStandardInput: isReplayable } = this.#setup
      this.#report.announce(at, { kind, evidence, encoding, fingerprint: null, isReplayable })
      const whole = head.bytes()
      const content = packing === null ? whole : unpack(whole, packing, STDIN_NAME, this.#report.notice)
      await feedStream(content, format, this.#feed)
    } finally {
      await head.close()
    }
  }
}
