import type { RowView } from '../journal/row-view.ts'
import { openLineSink } from './line-sink.ts'
import { formatMilliseconds } from './line-buffer.ts'
import type { RecordColumn } from './record-columns.ts'
import { defineRecordSink, type OpenedSink, type SinkRequest } from './record-sink.ts'

/**
 * CSV with a header row, quoted as RFC 4180 says, lines ended by a line feed. Absent values are empty, an empty string is
 * `""`; `error` and `meta` hold JSON. Cells are byte for byte what was found, also where a spreadsheet would take one
 * for a formula.
 */
export const csvSink = defineRecordSink({ ending: '.csv', open: request => openCsv(request, quote) })

/** The same for spreadsheets: text that one would take for a formula begins with an apostrophe. Numbers stay numbers. */
export const spreadsheetSink = defineRecordSink({
  ending: '.csv',
  open: request => openCsv(request, text => quote(harmless(text))),
})

/** Writes text as a cell. */
type WriteText = (text: string) => string

function openCsv(request: SinkRequest, writeText: WriteText): Promise<OpenedSink> {
  const { columns } = request
  return openLineSink(request, {
    header: `${columns.map(column => column.name).join(',')}\n`,
    write: (row, line) => line.text(csvLine(columns, row, writeText)),
  })
}

/** How spreadsheets recognise a formula, leading white space and full-width signs included. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/

const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

const NEEDS_QUOTES = /[",\r\n]/

const quote = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** @returns The selected row and a line feed. */
export function csvLine(
  columns: readonly RecordColumn[],
  row: RowView,
  writeText: WriteText = quote,
): string {
  let line = ''
  let separator = ''
  for (const column of columns) {
    line += separator
    line += csvValue(column, row, writeText)
    separator = ','
  }
  return `${line}\n`
}

function csvValue(column: RecordColumn, row: RowView, writeText: WriteText): string {
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
      return value === null ? '' : writeText(value)
    }
  }
}
