/** How deep objects and arrays may lie in each other, the outermost included. */
export const JSON_DEPTH = 200

/** Most members of one record; a record with more is refused as `E_SCHEMA`. */
export const MEMBERS = 65_536

/** How the value of a member is written. */
export const VALUE_KIND = { source: 0, plain: 1, escaped: 2, null: 3 } as const

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const LOWER_U = 0x75

const SIMPLE_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'))

/**
 * Checks that bytes are one JSON text, exactly as `JSON.parse` would, and notes where the members of the outermost
 * object are. Nothing is decoded and nothing allocated: one pass over the bytes.
 */
export class JsonScanner {
  /** What the text is; `null` when it is not JSON. */
  kind: 'an object' | 'an array' | 'a string' | 'a number' | 'true' | 'false' | 'null' | null = null
  /** Why it is not JSON, and where; `''` when it is. */
  problem = ''
  problemAt = 0
  /** Position of the first `\ud800` without its other half; -1 as a rule. */
  halfAt = -1
  /** Members of the outermost object; more than {@link MEMBERS} are not noted. */
  count = 0
  /** Inside the quotes. */
  nameStarts = new Int32Array(64)
  nameEnds = new Int32Array(64)
  /** Strings inside their quotes; everything else as it is written. */
  valueStarts = new Int32Array(64)
  valueEnds = new Int32Array(64)
  valueKinds = new Uint8Array(64)
  #bytes: Uint8Array = Buffer.alloc(0)
  #end = 0
  #hasEscape = false

  scan(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.#end = end
    this.kind = null
    this.problem = ''
    this.halfAt = -1
    this.count = 0
    const first = this.#skipSpace(start)
    const isObject = first < end && bytes[first] === OPEN_OBJECT
    const behind = isObject ? this.#members(first + 1) : this.#value(first, 1)
    if (behind < 0) return
    const rest = this.#skipSpace(behind)
    if (rest < end) this.#fail('the end of the record', rest)
    else this.kind = isObject ? 'an object' : kindOf(bytes[first])
  }

  /** The outermost object. @param at Behind its brace. */
  #members(at: number): number {
    let next = this.#skipSpace(at)
    if (this.#is(next, CLOSE_OBJECT)) return next + 1
    for (;;) {
      if (!this.#is(next, QUOTE)) return this.#fail('a name in quotes', next)
      const nameStart = next + 1
      next = this.#string(nameStart)
      if (next < 0) return next
      const nameEnd = next - 1
      next = this.#skipSpace(next)
      if (!this.#is(next, COLON)) return this.#fail('a colon', next)
      const valueStart = this.#skipSpace(next + 1)
      this.#hasEscape = false
      next = this.#value(valueStart, 2)
      if (next < 0) return next
      this.#note(nameStart, nameEnd, valueStart, next)
      next = this.#skipSpace(next)
      if (this.#is(next, CLOSE_OBJECT)) return next + 1
      if (!this.#is(next, COMMA)) return this.#fail('a comma or }', next)
      next = this.#skipSpace(next + 1)
    }
  }

  #note(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.count
    this.count = at + 1
    if (at >= this.valueKinds.length) {
      if (at >= MEMBERS) return
      this.#grow()
    }
    const first = this.#bytes[valueStart]
    this.nameStarts[at] = nameStart
    this.nameEnds[at] = nameEnd
    if (first === QUOTE) {
      this.valueStarts[at] = valueStart + 1
      this.valueEnds[at] = valueEnd - 1
      this.valueKinds[at] = this.#hasEscape ? VALUE_KIND.escaped : VALUE_KIND.plain
    } else {
      this.valueStarts[at] = valueStart
      this.valueEnds[at] = valueEnd
      this.valueKinds[at] = first === 0x6e ? VALUE_KIND.null : VALUE_KIND.source
    }
  }

  #grow(): void {
    const grown = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2)
      to.set(from)
      return to
    }
    this.nameStarts = grown(this.nameStarts)
    this.nameEnds = grown(this.nameEnds)
    this.valueStarts = grown(this.valueStarts)
    this.valueEnds = grown(this.valueEnds)
    const kinds = new Uint8Array(this.valueKinds.length * 2)
    kinds.set(this.valueKinds)
    this.valueKinds = kinds
  }

  /** Each of these takes the position it begins at. @returns The position behind it; -1 after {@link #fail}. */
  #value(at: number, depth: number): number {
    if (at >= this.#end) return this.#fail('a value', at)
    switch (this.#bytes[at]) {
      case QUOTE:
        return this.#string(at + 1)
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
    if (depth > JSON_DEPTH) return this.#fail(`no more than ${JSON_DEPTH} values in each other`, at - 1)
    let next = this.#skipSpace(at)
    if (this.#is(next, CLOSE_OBJECT)) return next + 1
    for (;;) {
      if (!this.#is(next, QUOTE)) return this.#fail('a name in quotes', next)
      next = this.#string(next + 1)
      if (next < 0) return next
      next = this.#skipSpace(next)
      if (!this.#is(next, COLON)) return this.#fail('a colon', next)
      next = this.#value(this.#skipSpace(next + 1), depth + 1)
      if (next < 0) return next
      next = this.#skipSpace(next)
      if (this.#is(next, CLOSE_OBJECT)) return next + 1
      if (!this.#is(next, COMMA)) return this.#fail('a comma or }', next)
      next = this.#skipSpace(next + 1)
    }
  }

  #array(at: number, depth: number): number {
    if (depth > JSON_DEPTH) return this.#fail(`no more than ${JSON_DEPTH} values in each other`, at - 1)
    let next = this.#skipSpace(at)
    if (this.#is(next, CLOSE_ARRAY)) return next + 1
    for (;;) {
      next = this.#value(next, depth + 1)
      if (next < 0) return next
      next = this.#skipSpace(next)
      if (this.#is(next, CLOSE_ARRAY)) return next + 1
      if (!this.#is(next, COMMA)) return this.#fail('a comma or ]', next)
      next = this.#skipSpace(next + 1)
    }
  }

  /** @param at Behind the opening quote. */
  #string(at: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let next = at
    while (next < end) {
      const byte = bytes[next] as number
      if (byte === QUOTE) return next + 1
      if (byte === BACKSLASH) {
        next = this.#escape(next + 1)
        if (next < 0) return next
      } else if (byte < 0x20) return this.#fail('no control character in a string', next)
      else next += 1
    }
    return this.#fail('a closing quote', end)
  }

  /** @param at Behind the backslash. */
  #escape(at: number): number {
    this.#hasEscape = true
    if (at >= this.#end) return this.#fail('a closing quote', at)
    const letter = this.#bytes[at] as number
    if (letter !== LOWER_U)
      return SIMPLE_ESCAPES.has(letter) ? at + 1 : this.#fail('one of "\\/bfnrtu behind a backslash', at)
    const unit = hexUnit(this.#bytes, at + 1, this.#end)
    if (unit < 0) return this.#fail('four hexadecimal digits', at + 1)
    if (unit < 0xd800 || unit > 0xdfff) return at + 5
    if (unit < 0xdc00 && this.#is(at + 5, BACKSLASH) && this.#is(at + 6, LOWER_U)) {
      const second = hexUnit(this.#bytes, at + 7, this.#end)
      if (second >= 0xdc00 && second <= 0xdfff) return at + 11
    }
    if (this.halfAt < 0) this.halfAt = at - 1
    return at + 5
  }

  #word(at: number, word: string): number {
    for (let offset = 0; offset < word.length; offset += 1)
      if (!this.#is(at + offset, word.charCodeAt(offset))) return this.#fail('a value', at)
    return at + word.length
  }

  #number(at: number): number {
    let next = this.#is(at, MINUS) ? at + 1 : at
    const whole = this.#digits(next)
    if (whole === next) return this.#fail(next > at ? 'a digit' : 'a value', next)
    // A leading zero stands alone.
    next = this.#is(next, 0x30) ? next + 1 : whole
    if (this.#is(next, POINT)) {
      const behind = this.#digits(next + 1)
      if (behind === next + 1) return this.#fail('a digit', behind)
      next = behind
    }
    if (!this.#is(next, 0x65) && !this.#is(next, 0x45)) return next
    const isSigned = this.#is(next + 1, MINUS) || this.#is(next + 1, 0x2b)
    const exponent = next + (isSigned ? 2 : 1)
    const behind = this.#digits(exponent)
    return behind === exponent ? this.#fail('a digit', exponent) : behind
  }

  /** @returns The position behind the digits at `at`. */
  #digits(at: number): number {
    let next = at
    while (next < this.#end && isDigit(this.#bytes[next] as number)) next += 1
    return next
  }

  #skipSpace(at: number): number {
    const bytes = this.#bytes
    let next = at
    while (next < this.#end) {
      const byte = bytes[next] as number
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
      next += 1
    }
    return next
  }

  #is(at: number, byte: number): boolean {
    return at < this.#end && this.#bytes[at] === byte
  }

  #fail(expected: string, at: number): -1 {
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

function kindOf(first: number | undefined): JsonScanner['kind'] {
  switch (first) {
    case OPEN_ARRAY:
      return 'an array'
    case QUOTE:
      return 'a string'
    case 0x74:
      return 'true'
    case 0x66:
      return 'false'
    case 0x6e:
      return 'null'
    default:
      return 'a number'
  }
}
