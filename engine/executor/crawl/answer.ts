import { printable, type ErrorCode } from '../../../shared/model/error.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import type { Lane } from '../../worker/lane.ts'
import type { HttpExchange, ResponseHeaders } from '../http/http-client.ts'
import { encodingsOf } from './body-decoder.ts'
import { BodyReader, type BodyListener } from './body-reader.ts'
import type { CrawlShared } from './crawl-shared.ts'
import { isRedirectStatus } from './redirect.ts'
import { isRetryableStatus } from './retry.ts'

const { numbers: NUMBER, strings: STRING } = positionsOf(CRAWL_LAYOUT)
const CONTENT_TYPE_CHARACTERS = 256
/** Framing of a chunked body may take this many bytes, and as many again for each byte of the body. */
const FRAMING_BYTES = 64 * 1024
const FRAMING_PER_BYTE = 16

/** Why an answer is not read on. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

/** The answer a task is reading: what its head said and what came of its body, within the job's caps. */
export class Answer {
  status = 0
  /** Where a redirect leads; `null` for every other answer. */
  location: string | null = null
  retryAfter: string | null = null
  wireBytes = 0
  /** True when the server may not send on until the reader has caught up. */
  isPaused = false
  /** True once the whole body was read: only then do its hash and counts mean anything. */
  isComplete = false
  readonly #shared: CrawlShared
  readonly #reader: BodyReader
  #contentType: string | null = null
  #usesReader = false
  #isChunked = false

  constructor(shared: CrawlShared, listener: BodyListener) {
    this.#shared = shared
    this.#reader = new BodyReader(shared.bodies, listener)
  }

  get decodedBytes(): number {
    return this.#usesReader ? this.#reader.decodedBytes : this.wireBytes
  }

  get cpuMs(): number {
    return this.#usesReader ? this.#reader.cpuMs : 0
  }

  /** Whether the rest of a redirect's body is not worth reading for the sake of its connection. */
  get isNotWorthReading(): boolean {
    return this.location !== null && this.wireBytes > this.#shared.limits.redirectBodyBytes
  }

  /** Nothing more is read; what was found stays. */
  close(): void {
    if (this.#usesReader) this.#reader.close()
  }

  clear(): void {
    this.close()
    this.status = 0
    this.location = null
    this.retryAfter = null
    this.wireBytes = 0
    this.isPaused = false
    this.isComplete = false
    this.#contentType = null
    this.#usesReader = false
    this.#isChunked = false
  }

  /** @param where `host:port`, for messages. */
  begin(status: number, headers: ResponseHeaders, where: string): Refusal | null {
    const { options, limits, countsOnly } = this.#shared
    this.status = status
    if (isRedirectStatus(status)) {
      this.location = headers.get('location')
      if (this.location !== null) return null
    }
    this.#contentType = headers.get('content-type')
    if (isRetryableStatus(status)) this.retryAfter = headers.get('retry-after')
    const length = headers.get('content-length')
    if (length === null) this.#isChunked = headers.get('transfer-encoding') !== null
    else if (Number(length) > options.maxBodyBytes && options.method === 'GET') {
      return this.#tooLarge(where, `announces ${length.slice(0, 24)} bytes`)
    }
    const encoding = headers.get('content-encoding')
    if (encoding === null && countsOnly) return null
    const encodings = encodingsOf(encoding, limits.encodings)
    if (typeof encodings === 'string') {
      return { code: 'E_DECODE_BAD', message: printable(`the body of ${where} is refused: ${encodings}`) }
    }
    if (countsOnly && encodings.length === 0) return null
    this.#usesReader = true
    this.#reader.begin(this.#contentType ?? '', encodings)
    return null
  }

  /**
   * @returns Why nothing more is read; the listener hears nothing then.
   */
  take(chunk: Buffer, exchange: HttpExchange, where: string): Refusal | null {
    this.wireBytes += chunk.length
    if (this.location !== null) return null
    const { maxBodyBytes } = this.#shared.options
    if (this.wireBytes > maxBodyBytes) return this.#tooLarge(where, `goes on after ${maxBodyBytes} bytes`)
    const refusal = this.checkFraming(exchange, where)
    if (refusal !== null) return refusal
    if (this.#usesReader) this.isPaused = !this.#reader.write(chunk)
    return null
  }

  /** Chunk extensions and trailers are no body, yet somebody has to read them. */
  checkFraming(exchange: HttpExchange, where: string): Refusal | null {
    if (!this.#isChunked) return null
    const { headerBytes } = this.#shared.limits
    const { bytesRead } = exchange
    if (bytesRead <= headerBytes + FRAMING_BYTES + this.wireBytes * (1 + FRAMING_PER_BYTE)) return null
    return {
      code: 'E_PROTOCOL',
      message: `the chunks of ${where} are mostly framing: ${bytesRead} bytes for ${this.wireBytes}`,
    }
  }

  /** The wire has ended. @returns False when the listener will hear of the body's end later. */
  end(): boolean {
    if (!this.#usesReader) return true
    this.#reader.end()
    return false
  }

  /** Writes what the answer brought into the lane's record. */
  describe(lane: Lane): void {
    const { strings, numbers } = lane
    if (this.#contentType !== null) strings[STRING.contentType] = this.#shown(this.#contentType)
    if (!this.#usesReader || !this.isComplete) return
    strings[STRING.bodyHash] = this.#reader.takeHash()
    const { page } = this.#reader
    if (page === null) return
    const { wishes } = this.#shared.bodies
    if (wishes.title) strings[STRING.title] = page.title
    if (wishes.links) numbers[NUMBER.links] = page.links
    if (wishes.meta) strings[STRING.meta] = JSON.stringify(Object.fromEntries(page.meta))
  }

  /** Most pages of a site have one content type: it is made fit to be shown once. */
  #shown(contentType: string): string {
    const last = lastShown
    if (last.raw !== contentType) {
      last.raw = contentType
      last.text = printable(contentType.slice(0, CONTENT_TYPE_CHARACTERS))
    }
    return last.text
  }

  #tooLarge(where: string, what: string): Refusal {
    const limit = this.#shared.options.maxBodyBytes
    return {
      code: 'E_BODY_TOO_LARGE',
      message: `the body of ${where} ${what}, ${limit} are the limit (--max-body)`,
    }
  }
}

const lastShown = { raw: '', text: '' }
