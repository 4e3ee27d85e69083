import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { brotliVerdict } from '../http/brotli.ts'

export interface DecoderListener {
  onDecoded(chunk: Buffer): void
  /** Comes last, and not at all after a failure. */
  onDecoderEnd(): void
  /** @param reason Why the bytes are not what their encoding says. */
  onDecoderFailed(reason: string): void
  /** The decoder took what it was given: the wire may flow again. */
  onDecoderDrain(): void
}

const ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Bodies whose wire bytes fit here are decoded in one call at their end, which costs a third of a stream. */
const SMALL_WIRE_BYTES = 64 * 1024
const SMALL_DECODED_BYTES = 2 * 2 ** 20
const STREAM_CHUNK_BYTES = 64 * 1024

/**
 * @param header Of `Content-Encoding`; `null` when absent.
 * @returns The encodings in the order they were applied, empty for a body as it is; a text that says why it is refused.
 */
export function encodingsOf(header: string | null, most: number): readonly Encoding[] | string {
  if (header === null || header === '') return NONE
  const encodings: Encoding[] = []
  for (const part of header.toLowerCase().split(',')) {
    const name = part.trim().replace(/^x-(?=gzip$)/, '')
    if (name === '' || name === 'identity') continue
    if (!isEncoding(name)) return `its Content-Encoding ${name.slice(0, 40)} is not supported`
    if (name === 'br' && !brotliVerdict().isSafe) {
      return `its Content-Encoding is br, which this Node ${process.versions.node} cannot decode safely`
    }
    encodings.push(name)
    if (encodings.length > most) return `it is encoded more than ${most} times`
  }
  return encodings
}

const NONE: readonly Encoding[] = []
const isEncoding = (name: string): name is Encoding => (ENCODINGS as readonly string[]).includes(name)

/**
 * Decodes one body. Small ones in one call, the others as a stream, so that a body that unpacks to more than the
 * listener wants is left as soon as that much has come out.
 */
export class BodyDecoder {
  readonly #encodings: readonly Encoding[]
  readonly #listener: DecoderListener
  #held: Buffer[] = []
  #heldBytes = 0
  #first: Transform | null = null
  #streams: Transform[] = []
  #isClosed = false

  constructor(encodings: readonly Encoding[], listener: DecoderListener) {
    this.#encodings = encodings
    this.#listener = listener
  }

  /** @param chunk Kept until decoded. @returns False when no more should be written until the listener hears of a drain. */
  write(chunk: Buffer): boolean {
    if (this.#isClosed) return true
    if (this.#first !== null) return this.#first.write(chunk)
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    return this.#heldBytes <= SMALL_WIRE_BYTES || this.#openStreams()
  }

  end(): void {
    if (this.#isClosed) return
    if (this.#first !== null) {
      this.#first.end()
      return
    }
    // Nothing was sent: a HEAD, a 304, or an empty body whose encoding says nothing.
    if (this.#heldBytes === 0) {
      this.#listener.onDecoderEnd()
      return
    }
    if (this.#decodeSmall()) return
    this.#openStreams()
    this.#endStreams()
  }

  /** Forgets the body; the listener hears nothing more. */
  close(): void {
    this.#isClosed = true
    this.#held = []
    for (const stream of this.#streams) stream.destroy()
  }

  /** @returns Whether the body was dealt with; false when it is too large to be decoded while everything waits. */
  #decodeSmall(): boolean {
    let bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    try {
      for (const encoding of this.#encodings.toReversed()) bytes = decodeSync(encoding, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return false
      this.#isClosed = true
      this.#listener.onDecoderFailed(reasonOf(error))
      return true
    }
    if (bytes.length > 0) this.#listener.onDecoded(bytes)
    // What came out may have been too much for the listener.
    if (!this.#isClosed) this.#listener.onDecoderEnd()
    return true
  }

  #openStreams(): boolean {
    const start = this.#held[0] ?? Buffer.alloc(0)
    const streams = this.#encodings.toReversed().map(encoding => streamOf(encoding, start))
    this.#streams = streams
    for (const [at, stream] of streams.entries()) {
      stream.on('error', error => {
        if (this.#isClosed) return
        this.close()
        this.#listener.onDecoderFailed(reasonOf(error))
      })
      const next = streams[at + 1]
      if (next !== undefined) stream.pipe(next)
    }
    const last = streams.at(-1)!
    last.on('data', (chunk: Buffer) => {
      if (!this.#isClosed) this.#listener.onDecoded(chunk)
    })
    last.on('end', () => {
      if (this.#isClosed) return
      this.#isClosed = true
      this.#listener.onDecoderEnd()
    })
    const first = streams[0]!
    first.on('drain', () => {
      if (!this.#isClosed) this.#listener.onDecoderDrain()
    })
    this.#first = first
    let hasRoom = true
    for (const chunk of this.#held.splice(0)) hasRoom = first.write(chunk)
    return hasRoom
  }

  #endStreams(): void {
    this.#first?.end()
  }
}

/** RFC 9110 deflate has a zlib header; many servers leave it out. */
const hasZlibHeader = (bytes: Buffer): boolean =>
  bytes.length >= 2 && (bytes[0]! & 15) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0

function decodeSync(encoding: Encoding, bytes: Buffer): Buffer {
  const options = { maxOutputLength: SMALL_DECODED_BYTES }
  if (encoding === 'gzip') return zlib.gunzipSync(bytes, options)
  if (encoding === 'zstd') return zlib.zstdDecompressSync(bytes, options)
  if (encoding === 'br') return zlib.brotliDecompressSync(bytes, options)
  return hasZlibHeader(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)
}

/** @param start The first bytes of the body, for what its name leaves open. */
function streamOf(encoding: Encoding, start: Buffer): Transform {
  const options = { chunkSize: STREAM_CHUNK_BYTES }
  if (encoding === 'gzip') return zlib.createGunzip(options)
  if (encoding === 'zstd') return zlib.createZstdDecompress(options)
  if (encoding === 'br') return zlib.createBrotliDecompress(options)
  return hasZlibHeader(start) ? zlib.createInflate(options) : zlib.createInflateRaw(options)
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text === 'unexpected end of file'
    ? 'the encoded body ends too early'
    : `the encoded body is broken (${text})`
}
