import type { Refusal } from '../source/cursor.ts'
import { refuse, textAround } from './record-refusals.ts'
import type { FieldValues } from './record-view.ts'
import { Scratch } from './scratch.ts'

/** Most cells of a row; a longer one is refused as `E_SCHEMA`. */
export const COLUMNS = 4_096

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d
const NOTHING = Buffer.alloc(0)

/**
 * Cuts a row into cells, by the rules of csv-parse with its defaults: quotes stand around a whole cell and are doubled
 * inside, nothing is trimmed. A quote inside a cell that is not quoted, and anything between a closing quote and the
 * next delimiter, are errors.
 *
 * Cells are slices of the row; only those with doubled quotes are copied.
 */
export class RowReader implements FieldValues {
  count = 0
  readonly #delimiter: Buffer
  readonly #names: readonly string[] | null
  readonly #positions: ReadonlyMap<string, number>
  readonly #starts = new Int32Array(COLUMNS)
  readonly #ends = new Int32Array(COLUMNS)
  /** 1 for cells that are in the scratch. */
  readonly #isCopied = new Uint8Array(COLUMNS)
  readonly #scratch = new Scratch()
  #bytes: Buffer = NOTHING
  #copied: Buffer = NOTHING
  #copiedLength = 0
  #refusal: Refusal | null = null

  /**
   * @param delimiter At least one character.
   * @param names Of the cells; `null` where any number of cells will do.
   */
  constructor(delimiter: string, names: readonly string[] | null) {
    this.#delimiter = Buffer.from(delimiter)
    this.#names = names
    this.#positions = new Map(names?.map((name, at) => [name, at]))
  }

  /**
   * Reads the row in `bytes[start, end)`, UTF-8 with or without its line end; the cells are valid as long as `bytes` is.
   *
   * @param line Of the row's beginning, for the refusal.
   */
  read(bytes: Buffer, start: number, end: number, line: number): Refusal | null {
    this.#bytes = bytes
    this.#copiedLength = 0
    this.count = 0
    this.#refusal = null
    const row = { start, end: withoutLineEnd(bytes, start, end), line }
    let at = start
    do {
      if (this.count === COLUMNS) return refuse('E_SCHEMA', line, `has more than ${COLUMNS} cells`)
      at = bytes[at] === QUOTE && at < row.end ? this.#readQuoted(at, row) : this.#readPlain(at, row)
    } while (at >= 0)
    if (this.#refusal === null && this.#names !== null && this.count !== this.#names.length)
      this.#refusal = refuse(
        'E_SCHEMA',
        line,
        `has ${counted(this.count)}, the header row has ${this.#names.length}`,
      )
    return this.#refusal
  }

  /** @returns Where the next cell begins; -1 when there is none, or the row is refused. */
  #readPlain(start: number, row: Row): number {
    const bytes = this.#bytes
    const end = row.end
    const delimiter = this.#delimiter[0] as number
    let at = start
    for (; at < end; at += 1) {
      const byte = bytes[at] as number
      if (byte === delimiter && (this.#delimiter.length === 1 || this.#isDelimiter(at, end))) break
      if (byte > QUOTE) continue
      if (byte === QUOTE) return this.#refuse(row, at, 'has a quote inside a cell that is not quoted')
      if (byte === LF || byte === CR) return this.#refuse(row, at, 'is more than one row')
    }
    this.#add(start, at, 0)
    return at < end ? at + this.#delimiter.length : -1
  }

  /** @param opening Position of the opening quote. */
  #readQuoted(opening: number, row: Row): number {
    const bytes = this.#bytes
    const end = row.end
    let at = opening + 1
    let doubled = 0
    for (; at < end; at += 1) {
      if (bytes[at] !== QUOTE) continue
      if (at + 1 >= end || bytes[at + 1] !== QUOTE) break
      doubled += 1
      at += 1
    }
    if (at >= end) return this.#refuse(row, opening, 'has a quoted cell that is not closed')
    const next = at + 1
    if (next < end && !this.#isDelimiter(next, end))
      return this.#refuse(row, next, 'goes on behind a closing quote')
    if (doubled === 0) this.#add(opening + 1, at, 0)
    else this.#addUnquoted(opening + 1, at, row)
    return next < end ? next + this.#delimiter.length : -1
  }

  #isDelimiter(at: number, end: number): boolean {
    const delimiter = this.#delimiter
    if (at + delimiter.length > end) return false
    for (let offset = 0; offset < delimiter.length; offset += 1)
      if (this.#bytes[at + offset] !== delimiter[offset]) return false
    return true
  }

  #add(start: number, end: number, isCopied: 0 | 1): void {
    const at = this.count
    this.#starts[at] = start
    this.#ends[at] = end
    this.#isCopied[at] = isCopied
    this.count = at + 1
  }

  /** Copies a cell with one quote for two. */
  #addUnquoted(start: number, end: number, row: Row): void {
    if (this.#copiedLength === 0) this.#copied = this.#scratch.room(row.end - row.start)
    const bytes = this.#bytes
    const copied = this.#copied
    const from = this.#copiedLength
    let to = from
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number
      copied[to] = byte
      to += 1
      if (byte === QUOTE) at += 1
    }
    this.#copiedLength = to
    this.#add(from, to, 1)
  }

  #refuse(row: Row, at: number, problem: string): -1 {
    const cell = this.count + 1
    const around = textAround(this.#bytes, at, row)
    this.#refusal = refuse(
      'E_PARSE',
      row.line,
      `${problem}: byte ${at - row.start + 1}, cell ${cell}, in "${around}"`,
    )
    return -1
  }

  nameOf(at: number): string {
    return this.#names?.[at] ?? String(at + 1)
  }

  find(name: string): number {
    return this.#positions.get(name) ?? -1
  }

  isNull(): boolean {
    return false
  }

  bytesOf(at: number): Buffer {
    return this.#isCopied[at] === 1 ? this.#copied : this.#bytes
  }

  startOf(at: number): number {
    return this.#starts[at] as number
  }

  endOf(at: number): number {
    return this.#ends[at] as number
  }

  textOf(at: number): string {
    return this.bytesOf(at).toString('utf8', this.startOf(at), this.endOf(at))
  }
}

interface Row {
  readonly start: number
  /** Without the line end. */
  readonly end: number
  readonly line: number
}

const counted = (cells: number): string => (cells === 1 ? '1 cell' : `${cells} cells`)

function withoutLineEnd(bytes: Buffer, start: number, end: number): number {
  if (end > start && bytes[end - 1] === CR) return end - 1
  if (end === start || bytes[end - 1] !== LF) return end
  return end - 1 > start && bytes[end - 2] === CR ? end - 2 : end - 1
}
