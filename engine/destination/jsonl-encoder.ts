import { isUtf8 } from 'node:buffer'
import { printable } from '../../shared/model/error.ts'
import type { LoadOptions } from '../../shared/model/fields/load.ts'
import { MAX_STRING_UNITS } from '../journal/segment-format.ts'
import { planOf, type CommandPlan } from '../load/command-plan.ts'
import { ObjectReader } from '../load/json-fields.ts'
import type { FieldValues, RecordView } from '../load/record-view.ts'
import type { Template } from '../load/template.ts'
import type { Refusal } from '../source/cursor.ts'
import type { LocalEncoder } from './local-writer.ts'

/**
 * Makes the line of a `jsonl:` destination for each record, in `output`.
 *
 * - Records of lines, and all records with `--value`: `{"key":…,"value":…}` by the two templates. A key that is
 *   `{index}` is a number, everything else is text.
 * - Rows: an object of their cells, behind `"key"` where `--key` is given.
 * - JSON objects: the text as it stands, so that numbers keep every digit, with `"key"` in front where `--key` is given.
 */
export class JsonlEncoder implements LocalEncoder {
  /** The line of the record that was encoded last, without its end. */
  output = ''
  readonly #plan: CommandPlan
  readonly #hasKey: boolean
  readonly #hasValue: boolean
  readonly #mayBeInvalid: boolean

  /** @throws JobError `E_CONFIG` for templates that make no sense. */
  constructor(options: LoadOptions) {
    this.#plan = planOf(options)
    this.#hasKey = options.key !== null
    this.#hasValue = options.value !== null
    this.#mayBeInvalid = options.invalidBytes === 'keep'
  }

  encode(record: RecordView): Refusal | null {
    const { fields } = record
    if (this.#mayBeInvalid && !isUtf8(record.text.subarray(record.textStart, record.textEnd)))
      return refuse(record, 'E_ENCODING', 'is not UTF-8, which JSON has to be')
    const refusal =
      fields === null || this.#hasValue ? this.#encodePair(record) : this.#encodeFields(record, fields)
    if (refusal !== null) return refusal
    if (this.output.length <= MAX_STRING_UNITS) return null
    const { length } = this.output
    this.output = ''
    return refuse(
      record,
      'E_DEST_DATA',
      `would be a line of ${length} characters, at most ${MAX_STRING_UNITS} fit`,
    )
  }

  #encodePair(record: RecordView): Refusal | null {
    const { key, value } = this.#plan
    const keyText = textOf(key, record)
    if (keyText === null) return key.problem
    const valueText = textOf(value, record)
    if (valueText === null) return value.problem
    this.output = `{"key":${this.#keyOf(keyText)},"value":${JSON.stringify(valueText)}}`
    return null
  }

  #encodeFields(record: RecordView, fields: FieldValues): Refusal | null {
    let key = ''
    if (this.#hasKey) {
      const text = textOf(this.#plan.key, record)
      if (text === null) return this.#plan.key.problem
      if (fields.find('key') >= 0)
        return refuse(record, 'E_SCHEMA', 'has a field "key", as the line has with --key')
      key = `"key":${this.#keyOf(text)}`
    }
    this.output = fields instanceof ObjectReader ? objectWith(key, record, fields) : rowWith(key, fields)
    return null
  }

  #keyOf(text: string): string {
    return this.#plan.key.isIndexOnly ? text : JSON.stringify(text)
  }
}

const textOf = (template: Template, record: RecordView): string | null =>
  template.measure(record) < 0 ? null : template.textOf(record)

/** White space may stand around the braces, and a CR, which ends no line of the source, may stand between members. */
function objectWith(key: string, { text, textStart, textEnd }: RecordView, { count }: FieldValues): string {
  const object = text.toString('utf8', textStart, textEnd).trim().replaceAll('\r', ' ')
  if (key === '') return object
  return `{${key}${count === 0 ? '' : ','}${object.slice(1)}`
}

function rowWith(key: string, fields: FieldValues): string {
  let members = key
  for (let at = 0; at < fields.count; at += 1) {
    const value = fields.isNull(at) ? 'null' : JSON.stringify(fields.textOf(at))
    members += `${members === '' ? '' : ','}${JSON.stringify(fields.nameOf(at))}:${value}`
  }
  return `{${members}}`
}

const refuse = (record: RecordView, code: Refusal['code'], problem: string): Refusal => ({
  code,
  message: printable(`line ${record.line} ${problem}`),
  isSkip: false,
})
