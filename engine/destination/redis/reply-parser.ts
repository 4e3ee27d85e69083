import { ProtocolError } from './server-fault.ts'

export type ReplyValue = string | number | null | ReplyFault | readonly ReplyValue[]

/** An error inside an array. */
export interface ReplyFault {
  readonly error: string
}

/** Told each whole reply, in order. The two that come by the million cost no object. */
export interface ReplyHandler {
  onOk(): void
  onInteger(value: number): void
  /** @param text Without the leading `-`. */
  onError(text: string): void
  onValue(value: ReplyValue): void
}

/** Longest reply, unless what was asked for can be longer. */
export const REPLY_BYTES = 64 * 2 ** 10
/** How deep arrays may lie in arrays. */
const DEPTH = 8
/** Most digits of a length or an integer, with its sign. */
const DIGITS = 20

const CR = 13
const LF = 10
const PLUS = 43
const MINUS = 45
const COLON = 58
const DOLLAR = 36
const STAR = 42
const ZERO = 48

/**
 * RESP2, cut anywhere. A reply that has not come whole is kept and begun anew when enough bytes may be there; it cannot
 * grow beyond {@link limitBytes}.
 */
export class ReplyParser {
  /** Of the reply that comes next. */
  limitBytes = REPLY_BYTES
  readonly #handler: ReplyHandler
  #isStopped = false
  /** A reply that has begun; `#held[0, #heldBytes)`. */
  #held: Buffer = Buffer.allocUnsafeSlow(512)
  #heldBytes = 0
  /** Bytes that a reply needs at least before it is worth reading it again. */
  #wanted = 0
  /** Cursor and end of what is being read. */
  #bytes: Buffer = this.#held
  #at = 0
  #end = 0

  constructor(handler: ReplyHandler) {
    this.#handler = handler
  }

  /** No handler is called any more, also not for the rest of what is being fed. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * @param chunk Read before this returns, so that it may be reused.
   * @throws ProtocolError when this cannot be a stream of replies, and what the handler throws.
   */
  feed(chunk: Buffer): void {
    if (this.#heldBytes === 0) return this.#keep(chunk, this.#read(chunk, chunk.length))
    this.#append(chunk)
    if (this.#heldBytes < this.#wanted) return
    const read = this.#read(this.#held, this.#heldBytes)
    this.#held.copyWithin(0, read, this.#heldBytes)
    this.#heldBytes -= read
  }

  /** @returns Bytes of the replies that were whole. */
  #read(bytes: Buffer, end: number): number {
    this.#bytes = bytes
    this.#end = end
    let whole = 0
    while (whole < end && !this.#isStopped) {
      this.#at = whole
      this.#wanted = 0
      if (isOk(bytes, whole, end)) {
        this.#at += 5
        this.#handler.onOk()
      } else if (!this.#reply()) {
        if (end - whole > this.limitBytes) throw this.#tooLong()
        this.#wanted -= whole
        break
      }
      whole = this.#at
    }
    return this.#isStopped ? end : whole
  }

  #keep(chunk: Buffer, from: number): void {
    if (from >= chunk.length) return
    this.#append(chunk.subarray(from))
  }

  #append(chunk: Buffer): void {
    const bytes = this.#heldBytes + chunk.length
    if (bytes > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#held.length))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    chunk.copy(this.#held, this.#heldBytes)
    this.#heldBytes = bytes
  }

  /** @returns Whether the reply at the cursor is whole; it is told then, and the cursor stands behind it. */
  #reply(): boolean {
    const start = this.#at
    const type = this.#bytes[start]
    if (type === COLON || type === MINUS) {
      this.#at += 1
      const end = this.#lineEnd()
      if (end < 0) return false
      this.#bound(start)
      if (type === COLON) this.#handler.onInteger(this.#number(start + 1, end))
      else this.#handler.onError(this.#bytes.toString('utf8', start + 1, end))
      return true
    }
    const value = this.#value(0, start)
    if (value === undefined) return false
    this.#bound(start)
    this.#handler.onValue(value)
    return true
  }

  /** @returns `undefined` when bytes are missing; {@link #wanted} says where they end at least. */
  #value(depth: number, start: number): ReplyValue | undefined {
    const type = this.#at < this.#end ? this.#bytes[this.#at] : undefined
    if (type === undefined) return this.#missing(this.#end + 1)
    if (type !== PLUS && type !== MINUS && type !== COLON && type !== DOLLAR && type !== STAR)
      throw new ProtocolError(`a reply begins with the byte 0x${type.toString(16).padStart(2, '0')}`)
    this.#at += 1
    const from = this.#at
    const end = this.#lineEnd()
    if (end < 0) return undefined
    if (type === PLUS) return this.#bytes.toString('utf8', from, end)
    if (type === MINUS) return { error: this.#bytes.toString('utf8', from, end) }
    const number = this.#number(from, end)
    if (type === COLON) return number
    if (number === -1) return null
    if (number < 0) throw new ProtocolError(`a reply has the length ${number}`)
    return type === DOLLAR ? this.#bulk(number, start) : this.#array(number, depth, start)
  }

  #bulk(length: number, start: number): string | undefined {
    const from = this.#at
    const end = from + length
    if (end - start > this.limitBytes) throw this.#tooLong()
    if (end + 2 > this.#end) return this.#missing(end + 2)
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF)
      throw new ProtocolError('a reply is longer than it says')
    this.#at = end + 2
    return this.#bytes.toString('utf8', from, end)
  }

  #array(length: number, depth: number, start: number): ReplyValue[] | undefined {
    if (depth >= DEPTH) throw new ProtocolError(`a reply is nested more than ${DEPTH} deep`)
    // The shortest element is three bytes long, so a length that cannot fit is known before anything is kept for it.
    if (this.#at - start + 3 * length > this.limitBytes) throw this.#tooLong()
    const values: ReplyValue[] = []
    for (let left = length; left > 0; left -= 1) {
      const value = this.#value(depth + 1, start)
      if (value === undefined) return this.#missing(this.#end + 1 + 3 * (left - 1))
      values.push(value)
    }
    return values
  }

  /** @returns Where the line at the cursor ends, with the cursor behind its end; -1 when it has not come whole. */
  #lineEnd(): number {
    const end = this.#bytes.indexOf(CR, this.#at)
    if (end < 0 || end + 1 >= this.#end) {
      this.#missing(this.#end + 1)
      return -1
    }
    if (this.#bytes[end + 1] !== LF) throw new ProtocolError('a line of a reply ends with CR alone')
    this.#at = end + 2
    return end
  }

  #number(start: number, end: number): number {
    const isNegative = this.#bytes[start] === MINUS
    let at = isNegative ? start + 1 : start
    if (at >= end || end - start > DIGITS)
      throw new ProtocolError('a number of a reply has no sensible length')
    let value = 0
    for (; at < end; at += 1) {
      const digit = (this.#bytes[at] ?? 0) - ZERO
      if (digit < 0 || digit > 9)
        throw new ProtocolError('a number of a reply has other characters than digits')
      value = value * 10 + digit
    }
    return isNegative ? -value : value
  }

  #missing(wanted: number): undefined {
    this.#wanted = Math.max(this.#wanted, wanted)
    return undefined
  }

  #bound(start: number): void {
    if (this.#at - start > this.limitBytes + 2) throw this.#tooLong()
  }

  #tooLong(): ProtocolError {
    return new ProtocolError(`a reply is longer than ${this.limitBytes} bytes`)
  }
}

const isOk = (bytes: Buffer, at: number, end: number): boolean =>
  at + 5 <= end &&
  bytes[at] === PLUS &&
  bytes[at + 1] === 0x4f &&
  bytes[at + 2] === 0x4b &&
  bytes[at + 3] === CR &&
  bytes[at + 4] === LF
