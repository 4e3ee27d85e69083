import { printable } from '../../../shared/model/error.ts'
import { JSON_PATH, LINE_FIELD, refuseFields, type CommandPlan } from '../../load/command-plan.ts'
import type { FieldValues, RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import { AROUND_BYTES, writeArgument, writeBytes, writeLength } from './resp.ts'

/** Redis takes no longer argument, unless it was told to. */
export const ARGUMENT_LIMIT_BYTES = 512 * 2 ** 20

/** The arguments of a command behind its name, for one record after the other. */
export class RecordArguments {
  readonly #plan: CommandPlan
  readonly #most: number
  readonly #names = new NameBytes()
  readonly #star = argumentBytes('*')
  readonly #path = argumentBytes(JSON_PATH)
  /** Of the record that was measured. */
  count = 0
  bytes = 0
  #keyBytes = 0
  #scoreBytes = 0
  #valueBytes = 0

  constructor(plan: CommandPlan, most: number) {
    this.#plan = plan
    this.#most = most
  }

  measure(record: RecordView): Refusal | null {
    const { key, value, score, command, spreadsFields } = this.#plan
    this.#keyBytes = key.measure(record)
    if (this.#keyBytes < 0) return key.problem
    this.count = 1
    this.bytes = AROUND_BYTES + this.#keyBytes
    if (score !== null) {
      this.#scoreBytes = score.measure(record)
      if (this.#scoreBytes < 0) return score.problem
      this.#took(this.#scoreBytes)
    }
    if (command === 'xadd' || command === 'json.set') this.#took(1)
    if (spreadsFields && record.fields !== null) return this.#measureFields(record, record.fields)
    if (spreadsFields) this.#took(LINE_FIELD.length)
    this.#valueBytes = value.measure(record)
    if (this.#valueBytes < 0) return value.problem
    this.#took(this.#valueBytes)
    return this.bytes > ARGUMENT_LIMIT_BYTES ? tooLong(record) : null
  }

  /** @returns The position behind the last argument. */
  write(record: RecordView, into: Buffer, from: number): number {
    const { key, value, score, command, spreadsFields } = this.#plan
    let at = writeArgument(key, this.#keyBytes, record, into, from)
    if (score !== null) at = writeArgument(score, this.#scoreBytes, record, into, at)
    if (command === 'xadd') at += this.#star.copy(into, at)
    if (command === 'json.set') at += this.#path.copy(into, at)
    if (spreadsFields && record.fields !== null) return this.#writeFields(record.fields, into, at)
    if (spreadsFields) {
      const name = this.#names.of(LINE_FIELD, 0)
      at = writeBytes(name, 0, name.length, into, at)
    }
    return writeArgument(value, this.#valueBytes, record, into, at)
  }

  #measureFields(record: RecordView, fields: FieldValues): Refusal | null {
    const refusal = refuseFields(this.#plan, record)
    if (refusal) return refusal
    for (let at = 0; at < fields.count; at += 1) {
      if (fields.isNull(at)) continue
      this.#took(this.#names.of(fields.nameOf(at), at).length)
      this.#took(fields.endOf(at) - fields.startOf(at))
    }
    if (this.count > this.#most) return tooMany(record, this.count, this.#most)
    return this.bytes > ARGUMENT_LIMIT_BYTES ? tooLong(record) : null
  }

  #writeFields(fields: FieldValues, into: Buffer, from: number): number {
    let at = from
    for (let field = 0; field < fields.count; field += 1) {
      if (fields.isNull(field)) continue
      const name = this.#names.of(fields.nameOf(field), field)
      at = writeBytes(name, 0, name.length, into, at)
      at = writeBytes(fields.bytesOf(field), fields.startOf(field), fields.endOf(field), into, at)
    }
    return at
  }

  #took(bytes: number): void {
    this.count += 1
    this.bytes += bytes + AROUND_BYTES
  }
}

/** Names of fields as bytes, remembered by their place: those of a table are the same for every record. */
class NameBytes {
  readonly #names: string[] = []
  readonly #bytes: Buffer[] = []

  of(name: string, at: number): Buffer {
    const known = this.#bytes[at]
    if (known && this.#names[at] === name) return known
    const bytes = Buffer.from(name)
    if (at < 100_000) {
      this.#names[at] = name
      this.#bytes[at] = bytes
    }
    return bytes
  }
}

/** @returns One argument, whole. */
export function argumentBytes(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const bytes = Buffer.alloc(length + AROUND_BYTES)
  const from = writeLength(length, bytes, 0)
  bytes.write(`${text}\r\n`, from)
  return bytes.subarray(0, from + length + 2)
}

const refuse = (record: RecordView, problem: string): Refusal => ({
  code: 'E_DEST_DATA',
  message: printable(`line ${record.line}: ${problem}`),
  isSkip: false,
})

export const tooLong = (record: RecordView): Refusal =>
  refuse(record, `the command is longer than the ${ARGUMENT_LIMIT_BYTES} bytes that Redis takes`)

const tooMany = (record: RecordView, count: number, most: number): Refusal =>
  refuse(record, `${count} arguments are more than the ${most} that one command can have`)
