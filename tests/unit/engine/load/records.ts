import type { RecordFormat } from '../../../../engine/worker/protocol.ts'
import { makeRecordParser, type RecordParser } from '../../../../engine/load/record-parser.ts'
import type { FieldValues, ReadingWishes } from '../../../../engine/load/record-view.ts'

export const WISHES: ReadingWishes = { trim: true, needsFields: true, invalidBytes: 'reject' }

export const formatOf = (format: Partial<RecordFormat>): RecordFormat => ({
  format: 'lines',
  encoding: 'utf-8',
  delimiter: null,
  header: null,
  bodyStart: 0,
  bodyLine: 1,
  ...format,
})

export const parserOf = (format: Partial<RecordFormat>, wishes: Partial<ReadingWishes> = {}): RecordParser =>
  makeRecordParser(formatOf(format), { ...WISHES, ...wishes })

/** Parses a record that lies between others, on line 7. */
export function parse(parser: RecordParser, record: string | Buffer): void {
  const before = Buffer.from('{"x"\ufeff')
  const bytes = Buffer.concat([before, Buffer.from(record as string), Buffer.from('"},1 \udc00')])
  const end = before.length + Buffer.from(record as string).length
  parser.parse(bytes, before.length, end, { line: 7 })
}

export const textBytes = (parser: RecordParser): Buffer =>
  parser.text.subarray(parser.textStart, parser.textEnd)

export const textOf = (parser: RecordParser): string => textBytes(parser).toString('utf8')

export const namesOf = (fields: FieldValues | null): string[] =>
  Array.from({ length: fields?.count ?? 0 }, (_, at) => fields?.nameOf(at) ?? '')

export const valuesOf = (fields: FieldValues | null): string[] =>
  Array.from({ length: fields?.count ?? 0 }, (_, at) => fields?.textOf(at) ?? '')

/** @returns What the record was refused with: `E_PARSE line 7 …`; the text when it was not refused. */
export function outcome(parser: RecordParser, record: string | Buffer): string {
  parse(parser, record)
  return parser.refusal === null ? textOf(parser) : `${parser.refusal.code} ${parser.refusal.message}`
}
