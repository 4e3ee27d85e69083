import { errorCodeOf } from '../../shared/model/error.ts'
import { COMMON_COLUMN, LOAD_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'
import { base64RangeOf } from './base64-range.ts'
import { openLateFile } from './late-file.ts'
import { constantOf, type LineBuffer } from './line-buffer.ts'
import { LineWriter } from './output-file.ts'
import type { RecordSink, RecordSinkKind } from './record-sink.ts'

const { numbers, strings } = positionsOf(LOAD_LAYOUT)

const MEMBERS = [
  ['{"index":', numbers.recordIndex],
  [',"line":', numbers.line],
  [',"byteOffset":', numbers.byteOffset],
  [',"byteLength":', numbers.byteLength],
] as const satisfies readonly (readonly [text: string, column: number])[]
const NUMBERS = MEMBERS.map(([text, column]) => ({ member: constantOf(text), column }))
const CODE = constantOf(',"code":"')
const MESSAGE = constantOf('","message":')
const RAW = constantOf(',"rawBase64":')
const SOURCE = constantOf(',"source":')
const NULL = constantOf('null')
const EMPTY = constantOf('""')
const QUOTE = constantOf('"')
const END = constantOf('}\n')

/**
 * The rejects of a load: a JSON object a line, which `--format rejects` loads again once it is corrected. The file comes
 * into being with its first reject.
 *
 * @param inputs Of the load. Records that are too long for a segment are read again from the one that they are from.
 */
export const rejectsSink = (inputs: readonly string[]): Pick<RecordSinkKind, 'open'> => ({
  open: async request => {
    const { target, state } = await openLateFile(request)
    return { sink: new RejectsSink(new LineWriter(request.path, target, state.bytes), inputs), state }
  },
})

class RejectsSink implements RecordSink {
  readonly wantsSync = false
  readonly #writer: LineWriter
  readonly #inputs: readonly string[]

  constructor(writer: LineWriter, inputs: readonly string[]) {
    this.#writer = writer
    this.#inputs = inputs
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes
  }

  add(row: RowView): void {
    const line = this.#writer.buffer
    for (const { member, column } of NUMBERS) {
      line.constant(member)
      line.integer(row.number(column))
    }
    line.constant(CODE)
    line.text(errorCodeOf(row.number(COMMON_COLUMN.error)) ?? 'E_INTERNAL')
    line.constant(MESSAGE)
    if (!copyText(row, strings.errorMessage, line)) line.constant(EMPTY)
    line.constant(RAW)
    if (!copyText(row, strings.raw, line)) this.#addRaw(row)
    const source = row.string(strings.source)
    if (source !== null) {
      line.constant(SOURCE)
      line.text(source)
    }
    line.constant(END)
    this.#writer.added()
  }

  async flush(): Promise<void> {
    await this.#writer.flush()
  }

  async sync(): Promise<number> {
    return this.#writer.sync()
  }

  async finish(): Promise<void> {
    // What is synced is already all that people read.
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }

  #addRaw(row: RowView): void {
    const line = this.#writer.buffer
    const bytes = row.number(numbers.byteLength)
    if (bytes === 0) return line.constant(EMPTY)
    const input = this.#inputOf(row)
    const range = input === null ? null : base64RangeOf(input, row.number(numbers.byteOffset), bytes)
    if (range === null) return line.constant(NULL)
    line.constant(QUOTE)
    this.#writer.later(range)
    line.constant(QUOTE)
  }

  /** @returns The file the record is from; never one that a file of rejects names and the job does not. */
  #inputOf(row: RowView): string | null {
    const { input: named } = this.#inputs.length > 1 ? sourceOf(row) : { input: this.#inputs[0] }
    const input = this.#inputs.find(each => each === named)
    return input === undefined || input === '-' ? null : input
  }
}

const sourceOf = (row: RowView): { readonly input?: unknown } =>
  JSON.parse(row.string(strings.source) ?? '{}') as object

/** @returns False when the row has no such string. */
function copyText(row: RowView, column: number, line: LineBuffer): boolean {
  if (!row.locate(column)) return false
  if (!line.quoted(row.view, row.textStart, row.textEnd)) line.text(JSON.stringify(row.string(column)))
  return true
}
