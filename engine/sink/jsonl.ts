import type { RowView } from '../journal/row-view.ts'
import { openLineSink } from './line-sink.ts'
import { formatMilliseconds, type RecordColumn } from './record-columns.ts'
import { defineRecordSink } from './record-sink.ts'

/** JSON Lines: an object a record, its members in the order of the columns. */
export const jsonlSink = defineRecordSink({
  ending: '.jsonl',
  open: request => {
    const { columns } = request
    return openLineSink(request, { header: '', line: row => jsonLine(columns, row) })
  },
})

// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/

const quote = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`)

/** @returns The selected row as a JSON object and a line feed. */
export function jsonLine(columns: readonly RecordColumn[], row: RowView): string {
  let line = ''
  for (const column of columns) {
    line += line === '' ? '{"' : ',"'
    line += column.name
    line += '":'
    line += jsonValue(column, row)
  }
  return `${line}}\n`
}

function jsonValue(column: RecordColumn, row: RowView): string {
  switch (column.kind) {
    case 'integer': {
      const value = column.read(row)
      return Number.isFinite(value) ? String(value) : 'null'
    }
    case 'milliseconds': {
      const value = column.read(row)
      return Number.isFinite(value) ? formatMilliseconds(value) : 'null'
    }
    case 'boolean':
      return column.read(row) ? 'true' : 'false'
    case 'text': {
      const value = column.read(row)
      return value === null ? 'null' : quote(value)
    }
    case 'json':
      return column.read(row) ?? 'null'
  }
}
