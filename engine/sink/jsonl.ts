import type { RowView } from '../journal/row-view.ts'
import { constantOf, type LineBuffer } from './line-buffer.ts'
import { openLineSink } from './line-sink.ts'
import type { RecordColumn } from './record-columns.ts'
import { defineRecordSink } from './record-sink.ts'

/** JSON Lines: an object a record, its members in the order of the columns. */
export const jsonlSink = defineRecordSink({
  ending: '.jsonl',
  open: request => openLineSink(request, { header: '', write: jsonWriter(request.columns) }),
})

const NULL = constantOf('null')
const TRUE = constantOf('true')
const FALSE = constantOf('false')
const END = constantOf('}\n')

/** @returns What writes the selected row as a JSON object and a line feed. */
export function jsonWriter(columns: readonly RecordColumn[]): (row: RowView, line: LineBuffer) => void {
  const members = columns.map((column, at) => constantOf(`${at === 0 ? '{' : ','}"${column.name}":`))
  return (row, line) => {
    for (let at = 0; at < columns.length; at += 1) {
      line.constant(members[at]!)
      writeValue(columns[at]!, row, line)
    }
    line.constant(END)
  }
}

function writeValue(column: RecordColumn, row: RowView, line: LineBuffer): void {
  switch (column.kind) {
    case 'integer':
      line.integer(column.read(row))
      break
    case 'milliseconds':
      line.milliseconds(column.read(row))
      break
    case 'boolean':
      line.constant(column.read(row) ? TRUE : FALSE)
      break
    case 'text':
      writeText(column, row, line)
      break
    case 'json': {
      const value = column.read(row)
      if (value === null) line.constant(NULL)
      else line.text(value)
      break
    }
  }
}

/** A string that needs no escape, as nearly all do, is copied as the bytes that it already is. */
function writeText(column: RecordColumn & { kind: 'text' }, row: RowView, line: LineBuffer): void {
  for (const position of column.strings) {
    if (!row.locate(position)) continue
    if (line.quoted(row.view, row.textStart, row.textEnd)) return
    line.text(JSON.stringify(row.string(position)))
    return
  }
  const value = column.strings.length === 0 ? column.read(row) : null
  if (value === null) line.constant(NULL)
  else line.text(JSON.stringify(value))
}
