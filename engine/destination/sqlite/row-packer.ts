import { JobError, printable, type ErrorCode } from '../../../shared/model/error.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { compileTemplate, copyBytes, type Template } from '../../load/template.ts'
import type { FieldValues, RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import type { RecordFormat } from '../../worker/protocol.ts'
import { sameName } from './names.ts'
import type { PackedRows } from './packed-rows.ts'
import type { TableShape } from './positions.ts'
import { KEY_COLUMN, MOST_COLUMNS } from './target-table.ts'
import type { KeyKind, Slots } from './writer-protocol.ts'

const VALUE_COLUMN = 'value'

/**
 * Makes rows of records: a key and a value, or, for records with fields where no value was asked for, a cell a field.
 *
 * Names get their slots in the order in which they are met. The first record, or the first lease whose format tells,
 * decides what the rows of the run are.
 */
export class RowPacker {
  readonly #key: Template
  readonly #value: Template
  readonly #options: LoadOptions
  readonly #rows: PackedRows
  #shape: TableShape | null = null
  #keyKind: KeyKind = null
  readonly #names: string[] = []
  readonly #required = new Set<string>()
  /** Cell of each field name; cells are slots without the key that is a number. */
  readonly #cellOf = new Map<string, number>()
  /** Names of the fields of the last record, and which of its fields stands in each cell: most records are alike. */
  #lastNames: string[] = []
  #fieldOf = new Int32Array(0)
  #cells = 0
  #hasNews = false

  /** @throws JobError `E_CONFIG` for a wrong template. */
  constructor(options: LoadOptions, rows: PackedRows) {
    this.#options = options
    this.#rows = rows
    this.#key = compileTemplate(options.key ?? '{index}')
    this.#value = compileTemplate(options.value ?? '{line}')
  }

  /**
   * Prepares for records of a lease.
   *
   * @throws JobError `E_CONFIG` when they do not fit with earlier ones, `E_SCHEMA` when a header row makes no table.
   */
  useFormat({ format, header }: RecordFormat): void {
    if (format === 'lines' || this.#options.value !== null) return this.#useShape('pairs')
    if (format === 'rejects') return
    this.#useShape('fields')
    if (header === null) return
    if (header.length + this.#names.length - this.#cellOf.size > MOST_COLUMNS)
      throw new JobError(
        'E_SCHEMA',
        `the header row has ${header.length} columns; SQLite has room for ${MOST_COLUMNS}`,
      )
    const seen = new Set<string>()
    for (const name of header) {
      if (seen.has(name)) throw new JobError('E_SCHEMA', `the header row has two columns called "${name}"`)
      seen.add(name)
      if (this.#isKey(name)) continue
      if (!this.#cellOf.has(name)) this.#addName(name)
      this.#required.add(name)
    }
  }

  /** @returns The slots when they changed since the last call; else `null`. */
  takeNews(): Slots | null {
    if (!this.#hasNews || this.#shape === null) return null
    this.#hasNews = false
    return {
      shape: this.#shape,
      key: this.#keyKind,
      names: [...this.#names],
      required: [...this.#required],
    }
  }

  /** Adds the row of a record. @returns Why it cannot be one; nothing is added then. */
  pack(record: RecordView): Refusal | null {
    const { fields } = record
    if (this.#shape === null) this.#useShape(fields === null ? 'pairs' : 'fields')
    this.#rows.beginRow(record.index)
    if (this.#keyKind === 'text' && !this.#addTemplate(this.#key, record)) return this.#key.problem
    if (this.#shape === 'pairs') {
      if (!this.#addTemplate(this.#value, record)) return this.#value.problem
    } else {
      if (fields === null) return refuse(record, 'E_SCHEMA', 'the record has no fields, as others have')
      if (!this.#isLikeLast(fields)) {
        const problem = this.#arrange(fields)
        if (problem !== null) return refuse(record, 'E_SCHEMA', problem)
      }
      this.#addFields(fields)
    }
    this.#rows.endRow()
    return null
  }

  #useShape(shape: TableShape): void {
    if (this.#shape === shape) return
    if (this.#shape !== null)
      throw new JobError(
        'E_CONFIG',
        'lines and records with fields do not fit one table; give --value, or load them one after the other',
      )
    this.#shape = shape
    this.#hasNews = true
    if (shape === 'pairs' || this.#options.key !== null) {
      this.#keyKind = this.#key.isIndexOnly ? 'index' : 'text'
      this.#names.push(KEY_COLUMN)
      this.#required.add(KEY_COLUMN)
    }
    if (shape === 'pairs') {
      this.#names.push(VALUE_COLUMN)
      this.#required.add(VALUE_COLUMN)
    }
  }

  #addName(name: string): void {
    this.#cellOf.set(name, this.#names.length - (this.#keyKind === 'index' ? 1 : 0))
    this.#names.push(name)
    this.#hasNews = true
  }

  /** Whether a field is the key as it stands, so that it needs no second column of the same name. */
  #isKey(name: string): boolean {
    return this.#keyKind !== null && sameName(name) === KEY_COLUMN && this.#key.text === `{field:${name}}`
  }

  #addTemplate(template: Template, record: RecordView): boolean {
    const length = template.measure(record)
    if (length < 0) return false
    const at = this.#rows.addCell(length)
    template.write(record, this.#rows.bytes, at)
    return true
  }

  #isLikeLast(fields: FieldValues): boolean {
    const names = this.#lastNames
    if (fields.count !== names.length) return false
    for (let at = 0; at < names.length; at += 1) if (fields.nameOf(at) !== names[at]) return false
    return true
  }

  /** Finds the cell of each field. @returns Why a field can have none. */
  #arrange(fields: FieldValues): string | null {
    const names: string[] = []
    const first = this.#keyKind === 'text' ? 1 : 0
    const fieldOf: number[] = []
    this.#lastNames = []
    this.#cells = 0
    for (let at = 0; at < fields.count; at += 1) {
      const name = fields.nameOf(at)
      names.push(name)
      if (this.#isKey(name)) continue
      if (!this.#cellOf.has(name)) {
        if (this.#names.length >= MOST_COLUMNS)
          return `the records have more than ${MOST_COLUMNS} different fields; "${name}" is beyond what SQLite has room for`
        this.#addName(name)
      }
      fieldOf[(this.#cellOf.get(name) as number) - first] = at
    }
    this.#fieldOf = Int32Array.from(fieldOf, at => at ?? -1)
    this.#cells = fieldOf.length
    this.#lastNames = names
    return null
  }

  #addFields(fields: FieldValues): void {
    const rows = this.#rows
    for (let cell = 0; cell < this.#cells; cell += 1) {
      const at = this.#fieldOf[cell] as number
      if (at < 0 || fields.isNull(at)) rows.addAbsent()
      else {
        const start = fields.startOf(at)
        const end = fields.endOf(at)
        const to = rows.addCell(end - start)
        copyBytes(fields.bytesOf(at), start, end, rows.bytes, to)
      }
    }
  }
}

const refuse = (record: RecordView, code: ErrorCode, problem: string): Refusal => ({
  code,
  message: printable(`line ${record.line}: ${problem}`),
  isSkip: false,
})
