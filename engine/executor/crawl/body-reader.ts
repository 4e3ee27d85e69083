import { createHash, type Hash } from 'node:crypto'
import type { TextDecoder } from 'node:util'
import { BodyDecoder, type DecoderListener, type Encoding } from './body-decoder.ts'
import { charsetOf, decoderFor, PRESCAN_BYTES } from './charset.ts'
import { PageExtractor, type ExtractWishes } from './page-extractor.ts'
import type { CrawlLimits } from '../http/limits.ts'

export interface BodyListener {
  /** The whole body was decoded and read. */
  onBodyEnd(): void
  onBodyFailed(code: 'E_DECODE_BAD' | 'E_DECODE_BOMB', reason: string): void
  /** The wire may flow again. */
  onBodyDrain(): void
}

export interface BodyWishes extends ExtractWishes {
  readonly hash: boolean
}

export interface BodyReaderOptions {
  readonly wishes: BodyWishes
  readonly maxDecodedBytes: number
  readonly limits: CrawlLimits
  readonly nowMs: () => number
}

const isMarkup = (contentType: string): boolean =>
  /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i.test(contentType)

/** Decodes, hashes and reads the bodies of one lane, one after the other. */
export class BodyReader implements DecoderListener {
  decodedBytes = 0
  /** CPU milliseconds of hashing and reading the current body; decoding in other threads does not count. */
  cpuMs = 0
  readonly #options: BodyReaderOptions
  readonly #listener: BodyListener
  readonly #extractor: PageExtractor | null
  #decoder: BodyDecoder | null = null
  #hash: Hash | null = null
  #isPage = false
  #contentType = ''
  #text: TextDecoder | null = null
  /** The beginning of a page, until there is enough to know its charset. */
  #start: Buffer | null = null

  constructor(options: BodyReaderOptions, listener: BodyListener) {
    const { title, links, meta } = options.wishes
    this.#options = options
    this.#listener = listener
    this.#extractor = title || links || meta ? new PageExtractor(options.wishes, options.limits) : null
  }

  /** @returns Whether bodies of this type are read for title, links or meta values. */
  begin(contentType: string, encodings: readonly Encoding[]): boolean {
    this.decodedBytes = 0
    this.cpuMs = 0
    this.#decoder = encodings.length > 0 ? new BodyDecoder(encodings, this) : null
    this.#hash = this.#options.wishes.hash ? createHash('sha256') : null
    this.#isPage = this.#extractor !== null && isMarkup(contentType)
    this.#contentType = contentType
    this.#text = null
    this.#start = null
    if (this.#isPage) this.#extractor!.begin()
    return this.#isPage
  }

  /** @returns False when no more should come until the listener hears of a drain. */
  write(chunk: Buffer): boolean {
    if (this.#decoder !== null) return this.#decoder.write(Buffer.from(chunk))
    this.onDecoded(chunk)
    return true
  }

  end(): void {
    if (this.#decoder !== null) this.#decoder.end()
    else this.onDecoderEnd()
  }

  /** Forgets the body; the listener hears nothing more of it. */
  close(): void {
    this.#decoder?.close()
    this.#decoder = null
    this.#isPage = false
  }

  /** @returns `sha256:` and hex digits of the decoded body; `null` when not wished. May be asked once. */
  takeHash(): string | null {
    return this.#hash === null ? null : `sha256:${this.#hash.digest('hex')}`
  }

  /** What was found in the body; `null` when it was no page. */
  get page(): PageExtractor | null {
    return this.#isPage ? this.#extractor : null
  }

  onDecoded(chunk: Buffer): void {
    this.decodedBytes += chunk.length
    if (this.decodedBytes > this.#options.maxDecodedBytes) {
      this.close()
      const limit = this.#options.maxDecodedBytes
      this.#listener.onBodyFailed(
        'E_DECODE_BOMB',
        `it decodes to more than ${limit} bytes, twice the limit of --max-body`,
      )
      return
    }
    const isReading = this.#isPage && !this.#extractor!.isDone
    if (this.#hash === null && !isReading) return
    const startMs = this.#options.nowMs()
    this.#hash?.update(chunk)
    if (isReading) this.#read(chunk)
    this.cpuMs += this.#options.nowMs() - startMs
  }

  onDecoderEnd(): void {
    if (this.#isPage) {
      const startMs = this.#options.nowMs()
      if (this.#text === null && this.#start !== null) this.#begin(this.#start)
      if (this.#text !== null && !this.#extractor!.isDone)
        this.#extractor!.write(this.#text.decode(), this.cpuMs)
      this.#extractor!.end()
      this.cpuMs += this.#options.nowMs() - startMs
    }
    this.#listener.onBodyEnd()
  }

  onDecoderFailed(reason: string): void {
    this.close()
    this.#listener.onBodyFailed('E_DECODE_BAD', reason)
  }

  onDecoderDrain(): void {
    this.#listener.onBodyDrain()
  }

  #read(chunk: Buffer): void {
    if (this.#text !== null) {
      this.#extractor!.write(this.#text.decode(chunk, STREAMING), this.cpuMs)
      return
    }
    const start = this.#start === null ? chunk : Buffer.concat([this.#start, chunk])
    if (start.length >= PRESCAN_BYTES) this.#begin(start)
    // The chunk belongs to the connection, which may fill it anew.
    else this.#start = Buffer.from(start)
  }

  #begin(start: Buffer): void {
    this.#start = null
    this.#text = decoderFor(charsetOf(this.#contentType, start))
    this.#extractor!.write(this.#text.decode(start, STREAMING), this.cpuMs)
  }
}

const STREAMING = { stream: true }
