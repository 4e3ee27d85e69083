import { isAscii } from 'node:buffer'
import { errorCodeOf, errorNumber } from '../../shared/model/error.ts'
import type { Refusal } from './cursor.ts'

/*
 * Bytes of a batch, version 1. Numbers are unsigned LEB128 (seven bits a byte, lowest first, the high bit says that
 * more follow); texts are a number of bytes and as many bytes of UTF-8.
 *
 *   byte     version, 1
 *   number   records
 *   then for each record
 *     byte     flags: 1 refused, 2 the refusal is a skip
 *     number   line, 0 for none
 *     text     value
 *     byte     error number (`errorNumber`)   only when refused
 *     text     message                        only when refused
 *
 * The index of a record is its position plus the first index, which travels beside the bytes.
 */
const VERSION = 1
const FLAG_REFUSED = 1
const FLAG_SKIP = 2

/** A record on its way from the reader to a worker. */
export interface BatchRecord {
  readonly value: string
  readonly line: number
  readonly refusal: Refusal | null
}

/** Packs records into one growing buffer that is reused for batch after batch. */
export class BatchWriter {
  #bytes = Buffer.allocUnsafeSlow(16 * 2 ** 10)
  #length = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Bytes of the records so far. */
  get length(): number {
    return this.#length
  }

  add(value: string, line: number, refusal: Refusal | null): void {
    this.#ensure(value.length * 3 + (refusal === null ? 0 : refusal.message.length * 3) + 32)
    const flags = (refusal === null ? 0 : FLAG_REFUSED) | (refusal?.isSkip === true ? FLAG_SKIP : 0)
    this.#bytes[this.#length] = flags
    this.#length += 1
    this.#number(line)
    this.#text(value)
    if (refusal !== null) {
      this.#bytes[this.#length] = errorNumber(refusal.code)
      this.#length += 1
      this.#text(refusal.message)
    }
    this.#count += 1
  }

  /** @returns The records added since the last call, in bytes of their own. */
  take(): Uint8Array<ArrayBuffer> {
    const head = [VERSION]
    for (let rest = this.#count; ; rest = Math.floor(rest / 128)) {
      head.push(rest < 128 ? rest : (rest % 128) | 128)
      if (rest < 128) break
    }
    const payload = new Uint8Array(head.length + this.#length)
    payload.set(head)
    payload.set(this.#bytes.subarray(0, this.#length), head.length)
    this.#length = 0
    this.#count = 0
    return payload
  }

  #number(value: number): void {
    // Division instead of shifts: lines may exceed 32 bits.
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#length] = (rest % 128) | 128
      this.#length += 1
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length] = rest
    this.#length += 1
  }

  #text(text: string): void {
    const bytes = Buffer.byteLength(text)
    this.#number(bytes)
    this.#length += this.#bytes.write(text, this.#length, bytes, 'utf8')
  }

  #ensure(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}

/** @returns `records` as bytes that {@link BatchReader} reads. */
export function packBatch(records: Iterable<BatchRecord>): Uint8Array<ArrayBuffer> {
  const writer = new BatchWriter()
  for (const { value, line, refusal } of records) writer.add(value, line, refusal)
  return writer.take()
}

/** Reads the records of a batch one by one, without an object per record unless one is refused. */
export class BatchReader {
  value = ''
  line = 0
  refusal: Refusal | null = null
  readonly #bytes: Buffer
  readonly #text: string | null
  #at = 0
  #left: number

  /** @throws RangeError when the bytes are of another version; bytes that end too early throw while reading. */
  constructor(payload: Uint8Array) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    // Texts of an ASCII batch are slices of one string; decoding each would cost several times more.
    this.#text = isAscii(this.#bytes) ? this.#bytes.toString('latin1') : null
    const version = this.#byte()
    if (version !== VERSION) throw new RangeError(`a batch of version ${version}, known is ${VERSION}`)
    this.#left = this.#number()
  }

  /** Records that were not read yet. */
  get left(): number {
    return this.#left
  }

  /** Moves to the next record. @returns False when there is none. */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left -= 1
    const flags = this.#byte()
    this.line = this.#number()
    this.value = this.#string()
    this.refusal = (flags & FLAG_REFUSED) === 0 ? null : this.#readRefusal((flags & FLAG_SKIP) !== 0)
    return true
  }

  #readRefusal(isSkip: boolean): Refusal {
    const code = errorCodeOf(this.#byte()) ?? 'E_INTERNAL'
    return { code, message: this.#string(), isSkip }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new RangeError('a batch ends in the middle of a record')
    this.#at += 1
    return byte
  }

  #number(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  #string(): string {
    const length = this.#number()
    const start = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('a batch ends in the middle of a text')
    return this.#text === null
      ? this.#bytes.toString('utf8', start, this.#at)
      : this.#text.slice(start, this.#at)
  }
}
