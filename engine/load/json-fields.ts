import type { Refusal } from '../source/cursor.ts'
import { shown } from '../source/refusals.ts'
import { JsonScanner, MEMBERS, VALUE_KIND } from './json-scanner.ts'
import { ShapeCache, type Shape } from './json-shapes.ts'
import { unescapeInto } from './json-text.ts'
import { refuse, textAround } from './record-refusals.ts'
import type { FieldValues, ReadingWishes } from './record-view.ts'
import { Scratch } from './scratch.ts'

const NOTHING = Buffer.alloc(0)
const NO_NAMES: Shape = {
  written: NOTHING,
  names: [],
  positions: new Map(),
  duplicate: null,
  unreadable: -1,
}

/**
 * Reads a JSON object: its members are the fields. Strings are decoded; everything else stays as it is written, so
 * that `9007199254740993`, `1e999`, `-0` and `1.0` are kept exactly. Objects and arrays inside are kept unread but for
 * their syntax.
 *
 * Beyond what `JSON.parse` refuses, refused are: texts that are no object, nesting beyond `JSON_DEPTH`, more than
 * {@link MEMBERS} members, two members of one name, and half characters (`\ud800`), wherever they stand. With
 * `invalidBytes: 'keep'` half characters in values are taken, as the three bytes they would have in UTF-8.
 */
export class ObjectReader implements FieldValues {
  count = 0
  readonly #scanner = new JsonScanner()
  readonly #shapes = new ShapeCache()
  readonly #scratch = new Scratch()
  readonly #needsFields: boolean
  readonly #keepsInvalid: boolean
  #shape = NO_NAMES
  #bytes: Buffer = NOTHING
  #decoded: Buffer = NOTHING

  constructor(wishes: Pick<ReadingWishes, 'needsFields' | 'invalidBytes'>) {
    this.#needsFields = wishes.needsFields
    this.#keepsInvalid = wishes.invalidBytes === 'keep'
  }

  /** Reads the object in `bytes[start, end)`, UTF-8; the fields are valid as long as `bytes` is. */
  read(bytes: Buffer, start: number, end: number, line: number): Refusal | null {
    const scanner = this.#scanner
    scanner.scan(bytes, start, end)
    this.#bytes = bytes
    this.count = scanner.count
    if (scanner.kind !== 'an object' || scanner.count > MEMBERS) return this.#refuseText({ start, end }, line)
    const shape = this.#shapes.find(bytes, scanner.nameStarts, scanner.nameEnds, scanner.count)
    this.#shape = shape
    if (shape.duplicate !== null || shape.unreadable >= 0) return refuseNames(shape, line)
    if (scanner.syntax.halfAt >= 0 && !this.#keepsInvalid) {
      const at = scanner.syntax.halfAt
      const value = bytes.toString('latin1', at, at + 6)
      return refuse('E_ENCODING', line, `has half a character: byte ${at - start + 1} is ${value}`)
    }
    if (this.#needsFields) this.#decode(end - start)
    return null
  }

  /** Decodes strings that are written with escapes; all others are slices. */
  #decode(bytes: number): void {
    const { count, valueKinds, valueStarts, valueEnds } = this.#scanner
    let to = 0
    for (let at = 0; at < count; at += 1) {
      if (valueKinds[at] !== VALUE_KIND.escaped) continue
      if (to === 0) this.#decoded = this.#scratch.room(bytes)
      const from = to
      to = unescapeInto(this.#decoded, to, {
        bytes: this.#bytes,
        start: valueStarts[at] as number,
        end: valueEnds[at] as number,
      })
      valueStarts[at] = from
      valueEnds[at] = to
    }
  }

  #refuseText(record: { start: number; end: number }, line: number): Refusal {
    const { kind, count } = this.#scanner
    const { problem, problemAt } = this.#scanner.syntax
    if (kind === 'an object')
      return refuse('E_SCHEMA', line, `has ${count} members, at most ${MEMBERS} are allowed`)
    if (kind !== null) return refuse('E_PARSE', line, `is not a JSON object: it is ${kind}`)
    const around = textAround(this.#bytes, problemAt, record)
    const found = problemAt < record.end ? `at byte ${problemAt - record.start + 1}` : 'at its end'
    return refuse('E_PARSE', line, `is not a JSON object: expected ${problem} ${found}, in "${around}"`)
  }

  nameOf(at: number): string {
    return this.#shape.names[at] ?? ''
  }

  find(name: string): number {
    return this.#shape.positions.get(name) ?? -1
  }

  isNull(at: number): boolean {
    return this.#scanner.valueKinds[at] === VALUE_KIND.null
  }

  /** Whether the value is written as a string. */
  isString(at: number): boolean {
    const kind = this.#scanner.valueKinds[at]
    return kind === VALUE_KIND.plain || kind === VALUE_KIND.escaped
  }

  bytesOf(at: number): Buffer {
    return this.#scanner.valueKinds[at] === VALUE_KIND.escaped ? this.#decoded : this.#bytes
  }

  startOf(at: number): number {
    return this.#scanner.valueStarts[at] as number
  }

  endOf(at: number): number {
    return this.#scanner.valueEnds[at] as number
  }

  textOf(at: number): string {
    return this.bytesOf(at).toString('utf8', this.startOf(at), this.endOf(at))
  }
}

function refuseNames({ duplicate, unreadable, names }: Shape, line: number): Refusal {
  if (duplicate === null)
    return refuse('E_ENCODING', line, `has a name that is not text: member ${unreadable + 1}`)
  const [first, second] = duplicate
  const name = shown(names[first] ?? '')
  return refuse('E_PARSE', line, `names member ${first + 1} and member ${second + 1} alike: "${name}"`)
}
