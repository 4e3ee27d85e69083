import {
  ENCODINGS,
  LOAD_FORMATS,
  type EncodingName,
  type LoadFormat,
} from '../../shared/model/fields/load.ts'
import { shown } from '../source/refusals.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { COLUMNS } from './csv-fields.ts'

/** Rejects that say nothing of their source. */
export const LINES_OF_UTF_8: RecordFormat = {
  format: 'lines',
  encoding: 'utf-8',
  delimiter: null,
  header: null,
  bodyStart: 0,
  bodyLine: 1,
}

/**
 * @param written The member `source` of a rejected record: JSON, not yet known to be an object.
 * @returns How the record is to be read; a sentence on what is wrong, to follow "line 7".
 */
export function readSource(written: string): RecordFormat | string {
  if (!written.startsWith('{')) return 'has no object in "source"'
  const source = JSON.parse(written) as Record<string, unknown>
  const { format, encoding, input } = source
  if (!isFormat(format)) return `has no format in "source": ${shownValue(format)}`
  if (!isEncoding(encoding)) return `has no encoding in "source": ${shownValue(encoding)}`
  const base = { ...LINES_OF_UTF_8, format, encoding, ...(typeof input === 'string' ? { input } : {}) }
  if (format !== 'csv' && format !== 'tsv') return base
  const { header } = source
  const delimiter = source.delimiter ?? (format === 'csv' ? ',' : '\t')
  if (typeof delimiter !== 'string' || delimiter === '')
    return `has no delimiter in "source": ${shownValue(delimiter)}`
  if (!isHeader(header)) return `has no different names in the header of "source": ${shownValue(header)}`
  return { ...base, delimiter, header }
}

const isFormat = (value: unknown): value is LoadFormat =>
  value !== 'auto' && LOAD_FORMATS.some(format => format === value)

const isEncoding = (value: unknown): value is EncodingName =>
  value !== 'auto' && ENCODINGS.some(encoding => encoding === value)

const isHeader = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= COLUMNS &&
  value.every(name => typeof name === 'string') &&
  new Set(value).size === value.length

const shownValue = (value: unknown): string =>
  value === undefined ? 'nothing' : shown(JSON.stringify(value).slice(0, 100))
