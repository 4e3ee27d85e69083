import { JobError } from '../../shared/model/error.ts'
import type { RangeInput } from '../worker/protocol.ts'
import { decodeStream, UTF_8 } from './encoding.ts'
import { isSitemapIndex, sitemap } from './kinds/sitemap.ts'
import { Feed, type FedBatch } from './feed.ts'
import { fileBytes, readHead } from './file-bytes.ts'
import { checkUnchanged, takeFingerprint } from './fingerprint.ts'
import { HEAD_BYTES } from './limits.ts'
import { openRegular, type OpenedFile } from './open-file.ts'
import { readThroughCopy, refuseLostInputs, wholeCopyOf } from './read-once.ts'
import { readStdin, STDIN_NAME, type StdinHost } from './read-stdin.ts'
import type { FromReader, ReaderSetup } from './reader-protocol.ts'
import { announceRange } from './range-announcement.ts'
import { ReadingReport, type ReadingHost } from './reading-report.ts'
import { formOf, recognise, type Recognition } from './recognise.ts'
import { SitemapNetwork } from './sitemap-network.ts'
import { sourceError } from './source-error.ts'
import type { RecordSink } from './source.ts'
import { replaySpool, spoolFile, type SpoolCopy } from './spool.ts'
import { StreamHead } from './stream-head.ts'
import { unpack } from './unpack.ts'
import { urlRefusal } from './refusals.ts'
import { UrlSet } from './url-set.ts'

const EARLIER = 'the copy of an earlier start'

interface RecognisedBytes {
  readonly name: string
  readonly bytes: AsyncIterable<Buffer>
  readonly recognition: Recognition
}

/** Reads the inputs of one run in their order. */
export class ReadingRun {
  readonly #setup: ReaderSetup
  readonly #host: ReadingHost & StdinHost
  readonly #feed: Feed
  readonly #report: ReadingReport
  readonly #network: SitemapNetwork
  #isAnnouncedWhole = false

  constructor(setup: ReaderSetup, host: ReadingHost & StdinHost) {
    this.#setup = setup
    this.#host = host
    this.#feed = new Feed(batch => this.#send(batch), setup.unique ? new UrlSet() : null)
    this.#report = new ReadingReport(host, () => this.#feed.nextIndex)
    this.#network = new SitemapNetwork(setup.sitemap, host.signal)
    host.signal.addEventListener('abort', () => this.#feed.stop(), { once: true })
  }

  credit(records: number): void {
    this.#feed.credit(records)
  }

  flush(): void {
    this.#feed.flush()
  }

  /** @returns The last message. @throws JobError for what the user must change, or when the run was stopped. */
  async read(): Promise<FromReader> {
    try {
      await this.#readAll()
    } finally {
      await this.#network.close()
    }
    this.#feed.flush()
    const total = this.#isAnnouncedWhole ? null : this.#feed.nextIndex
    return { type: 'end', total, bytesRead: this.#report.bytesRead }
  }

  async #readAll(): Promise<void> {
    const { inputs } = this.#setup
    refuseLostInputs(this.#setup)
    // One wrong input among several is told before anything is done.
    if (inputs.length > 1) this.#report.bytesTotal = await this.#lookAtAll()
    for (const [at, input] of inputs.entries()) {
      if (this.#host.signal.aborted) throw new JobError('E_CANCELLED', 'reading was stopped')
      const form = formOf(input)
      if (form === 'url') await this.#readUrl(at, input)
      else if (form === 'path') await this.#readFile(at, input)
      else if (form === 'sitemap') await this.#readFetched(at, input)
      else await this.#readStdin(at)
    }
  }

  /** @returns The bytes of all inputs; `null` when one of them has no size. */
  async #lookAtAll(): Promise<number | null> {
    let bytes: number | null = 0
    for (const input of this.#setup.inputs) {
      const form = formOf(input)
      if (form === 'path') {
        const file = await openRegular(input)
        try {
          await recognise(input, await readHead(file), this.#setup)
          if (bytes !== null) bytes += file.stats.size
        } finally {
          await file.handle.close()
        }
      } else if (form !== 'url') bytes = null
    }
    return bytes
  }

  async #readUrl(at: number, input: string): Promise<void> {
    this.#report.announce(at, { kind: 'url', evidence: 'a URL', fingerprint: null, isReplayable: true })
    await this.#feed.add(input, 0, urlRefusal(input, 0))
  }

  async #readFile(at: number, path: string): Promise<void> {
    const file = await openRegular(path)
    try {
      const recognition = await recognise(path, await readHead(file), this.#setup)
      const fingerprint = await takeFingerprint(file)
      const before = this.#setup.fingerprints?.[at] ?? null
      if (before !== null) checkUnchanged(path, before, fingerprint)
      if (this.#setup.inputs.length === 1) this.#report.bytesTotal = file.stats.size
      const { source, evidence } = recognition
      this.#report.announce(at, { kind: source.kind, evidence, fingerprint, isReplayable: true })
      const range = this.#rangeOf(path, file, recognition)
      const parse = (sink: RecordSink): Promise<void> =>
        this.#parse(
          { name: path, bytes: fileBytes(path, file, bytes => this.#report.count(bytes)), recognition },
          sink,
        )
      if (range !== null) await this.#announceRange(at, file, range)
      else if (source === sitemap && isSitemapIndex(recognition.head))
        await this.#keep(at, wholeCopyOf(at, this.#setup), parse)
      else await parse(this.#feed)
    } catch (error) {
      throw sourceError(path, error)
    } finally {
      await file.handle.close()
    }
  }

  async #readStdin(at: number): Promise<void> {
    const { spoolsStandardInput: isReplayable } = this.#setup
    const announce = (evidence: string): void =>
      this.#report.announce(at, { kind: 'stdin', evidence, fingerprint: null, isReplayable })
    if (!isReplayable) return this.#parseStdin(announce, this.#feed, this.#host.signal)
    const earlier = wholeCopyOf(at, this.#setup)
    if (earlier !== null) announce(EARLIER)
    await this.#keep(at, earlier, (sink, signal) => this.#parseStdin(announce, sink, signal))
  }

  async #parseStdin(
    announce: (evidence: string) => void,
    sink: RecordSink,
    signal: AbortSignal,
  ): Promise<void> {
    await readStdin(this.#host.stdin, signal, async stream => {
      const head = new StreamHead(this.#report.counted(stream))
      const recognition = await recognise(STDIN_NAME, (await head.read(HEAD_BYTES)).head, this.#setup)
      announce(recognition.evidence)
      await this.#parse({ name: STDIN_NAME, bytes: head.bytes(), recognition }, sink)
    })
  }

  async #readFetched(at: number, url: string): Promise<void> {
    const earlier = wholeCopyOf(at, this.#setup)
    const evidence = earlier === null ? 'its path names a sitemap' : EARLIER
    this.#report.announce(at, { kind: sitemap.kind, evidence, fingerprint: null, isReplayable: true })
    await this.#keep(at, earlier, async sink => {
      const sitemaps = this.#network.accessFor(url)
      const bytes = await sitemaps.fetch(url, null)
      const { name: encoding } = UTF_8
      await sitemap.parse({ name: url, bytes, head: '', encoding, options: this.#setup, sitemaps }, sink)
    })
  }

  /** Feeds what may be another the next time by way of a copy: that of an earlier start, or one that is made. */
  async #keep(
    at: number,
    earlier: SpoolCopy | null,
    parse: (sink: RecordSink, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (earlier !== null) return replaySpool(earlier, this.#feed)
    const file = spoolFile(this.#setup.spoolPath, at)
    return readThroughCopy(file, parse, { sink: this.#feed, signal: this.#host.signal })
  }

  #parse({ name, bytes, recognition }: RecognisedBytes, sink: RecordSink): Promise<void> {
    const { source, packing, encoding, head } = recognition
    const unpacked = packing === null ? bytes : unpack(bytes, packing, name, this.#report.notice)
    const decoded = encoding === UTF_8 ? unpacked : decodeStream(unpacked, encoding)
    const sitemaps = this.#network.accessFor(null)
    const input = { name, bytes: decoded, head, encoding: encoding.name, options: this.#setup, sitemaps }
    return source.parse(input, sink)
  }

  /** @returns The file as workers may read it themselves; `null` when it must be parsed here. */
  #rangeOf(path: string, { stats }: OpenedFile, recognition: Recognition): RangeInput | null {
    const { source, packing, encoding } = recognition
    if (source.rangeFormat === null || packing !== null || encoding !== UTF_8) return null
    if (this.#setup.unique) return null
    const field = source.rangeFormat === 'jsonl' ? this.#setup.field : null
    return { path, sizeBytes: stats.size, format: source.rangeFormat, field }
  }

  async #announceRange(at: number, file: OpenedFile, range: RangeInput): Promise<void> {
    this.#feed.flush()
    const { handle } = file
    const endIndex = await announceRange(
      at,
      { handle, range, firstIndex: this.#feed.nextIndex },
      { setup: this.#setup, host: this.#host, report: this.#report },
    )
    this.#isAnnouncedWhole = endIndex === null
    if (endIndex !== null) this.#feed.nextIndex = endIndex
  }

  #send({ firstIndex, count, payload }: FedBatch): void {
    const { positionRatio } = this.#report
    this.#host.post({ type: 'batch', firstIndex, count, payload, positionRatio }, [payload.buffer])
  }
}
