/** How deep objects and arrays may lie in each other, the outermost included. */
export const JSON_DEPTH = 200

export const QUOTE = 0x22
export const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
export const COLON = 0x3a
const BACKSLASH = 0x5c
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const LOWER_U = 0x75

const SIMPLE_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'))

/**
 * Checks JSON, exactly as `JSON.parse` would, byte by byte; nothing is decoded and nothing allocated.
 *
 * The methods that check take the position at which something begins and return the position behind it; -1 when it is
 * not there, and then `problem` and `problemAt` say why.
 */
export class JsonSyntax {
  /** What was expected; `''` as long as nothing is wrong. */
  problem = ''
  problemAt = 0
  /** Position of the first `\ud800` without its other half; -1 as a rule. */
  halfAt = -1
  /** Whether a string with an escape was seen since this was last set. */
  hasEscape = false
  #bytes: Uint8Array = Buffer.alloc(0)
  #end = 0

  /** Begins with new bytes, of which only those before `end` count. */
  load(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes
    this.#end = end
    this.problem = ''
    this.halfAt = -1
    this.hasEscape = false
  }

  /** @param depth How many values it lies in, itself included. */
  value(at: number, depth: number): number {
    if (at >= this.#end) return this.fail('a value', at)
    switch (this.#bytes[at]) {
      case QUOTE:
        return this.string(at + 1)
      case OPEN_OBJECT:
        return this.#object(at + 1, depth)
      case OPEN_ARRAY:
        return this.#array(at + 1, depth)
      case 0x74:
        return this.#word(at, 'true')
      case 0x66:
        return this.#word(at, 'false')
      case 0x6e:
        return this.#word(at, 'null')
      default:
        return this.#number(at)
    }
  }

  #object(at: number, depth: number): number {
    if (depth > JSON_DEPTH) return this.fail(`no more than ${JSON_DEPTH} values in each other`, at - 1)
    let next = this.skipSpace(at)
    if (this.is(next, CLOSE_OBJECT)) return next + 1
    for (;;) {
      if (!this.is(next, QUOTE)) return this.fail('a name in quotes', next)
      next = this.string(next + 1)
      if (next < 0) return next
      next = this.skipSpace(next)
      if (!this.is(next, COLON)) return this.fail('a colon', next)
      next = this.value(this.skipSpace(next + 1), depth + 1)
      if (next < 0) return next
      next = this.skipSpace(next)
      if (this.is(next, CLOSE_OBJECT)) return next + 1
      if (!this.is(next, COMMA)) return this.fail('a comma or }', next)
      next = this.skipSpace(next + 1)
    }
  }

  #array(at: number, depth: number): number {
    if (depth > JSON_DEPTH) return this.fail(`no more than ${JSON_DEPTH} values in each other`, at - 1)
    let next = this.skipSpace(at)
    if (this.is(next, CLOSE_ARRAY)) return next + 1
    for (;;) {
      next = this.value(next, depth + 1)
      if (next < 0) return next
      next = this.skipSpace(next)
      if (this.is(next, CLOSE_ARRAY)) return next + 1
      if (!this.is(next, COMMA)) return this.fail('a comma or ]', next)
      next = this.skipSpace(next + 1)
    }
  }

  /** @param at Behind the opening quote. */
  string(at: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let next = at
    while (next < end) {
      const byte = bytes[next] as number
      if (byte === QUOTE) return next + 1
      if (byte === BACKSLASH) {
        next = this.#escape(next + 1)
        if (next < 0) return next
      } else if (byte < 0x20) return this.fail('no control character in a string', next)
      else next += 1
    }
    return this.fail('a closing quote', end)
  }

  /** @param at Behind the backslash. */
  #escape(at: number): number {
    this.hasEscape = true
    if (at >= this.#end) return this.fail('a closing quote', at)
    const letter = this.#bytes[at] as number
    if (letter !== LOWER_U)
      return SIMPLE_ESCAPES.has(letter) ? at + 1 : this.fail('one of "\\/bfnrtu behind a backslash', at)
    const unit = hexUnit(this.#bytes, at + 1, this.#end)
    if (unit < 0) return this.fail('four hexadecimal digits', at + 1)
    if (unit < 0xd800 || unit > 0xdfff) return at + 5
    if (unit < 0xdc00 && this.is(at + 5, BACKSLASH) && this.is(at + 6, LOWER_U)) {
      const second = hexUnit(this.#bytes, at + 7, this.#end)
      if (second >= 0xdc00 && second <= 0xdfff) return at + 11
    }
    if (this.halfAt < 0) this.halfAt = at - 1
    return at + 5
  }

  #word(at: number, word: string): number {
    for (let offset = 0; offset < word.length; offset += 1)
      if (!this.is(at + offset, word.charCodeAt(offset))) return this.fail('a value', at)
    return at + word.length
  }

  #number(at: number): number {
    let next = this.is(at, MINUS) ? at + 1 : at
    const whole = this.#digits(next)
    if (whole === next) return this.fail(next > at ? 'a digit' : 'a value', next)
    // A leading zero stands alone.
    next = this.is(next, 0x30) ? next + 1 : whole
    if (this.is(next, POINT)) {
      const behind = this.#digits(next + 1)
      if (behind === next + 1) return this.fail('a digit', behind)
      next = behind
    }
    if (!this.is(next, 0x65) && !this.is(next, 0x45)) return next
    const isSigned = this.is(next + 1, MINUS) || this.is(next + 1, 0x2b)
    const exponent = next + (isSigned ? 2 : 1)
    const behind = this.#digits(exponent)
    return behind === exponent ? this.fail('a digit', exponent) : behind
  }

  /** @returns The position behind the digits at `at`. */
  #digits(at: number): number {
    let next = at
    while (next < this.#end && isDigit(this.#bytes[next] as number)) next += 1
    return next
  }

  /** @returns The first position from `at` on without white space. */
  skipSpace(at: number): number {
    const bytes = this.#bytes
    let next = at
    while (next < this.#end) {
      const byte = bytes[next] as number
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
      next += 1
    }
    return next
  }

  /** Whether `byte` is at `at`, and that before the end. */
  is(at: number, byte: number): boolean {
    return at < this.#end && this.#bytes[at] === byte
  }

  /** @param expected Completes the words "expected …". */
  fail(expected: string, at: number): -1 {
    this.problem = expected
    this.problemAt = at
    return -1
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** @returns The number four hexadecimal digits stand for; -1 when there are no four. */
export function hexUnit(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1
  let unit = 0
  for (let offset = 0; offset < 4; offset += 1) {
    const byte = bytes[at + offset] as number
    const letter = byte | 0x20
    if (isDigit(byte)) unit = unit * 16 + byte - 0x30
    else if (letter >= 0x61 && letter <= 0x66) unit = unit * 16 + letter - 0x57
    else return -1
  }
  return unit
}
