import type { Refusal } from './cursor.ts'
import type { LineWindow } from './line-blocks.ts'
import { LineScanner } from './line-scanner.ts'
import { lineTooLong, notEncoded, notJson, shown, shownBytes, urlRefusal, withoutField } from './refusals.ts'

/** How lines become records: a line is the URL itself, or a JSON object that holds it in one member. */
export interface LineFormat {
  readonly format: 'list' | 'jsonl'
  /** Member that holds the URL; only for `jsonl`. */
  readonly field: string | null
}

export const DEFAULT_FIELD = 'url'

/** @returns A scanner that counts the records of this format; everyone who counts uses the same rules. */
export const scannerOf = (format: LineFormat['format'], linesBefore: number): LineScanner =>
  new LineScanner(format === 'list', linesBefore)

/** Reads the records of windows of lines: the value of each, or why there is none. */
export class RecordReader {
  value = ''
  refusal: Refusal | null = null
  readonly #lines: LineScanner
  readonly #field: string | null
  readonly #encoding: string

  /** @param origin `linesBefore` the first window, and the name of the `encoding` the data had on disk. */
  constructor(format: LineFormat, origin: { readonly linesBefore: number; readonly encoding: string }) {
    this.#lines = scannerOf(format.format, origin.linesBefore)
    this.#field = format.format === 'jsonl' ? (format.field ?? DEFAULT_FIELD) : null
    this.#encoding = origin.encoding
  }

  get line(): number {
    return this.#lines.line
  }

  load(window: LineWindow): void {
    this.#lines.load(window)
  }

  /** Moves to the next record without reading it. @returns False when the window holds no further one. */
  next(): boolean {
    return this.#lines.next()
  }

  /** Sets `value` and `refusal` to the current record's. */
  read(): void {
    const lines = this.#lines
    this.refusal = null
    if (lines.isTooLong) return this.#refuse(lineTooLong(lines.line), shownBytes(lines.sample()))
    const text = lines.text()
    if (text === null) return this.#refuse(notEncoded(lines.line, this.#encoding), shownBytes(lines.sample()))
    this.value = text
    if (this.#field !== null) this.#readMember(text, this.#field)
    if (this.refusal === null) this.#checkUrl()
  }

  #checkUrl(): void {
    const refusal = urlRefusal(this.value, this.#lines.line)
    if (refusal !== null) this.#refuse(refusal, shown(this.value))
  }

  #readMember(text: string, field: string): void {
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.#refuse(notJson(this.#lines.line, reason), shown(text))
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      return this.#refuse(notJson(this.#lines.line, `it is ${nameOf(parsed)}`), shown(text))
    if (!Object.hasOwn(parsed, field))
      return this.#refuse(withoutField(this.#lines.line, field, foundMembers(parsed)), shown(text))
    const value: unknown = (parsed as Record<string, unknown>)[field]
    if (typeof value !== 'string')
      return this.#refuse(withoutField(this.#lines.line, field, `it is ${nameOf(value)}`), shown(text))
    this.value = value
  }

  #refuse(refusal: Refusal, value: string): void {
    this.refusal = refusal
    this.value = value
  }
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function foundMembers(parsed: object): string {
  const names = Object.keys(parsed)
  if (names.length === 0) return 'it has no member'
  return `its members are ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`
}
