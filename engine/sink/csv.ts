import type { RowView } from '../journal/row-view.ts'
import { openLineSink } from './line-sink.ts'
import { formatMilliseconds } from './line-buffer.ts'
import type { RecordColumn } from './record-columns.ts'
import { defineRecordSink } from './record-sink.ts'

/**
 * CSV with a header row, quoted as RFC 4180 says, lines ended by a line feed. Absent values are empty, an empty string is
 * `""`; `error` and `meta` hold JSON. Cells are byte for byte what was found, also where a spreadsheet would take one
 * for a formula.
 */
export const csvSink = defineRecordSink({
  ending: '.csv',
  open: request => {
    const { columns } = request
    return openLineSink(request, {
      header: `${columns.map(column => column.name).join(',')}\n`,
      write: (row, line) => line.text(csvLine(columns, row)),
    })
  },
})

const NEEDS_QUOTES = /[",\r\n]/

const quote = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** @returns The selected row and a line feed. */
export function csvLine(columns: readonly RecordColumn[], row: RowView): string {
  let line = ''
  let separator = ''
  for (const column of columns) {
    line += separator
    line += csvValue(column, row)
    separator = ','
  }
  return `${line}\n`
}

function csvValue(column: RecordColumn, row: RowView): string {
  switch (column.kind) {
    case 'integer': {
      const value = column.read(row)
      return Number.isFinite(value) ? String(value) : ''
    }
    case 'milliseconds': {
      const value = column.read(row)
      return Number.isFinite(value) ? formatMilliseconds(value) : ''
    }
    case 'boolean':
      return column.read(row) ? 'true' : 'false'
    case 'text':
    case 'json': {
      const value = column.read(row)
      return value === null ? '' : quote(value)
    }
  }
}
