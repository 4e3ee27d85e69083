import { hash } from 'node:crypto'
import { JobError, printable } from '../../shared/model/error.ts'
import type { Refusal } from '../source/cursor.ts'
import type { RecordView } from './record-view.ts'

/**
 * Bytes of one argument of a command, made from a record. Lengths come first, since RESP wants them before the bytes.
 *
 * Not reentrant: `measure` remembers what it found, and `write` or `textOf` of the same record follow it.
 */
export interface Template {
  /** As it was written. */
  readonly text: string
  /** The template is `{index}` and nothing else. */
  readonly isIndexOnly: boolean
  /** The template is `{line}` and nothing else. */
  readonly isTextOnly: boolean
  readonly needsFields: boolean
  /** Names of the fields that are asked for. */
  readonly fieldNames: readonly string[]
  /** Why the last `measure` answered -1. */
  readonly problem: Refusal | null
  /** @returns Bytes; -1 when the record cannot fill the template, for the reason in {@link problem}. */
  measure(record: RecordView): number
  /** @returns The position behind the last byte; `into` must have as much room as was measured. */
  write(record: RecordView, into: Buffer, at: number): number
  /** @returns The same as text; bytes that are not UTF-8 (`--invalid-bytes keep`) become U+FFFD. */
  textOf(record: RecordView): string
}

/** Longest argument that templates make: a `{line}` repeated is the only way to get there. */
export const ARGUMENT_BYTES = 64 * 2 ** 20

const KNOWN = '{index}, {line}, {field:NAME} and {hash}; a brace itself is {{ or }}'
const HASH_CHARACTERS = 64

/**
 * Reads a template once: text with `{index}`, `{line}`, `{field:NAME}` and `{hash}`, where `{{` and `}}` are braces.
 * A name ends at the first `}`.
 *
 * `{hash}` is the SHA-256, in hexadecimal, of the record's bytes as they stand in the source, without line end: what
 * `sha256sum` says of them, whatever `--trim` and the encoding make of the text.
 *
 * @throws JobError `E_CONFIG`, which names an unknown placeholder and the known ones.
 */
export function compileTemplate(text: string): Template {
  const parts = joinLiterals(partsOf(text))
  const [first] = parts
  if (first === undefined) return new Literal(text, '')
  return parts.length === 1 ? first : new Sequence(text, parts)
}

function partsOf(text: string): Template[] {
  const parts: Template[] = []
  let at = 0
  while (at < text.length) {
    const brace = text.slice(at).search(/[{}]/)
    if (brace < 0) {
      parts.push(new Literal(text, text.slice(at)))
      break
    }
    if (brace > 0) parts.push(new Literal(text, text.slice(at, at + brace)))
    at += brace
    if (text[at + 1] === text[at]) {
      parts.push(new Literal(text, text.slice(at, at + 1)))
      at += 2
      continue
    }
    const close = text.indexOf('}', at)
    if (text[at] === '}') throw wrong(text, 'a "}" stands alone')
    if (close < 0) throw wrong(text, `the placeholder ${text.slice(at)} has no end`)
    parts.push(placeholder(text, text.slice(at + 1, close)))
    at = close + 1
  }
  return parts
}

function placeholder(text: string, name: string): Template {
  switch (name) {
    case 'index':
      return new Index(text)
    case 'line':
      return new Line(text)
    case 'hash':
      return new Hash(text)
    default:
      if (!name.startsWith('field:')) throw wrong(text, `{${name}} is unknown`)
      if (name === 'field:') throw wrong(text, '{field:} lacks the name of the field')
      return new Field(text, name.slice('field:'.length))
  }
}

function joinLiterals(parts: readonly Template[]): Template[] {
  const joined: Template[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part instanceof Literal && last instanceof Literal)
      joined[joined.length - 1] = new Literal(part.text, last.value + part.value)
    else joined.push(part)
  }
  return joined
}

const wrong = (text: string, problem: string): JobError =>
  new JobError('E_CONFIG', `template "${text}": ${problem}; known are ${KNOWN}`)

const refuse = (record: RecordView, code: Refusal['code'], problem: string): Refusal => ({
  code,
  message: printable(`line ${record.line}: ${problem}`),
  isSkip: false,
})

/** What the templates of one part share: a part is a template itself, so that the usual ones cost one call. */
abstract class Part implements Template {
  readonly text: string
  readonly isIndexOnly: boolean = false
  readonly isTextOnly: boolean = false
  readonly needsFields: boolean = false
  readonly fieldNames: readonly string[] = []
  problem: Refusal | null = null

  constructor(text: string) {
    this.text = text
  }

  abstract measure(record: RecordView): number
  abstract write(record: RecordView, into: Buffer, at: number): number

  textOf(record: RecordView): string {
    const bytes = Buffer.allocUnsafe(Math.max(0, this.measure(record)))
    return bytes.toString('utf8', 0, this.write(record, bytes, 0))
  }
}

class Literal extends Part {
  readonly value: string
  readonly #bytes: Buffer

  constructor(text: string, value: string) {
    super(text)
    this.value = value
    this.#bytes = Buffer.from(value)
  }

  measure(): number {
    return this.#bytes.length
  }

  write(_record: RecordView, into: Buffer, at: number): number {
    return copyBytes(this.#bytes, 0, this.#bytes.length, into, at)
  }

  override textOf(): string {
    return this.value
  }
}

class Index extends Part {
  override readonly isIndexOnly = true
  #digits = 1

  measure(record: RecordView): number {
    this.#digits = digitsOf(record.index)
    return this.#digits
  }

  write(record: RecordView, into: Buffer, at: number): number {
    return writeDigits(record.index, this.#digits, into, at)
  }

  override textOf(record: RecordView): string {
    return String(record.index)
  }
}

class Line extends Part {
  override readonly isTextOnly = true

  measure(record: RecordView): number {
    return record.textEnd - record.textStart
  }

  write(record: RecordView, into: Buffer, at: number): number {
    return copyBytes(record.text, record.textStart, record.textEnd, into, at)
  }

  override textOf(record: RecordView): string {
    return record.text.toString('utf8', record.textStart, record.textEnd)
  }
}

class Field extends Part {
  override readonly needsFields = true
  override readonly fieldNames: readonly string[]
  readonly #name: string
  #at = 0

  constructor(text: string, name: string) {
    super(text)
    this.#name = name
    this.fieldNames = [name]
  }

  measure(record: RecordView): number {
    const fields = record.fields
    this.#at = fields === null ? -1 : fields.find(this.#name)
    if (fields === null || this.#at < 0 || fields.isNull(this.#at)) {
      this.problem = refuse(record, 'E_SCHEMA', this.#missing(record))
      return -1
    }
    return fields.endOf(this.#at) - fields.startOf(this.#at)
  }

  write(record: RecordView, into: Buffer, at: number): number {
    const fields = record.fields
    if (fields === null || this.#at < 0) return at
    return copyBytes(fields.bytesOf(this.#at), fields.startOf(this.#at), fields.endOf(this.#at), into, at)
  }

  override textOf(record: RecordView): string {
    return this.#at < 0 ? '' : (record.fields?.textOf(this.#at) ?? '')
  }

  #missing(record: RecordView): string {
    const { fields } = record
    if (fields === null) return `no field "${this.#name}": records of lines have none`
    if (this.#at >= 0) return `the field "${this.#name}" is null`
    if (fields.count === 0) return `no field "${this.#name}": the record has none at all`
    const shown = Math.min(fields.count, 8)
    const names = Array.from({ length: shown }, (_, at) => `"${fields.nameOf(at)}"`).join(', ')
    const more = fields.count > shown ? ` and ${fields.count - shown} more` : ''
    return `no field "${this.#name}"; the record has ${names}${more}`
  }
}

class Hash extends Part {
  measure(record: RecordView): number {
    if (record.rawStart < record.rawEnd || record.byteLength === 0) return HASH_CHARACTERS
    this.problem = refuse(
      record,
      'E_LINE_TOO_LONG',
      `a record of ${record.byteLength} bytes is too long for {hash}`,
    )
    return -1
  }

  write(record: RecordView, into: Buffer, at: number): number {
    return at + into.write(this.textOf(record), at, 'latin1')
  }

  override textOf(record: RecordView): string {
    return hash('sha256', record.raw.subarray(record.rawStart, record.rawEnd), 'hex')
  }
}

class Sequence extends Part {
  override readonly needsFields: boolean
  override readonly fieldNames: readonly string[]
  readonly #parts: readonly Template[]

  constructor(text: string, parts: readonly Template[]) {
    super(text)
    this.#parts = parts
    this.fieldNames = parts.flatMap(part => part.fieldNames)
    this.needsFields = this.fieldNames.length > 0
  }

  measure(record: RecordView): number {
    let bytes = 0
    for (const part of this.#parts) {
      const measured = part.measure(record)
      if (measured < 0) {
        this.problem = part.problem
        return -1
      }
      bytes += measured
    }
    if (bytes <= ARGUMENT_BYTES) return bytes
    this.problem = refuse(
      record,
      'E_DEST_DATA',
      `"${this.text}" would be ${bytes} bytes, more than ${ARGUMENT_BYTES} bytes`,
    )
    return -1
  }

  write(record: RecordView, into: Buffer, at: number): number {
    let end = at
    for (const part of this.#parts) end = part.write(record, into, end)
    return end
  }
}

/** A call into the runtime costs more than it saves for a few bytes. */
const FEW_BYTES = 24

/** @returns The position behind the last byte that was written. */
export function copyBytes(from: Buffer, start: number, end: number, into: Buffer, at: number): number {
  if (end - start > FEW_BYTES) {
    from.copy(into, at, start, end)
    return at + end - start
  }
  let to = at
  for (let next = start; next < end; next++) into[to++] = from[next] as number
  return to
}

/** @returns Decimal digits of a whole number from 0 to 2^53. */
export function digitsOf(value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits += 1
  return digits
}

/** @returns The position behind the last digit. */
export function writeDigits(value: number, digits: number, into: Buffer, at: number): number {
  const end = at + digits
  let rest = value
  let to = end
  while (rest > 0x7fff_ffff) {
    const tenth = Math.floor(rest / 10)
    into[--to] = 48 + (rest - tenth * 10)
    rest = tenth
  }
  let small = rest | 0
  while (to > at) {
    const tenth = (small / 10) | 0
    into[--to] = 48 + (small - tenth * 10)
    small = tenth
  }
  return end
}
