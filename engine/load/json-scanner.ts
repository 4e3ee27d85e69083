import { CLOSE_OBJECT, COLON, COMMA, JsonSyntax, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-syntax.ts'

/** Most members of one record; a record with more is refused as `E_SCHEMA`. */
export const MEMBERS = 65_536

/** How the value of a member is written. */
export const VALUE_KIND = { source: 0, plain: 1, escaped: 2, null: 3 } as const

/**
 * Checks that bytes are one JSON text, exactly as `JSON.parse` would, and notes where the members of the outermost
 * object are. Nothing is decoded and nothing allocated: one pass over the bytes.
 */
export class JsonScanner {
  /** What the text is; `null` when it is not JSON. */
  kind: 'an object' | 'an array' | 'a string' | 'a number' | 'true' | 'false' | 'null' | null = null
  /** Why it is not JSON, and where; and half characters. */
  readonly syntax = new JsonSyntax()
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

  scan(bytes: Uint8Array, start: number, end: number): void {
    const { syntax } = this
    this.#bytes = bytes
    syntax.load(bytes, end)
    this.kind = null
    this.count = 0
    const first = syntax.skipSpace(start)
    const isObject = first < end && bytes[first] === OPEN_OBJECT
    const behind = isObject ? this.#members(first + 1) : syntax.value(first, 1)
    if (behind < 0) return
    const rest = syntax.skipSpace(behind)
    if (rest < end) syntax.fail('the end of the record', rest)
    else this.kind = isObject ? 'an object' : kindOf(bytes[first])
  }

  /** The outermost object. @param at Behind its brace. */
  #members(at: number): number {
    const { syntax } = this
    let next = syntax.skipSpace(at)
    if (syntax.is(next, CLOSE_OBJECT)) return next + 1
    for (;;) {
      if (!syntax.is(next, QUOTE)) return syntax.fail('a name in quotes', next)
      const nameStart = next + 1
      next = syntax.string(nameStart)
      if (next < 0) return next
      const nameEnd = next - 1
      next = syntax.skipSpace(next)
      if (!syntax.is(next, COLON)) return syntax.fail('a colon', next)
      const valueStart = syntax.skipSpace(next + 1)
      syntax.hasEscape = false
      next = syntax.value(valueStart, 2)
      if (next < 0) return next
      this.#note(nameStart, nameEnd, valueStart, next)
      next = syntax.skipSpace(next)
      if (syntax.is(next, CLOSE_OBJECT)) return next + 1
      if (!syntax.is(next, COMMA)) return syntax.fail('a comma or }', next)
      next = syntax.skipSpace(next + 1)
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
      this.valueKinds[at] = this.syntax.hasEscape ? VALUE_KIND.escaped : VALUE_KIND.plain
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
