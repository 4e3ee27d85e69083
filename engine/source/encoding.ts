/**
 * How text is stored. Everything behind this step reads UTF-8; what cannot be decoded becomes the byte 0xFF, which no
 * UTF-8 text contains, so that the record it is in is refused and nothing is replaced silently.
 */
export interface Encoding {
  /** The name people know, as messages show it. */
  readonly name: string
  /** The byte order mark the data begins with. */
  readonly mark: readonly number[]
  makeDecoder(): Decoder
}

export interface Decoder {
  /** @returns The UTF-8 bytes of what can be decoded so far. */
  push(chunk: Buffer): Buffer
  /** @returns What is left; incomplete characters as 0xFF. */
  end(): Buffer
}

const NOTHING = Buffer.alloc(0)
const UNDECODABLE = Buffer.of(0xff)

class Utf16Decoder implements Decoder {
  readonly #isBigEndian: boolean
  #isFirst = true
  #carried: Buffer = NOTHING

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian
  }

  push(chunk: Buffer): Buffer {
    const bytes = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : Buffer.from(chunk)
    let whole = bytes.length - (bytes.length % 2)
    if (whole > 0 && this.#isHighHalf(bytes, whole - 2)) whole -= 2
    this.#carried = Buffer.from(bytes.subarray(whole))
    return this.#encode(bytes.subarray(0, whole))
  }

  end(): Buffer {
    const isHalf = this.#carried.length % 2 === 1
    const left = this.#encode(this.#carried.subarray(0, this.#carried.length - (isHalf ? 1 : 0)))
    this.#carried = NOTHING
    return isHalf ? Buffer.concat([left, UNDECODABLE]) : left
  }

  #isHighHalf(bytes: Buffer, at: number): boolean {
    const unit = this.#isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)
    return unit >= 0xd800 && unit < 0xdc00
  }

  #encode(units: Buffer): Buffer {
    if (units.length === 0) return NOTHING
    let text = (this.#isBigEndian ? units.swap16() : units).toString('utf16le')
    if (this.#isFirst && text.startsWith('\ufeff')) text = text.slice(1)
    this.#isFirst = false
    if (text.isWellFormed()) return Buffer.from(text)
    const parts = text.split(/\p{Surrogate}/u).map(part => Buffer.from(part))
    return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [UNDECODABLE, part])))
  }
}

class Utf8Decoder implements Decoder {
  push(chunk: Buffer): Buffer {
    return chunk
  }

  end(): Buffer {
    return NOTHING
  }
}

export const UTF_8: Encoding = {
  name: 'UTF-8',
  mark: [0xef, 0xbb, 0xbf],
  makeDecoder: () => new Utf8Decoder(),
}

/** Every encoding but UTF-8, which is what remains when no mark is found. */
const MARKED_ENCODINGS: readonly Encoding[] = [
  { name: 'UTF-16LE', mark: [0xff, 0xfe], makeDecoder: () => new Utf16Decoder(false) },
  { name: 'UTF-16BE', mark: [0xfe, 0xff], makeDecoder: () => new Utf16Decoder(true) },
]

/** @returns The encoding whose byte order mark `head` begins with; UTF-8 when there is none. */
export const detectEncoding = (head: Uint8Array): Encoding =>
  MARKED_ENCODINGS.find(({ mark }) => mark.every((byte, at) => head[at] === byte)) ?? UTF_8

/** Decodes a stream of bytes to UTF-8. */
export async function* decodeStream(
  bytes: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<Buffer, void, undefined> {
  const decoder = encoding.makeDecoder()
  for await (const chunk of bytes) {
    const text = decoder.push(chunk)
    if (text.length > 0) yield text
  }
  const rest = decoder.end()
  if (rest.length > 0) yield rest
}

/** @returns The same bytes without a UTF-8 byte order mark at their beginning. */
export async function* withoutMark(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const mark = Buffer.from(UTF_8.mark)
  let first: Buffer | null = NOTHING
  for await (const chunk of bytes) {
    if (first === null) {
      yield chunk
      continue
    }
    first = Buffer.concat([first, chunk])
    if (first.length < mark.length && mark.subarray(0, first.length).equals(first)) continue
    const rest: Buffer = first.subarray(0, mark.length).equals(mark) ? first.subarray(mark.length) : first
    if (rest.length > 0) yield rest
    first = null
  }
  if (first !== null && first.length > 0) yield first
}
