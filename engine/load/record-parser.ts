import { JobError } from '../../shared/model/error.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { RowReader } from './csv-fields.ts'
import { ObjectReader } from './json-fields.ts'
import type { RecordParser } from './parser.ts'
import type { ReadingWishes } from './record-view.ts'
import { RejectsParser } from './rejects-line.ts'
import { TextParser, type FieldReader } from './text-parser.ts'

export type { RecordParser } from './parser.ts'

/** @throws JobError `E_SCHEMA` for rows without header. */
export function makeRecordParser(format: RecordFormat, wishes: ReadingWishes): RecordParser {
  const makeText = (inner: RecordFormat): RecordParser | null =>
    inner.format === 'rejects' ? null : new TextParser(inner, wishes, readerOf(inner, wishes))
  // A rejects file may hold lines of a rejects file, which were refused when that was loaded; no deeper.
  const makeInner = (inner: RecordFormat): RecordParser =>
    makeText(inner) ?? new RejectsParser(inner, makeText)
  return makeText(format) ?? new RejectsParser(format, makeInner)
}

function readerOf(format: RecordFormat, wishes: ReadingWishes): FieldReader | null {
  switch (format.format) {
    case 'csv':
    case 'tsv':
      if (format.header === null) throw new JobError('E_SCHEMA', 'rows cannot be read without a header row')
      return new RowReader(format.delimiter ?? (format.format === 'csv' ? ',' : '\t'), format.header)
    case 'jsonl':
      return new ObjectReader(wishes)
    case 'lines':
    case 'rejects':
      return null
  }
}
