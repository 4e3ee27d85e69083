import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { parse, type CastingContext } from 'csv-parse/sync'
import { csvSink } from '../../engine/sink/csv.ts'
import { jsonlSink } from '../../engine/sink/jsonl.ts'
import { sqliteSink } from '../../engine/sink/sqlite.ts'
import { describeLineSink, describeRecordSink, type RecordSinkProbe } from './record-sink.ts'

const JSON_COLUMNS = ['error', 'meta']
const TEXT_COLUMNS = ['url', 'finalUrl', 'outcome', 'contentType', 'title', 'bodyHash', 'digest']

const jsonl: RecordSinkProbe = {
  kind: jsonlSink,
  read: path =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Record<string, unknown>),
}

const csv: RecordSinkProbe = {
  kind: csvSink,
  read: path => parse(readFileSync(path), { columns: true, cast: typed }),
}

function typed(value: string, { header, quoting, column }: CastingContext): unknown {
  if (header) return value
  if (value === '' && !quoting) return null
  return TEXT_COLUMNS.includes(String(column)) ? value : (JSON.parse(value) as unknown)
}

const sqlite: RecordSinkProbe = {
  kind: sqliteSink,
  read: path => {
    using database = new DatabaseSync(path, { readOnly: true })
    return database
      .prepare('SELECT * FROM results ORDER BY "index"')
      .all()
      .map(row => {
        const members = Object.entries(row).map(([name, value]): [string, unknown] => {
          if (name === 'ok') return [name, value === 1]
          return [name, JSON_COLUMNS.includes(name) && value !== null ? JSON.parse(String(value)) : value]
        })
        return Object.fromEntries(members)
      })
  },
}

describeRecordSink('.jsonl', jsonl)
describeLineSink('.jsonl', jsonl)
describeRecordSink('.csv', csv)
describeLineSink('.csv', csv)
describeRecordSink('.db', sqlite)
