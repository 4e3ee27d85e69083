import type { Readable } from 'node:stream'
import { JobError } from '../../shared/model/error.ts'
import type { RangeInput } from '../worker/protocol.ts'
import { decodeStream, UTF_8 } from './encoding.ts'
import { sitemap } from './kinds/sitemap.ts'
import { Feed, type FedBatch } from './feed.ts'
import { fileBytes, readHead } from './file-bytes.ts'
import { checkUnchanged, takeFingerprint } from './fingerprint.ts'
import { markRecords } from './marks.ts'
import { openRegular, type OpenedFile } from './open-file.ts'
import type { Fingerprint, FromReader, ReaderSetup } from './reader-protocol.ts'
import { formOf, recognise, type Recognition } from './recognise.ts'
import { SitemapNetwork } from './sitemap-network.ts'
import { sourceError } from './source-error.ts'
import { hasSpool, isWholeSpool, replaySpool, spoolFile, SpoolWriter } from './spool.ts'
import { splitHead } from './stream-head.ts'
import { unpack } from './unpack.ts'
import { urlRefusal } from './refusals.ts'
import { UrlSet } from './url-set.ts'

const PROGRESS_MS = 100
const STDIN_NAME = 'standard input'

export interface ReadingHost {
  readonly post: (message: FromReader, transfer?: readonly ArrayBuffer[]) => void
  readonly signal: AbortSignal
  readonly stdin: () => Readable
}

/** Reads the inputs of one run in their order. */
export class ReadingRun {
  readonly #setup: ReaderSetup
  readonly #host: ReadingHost
  readonly #feed: Feed
  readonly #network: SitemapNetwork
  #spool: SpoolWriter | null = null
  #bytesRead = 0
  /** Bytes of all inputs; `null` while that is not known, as with standard input. */
  #bytesTotal: number | null = null
  #progressAtMs = performance.now()
  #isAnnouncedWhole = false

  constructor(setup: ReaderSetup, host: ReadingHost) {
    this.#setup = setup
    this.#host = host
    this.#feed = new Feed(batch => this.#send(batch), setup.unique ? new UrlSet() : null)
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
    return { type: 'end', total, bytesRead: this.#bytesRead }
  }

  async #readAll(): Promise<void> {
    const { inputs } = this.#setup
    // One wrong input among several is told before anything is done.
    if (inputs.length > 1) this.#bytesTotal = await this.#lookAtAll()
    for (const [at, input] of inputs.entries()) {
      if (this.#host.signal.aborted) throw new JobError('E_CANCELLED', 'reading was stopped')
      const form = formOf(input)
      if (form === 'url') await this.#readUrl(at, input)
      else if (form === 'path') await this.#readFile(at, input)
      else await this.#readOnce(at, form === 'stdin' ? STDIN_NAME : input)
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
    this.#announce(at, { kind: 'url', evidence: 'a URL', fingerprint: null, isReplayable: true })
    await this.#feed.add(input, 0, urlRefusal(input, 0))
  }

  async #readFile(at: number, path: string): Promise<void> {
    const file = await openRegular(path)
    try {
      const recognition = await recognise(path, await readHead(file), this.#setup)
      const fingerprint = await takeFingerprint(file)
      const before = this.#setup.fingerprints?.[at] ?? null
      if (before !== null) checkUnchanged(path, before, fingerprint)
      if (this.#setup.inputs.length === 1) this.#bytesTotal = file.stats.size
      const { source, evidence } = recognition
      this.#announce(at, { kind: source.kind, evidence, fingerprint, isReplayable: true })
      const range = this.#rangeOf(path, file, recognition)
      if (range !== null) await this.#announceRange(at, file, range)
      else
        await this.#parse(
          path,
          fileBytes(path, file, bytes => this.#count(bytes)),
          recognition,
        )
    } catch (error) {
      throw sourceError(path, error)
    } finally {
      await file.handle.close()
    }
  }

  /** Reads what cannot be read a second time: standard input or a fetched sitemap; a copy is kept where asked. */
  async #readOnce(at: number, name: string): Promise<void> {
    const { spoolPath } = this.#setup
    const kind = name === STDIN_NAME ? 'stdin' : sitemap.kind
    // The directory belongs to one run: a copy in it is what an earlier start of this run has read.
    if (spoolPath !== null && hasSpool(spoolFile(spoolPath, at)))
      return this.#replay(at, kind, spoolFile(spoolPath, at))
    const announce = (evidence: string): void =>
      this.#announce(at, { kind, evidence, fingerprint: null, isReplayable: spoolPath !== null })
    this.#feed.flush()
    this.#spool = spoolPath === null ? null : new SpoolWriter(spoolPath, at)
    try {
      if (kind === 'stdin') await this.#readStdin(announce)
      else await this.#readFetched(name, announce)
      this.#feed.flush()
      this.#spool?.end()
    } finally {
      this.#feed.flush()
      this.#spool?.close()
      this.#spool = null
    }
  }

  async #replay(at: number, kind: string, file: string): Promise<void> {
    const isWhole = await isWholeSpool(file)
    const evidence = `the copy of an earlier start${isWhole ? '' : ', which ends where that start was interrupted'}`
    this.#announce(at, { kind, evidence, fingerprint: null, isReplayable: true })
    await replaySpool(file, this.#feed)
  }

  async #readStdin(announce: (evidence: string) => void): Promise<void> {
    const stream = this.#host.stdin()
    const cancel = (): void => void stream.destroy(new JobError('E_CANCELLED', 'reading was stopped'))
    this.#host.signal.addEventListener('abort', cancel, { once: true })
    try {
      const { head, bytes } = await splitHead(this.#counted(stream as AsyncIterable<Buffer>))
      const recognition = await recognise(STDIN_NAME, head, this.#setup)
      announce(recognition.evidence)
      await this.#parse(STDIN_NAME, bytes, recognition)
    } catch (error) {
      throw sourceError(STDIN_NAME, error)
    } finally {
      this.#host.signal.removeEventListener('abort', cancel)
      stream.destroy()
    }
  }

  async *#counted(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of stream) {
      this.#count(chunk.length)
      yield chunk
    }
  }

  async #readFetched(url: string, announce: (evidence: string) => void): Promise<void> {
    announce('its path names a sitemap')
    const sitemaps = this.#network.accessFor(url)
    const bytes = await sitemaps.fetch(url, null)
    const { name: encoding } = UTF_8
    await sitemap.parse({ name: url, bytes, head: '', encoding, options: this.#setup, sitemaps }, this.#feed)
  }

  #parse(name: string, bytes: AsyncIterable<Buffer>, recognition: Recognition): Promise<void> {
    const { source, packing, encoding, head } = recognition
    const unpacked = packing === null ? bytes : unpack(bytes, packing, name)
    const decoded = encoding === UTF_8 ? unpacked : decodeStream(unpacked, encoding)
    const sitemaps = this.#network.accessFor(null)
    const input = { name, bytes: decoded, head, encoding: encoding.name, options: this.#setup, sitemaps }
    return source.parse(input, this.#feed)
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
    const { splitting, wholeBytes, inputs } = this.#setup
    const whole = splitting === 'whole' && inputs.length === 1 && range.sizeBytes <= wholeBytes
    this.#feed.flush()
    const firstIndex = this.#feed.nextIndex
    this.#host.post({ type: 'range', input: at, range, firstIndex, whole })
    this.#isAnnouncedWhole = whole
    if (whole) return
    const before = this.#bytesRead
    const endIndex = await markRecords(file.handle, range, {
      firstIndex,
      signal: this.#host.signal,
      listener: {
        onMarks: marks => this.#host.post({ type: 'marks', input: at, marks }, [marks.buffer]),
        onProgress: (bytes, nextIndex) => {
          this.#bytesRead = before + bytes
          this.#progress(nextIndex)
        },
      },
    })
    this.#feed.nextIndex = endIndex
    this.#host.post({ type: 'range.end', input: at, endIndex })
  }

  #announce(
    input: number,
    found: {
      readonly kind: string
      readonly evidence: string
      readonly fingerprint: Fingerprint | null
      readonly isReplayable: boolean
    },
  ): void {
    this.#host.post({ type: 'input', input, ...found })
  }

  #send({ firstIndex, count, payload }: FedBatch): void {
    // What is handed on must be in the copy: a resume would miss it otherwise.
    this.#spool?.write(payload)
    const ratio = this.#bytesTotal ? Math.min(1, this.#bytesRead / this.#bytesTotal) : null
    this.#host.post({ type: 'batch', firstIndex, count, payload, positionRatio: ratio }, [payload.buffer])
  }

  #count(bytes: number): void {
    this.#bytesRead += bytes
    this.#progress(this.#feed.nextIndex)
  }

  #progress(found: number): void {
    const nowMs = performance.now()
    if (nowMs - this.#progressAtMs < PROGRESS_MS) return
    this.#progressAtMs = nowMs
    this.#host.post({ type: 'progress', bytesRead: this.#bytesRead, found })
  }
}
