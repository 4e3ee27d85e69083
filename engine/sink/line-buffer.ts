/** The decimals of whole thousandths, without trailing zeros. */
const DECIMALS = Array.from({ length: 1_000 }, (_, thousandths) =>
  thousandths === 0 ? '' : `.${String(thousandths).padStart(3, '0').replace(/0+$/, '')}`,
)

const FIRST_BYTES = 98_304
const ZERO = 0x30
const QUOTE = 0x22
const BACKSLASH = 0x5c
const LARGEST_FAST = 2 ** 31
/** A word may be written over the end; what follows overwrites it. */
const SLACK_BYTES = 8

/**
 * Text known beforehand, in words of eight bytes: a store of eight bytes costs as much as a store of one. ASCII only, so
 * that no word is a NaN, whose bytes an engine may change.
 */
export interface Constant {
  readonly words: Float64Array
  readonly length: number
}

export function constantOf(ascii: string): Constant {
  const bytes = Buffer.alloc(Math.ceil(ascii.length / 8) * 8)
  bytes.write(ascii, 'latin1')
  const words = Float64Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readDoubleLE(at * 8))
  return { words, length: ascii.length }
}

const NULL = constantOf('null')
const DECIMAL_CONSTANTS = DECIMALS.map(constantOf)

/** @returns A duration with at most three decimals, as JSON writes it; several times faster than `toFixed`. */
export function formatMilliseconds(value: number): string {
  const thousandths = Math.round(value * 1_000)
  if (!(thousandths >= 0 && thousandths < LARGEST_FAST * 1_000))
    return String(Math.round(value * 1_000) / 1_000)
  const whole = Math.floor(thousandths / 1_000)
  return `${whole}${DECIMALS[thousandths - whole * 1_000]!}`
}

/** Bytes of lines, written piece by piece, without a string in between. */
export class LineBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #view: DataView = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** @returns What was written since the last take. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  constant({ words, length }: Constant): void {
    this.#reserve(length)
    const view = this.#view
    let at = this.#length
    for (let word = 0; word < words.length; word += 1, at += 8) view.setFloat64(at, words[word]!, true)
    this.#length += length
  }

  text(text: string): void {
    // A UTF-16 unit becomes three bytes at most.
    this.#reserve(text.length * 3)
    this.#length += this.#bytes.write(text, this.#length, 'utf8')
  }

  /** Writes `null` for NaN and infinities. */
  integer(value: number): void {
    if (!(value >= 0 && value < LARGEST_FAST && value === Math.floor(value))) {
      if (Number.isFinite(value)) this.text(String(value))
      else this.constant(NULL)
      return
    }
    this.#reserve(10)
    const target = this.#bytes
    const start = this.#length
    // `| 0` keeps the digits in 31-bit integers, where a division is a multiplication.
    let rest = value | 0
    let end = start + 1
    for (let bound = 10; bound <= rest; bound *= 10) end += 1
    for (let at = end - 1; at >= start; at -= 1) {
      const shorter = (rest / 10) | 0
      target[at] = ZERO + rest - shorter * 10
      rest = shorter
    }
    this.#length = end
  }

  /** Writes a duration with at most three decimals, and `null` for NaN and infinities. */
  milliseconds(value: number): void {
    const thousandths = Math.round(value * 1_000)
    if (!(thousandths >= 0 && thousandths < LARGEST_FAST * 1_000)) {
      if (Number.isFinite(value)) this.text(formatMilliseconds(value))
      else this.constant(NULL)
      return
    }
    const whole = Math.floor(thousandths / 1_000)
    this.integer(whole)
    this.constant(DECIMAL_CONSTANTS[thousandths - whole * 1_000]!)
  }

  /**
   * Writes UTF-8 as a JSON string, if nothing in it needs an escape.
   *
   * @returns False when something does; nothing is written then.
   */
  quoted(source: DataView, start: number, end: number): boolean {
    this.#reserve(end - start + 2)
    const target = this.#view
    let at = this.#length
    target.setUint8(at, QUOTE)
    at += 1
    let from = start
    for (; from + 4 <= end; from += 4, at += 4) {
      const word = source.getInt32(from, true)
      if (needsEscape(word)) return false
      target.setInt32(at, word, true)
    }
    for (; from < end; from += 1, at += 1) {
      const byte = source.getUint8(from)
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return false
      target.setUint8(at, byte)
    }
    target.setUint8(at, QUOTE)
    this.#length = at + 1
    return true
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes + SLACK_BYTES
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

const EACH = 0x01010101
const HIGH_BITS = EACH * 0x80
const SPACES = EACH * 0x20

/**
 * Looks at four bytes at once for a control character, a quote or a backslash. Subtracting borrows from a byte's
 * high bit when the byte is too small, and bytes that had it set, those of longer UTF-8 sequences, are left out.
 */
function needsEscape(word: number): boolean {
  const quote = word ^ (EACH * QUOTE)
  const backslash = word ^ (EACH * BACKSLASH)
  const controls = (word - SPACES) & ~word
  const quotes = (quote - EACH) & ~quote
  const backslashes = (backslash - EACH) & ~backslash
  return ((controls | quotes | backslashes) & HIGH_BITS) !== 0
}
