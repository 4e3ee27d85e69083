import { JobError } from '../../shared/model/error.ts'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import { shown } from '../source/refusals.ts'
import { RowReader } from './csv-fields.ts'
import { makeRecordDecoder } from './decode.ts'
import { notEncodedAs } from './record-refusals.ts'

export interface HeaderRow {
  /** The row is `bytes[start, end)`, with or without its line end. */
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** From 1. */
  readonly line: number
  readonly encoding: EncodingName
  readonly delimiter: string
}

/**
 * Reads the names of the cells. They are taken as they stand, spaces included; a byte order mark before the first is no
 * part of it. A cell without name is named by its position from 1, such as `3`.
 *
 * @throws JobError `E_ENCODING`, `E_PARSE` for a row that cannot be read, `E_SCHEMA` for more cells than a row may have
 *   or a name that appears twice.
 */
export function parseHeader(row: HeaderRow): string[] {
  const decoder = makeRecordDecoder(row.encoding)
  const wrongAt = decoder.decode(row.bytes, row.start, row.end)
  if (wrongAt >= 0) {
    const { message } = notEncodedAs(row.encoding, row.line, { ...row, at: wrongAt })
    throw new JobError('E_ENCODING', `the header row on ${message}`)
  }
  const { text, end } = decoder
  const start = decoder.start + (hasMark(text, decoder.start, end) ? 3 : 0)
  const cells = new RowReader(row.delimiter, null)
  const refusal = cells.read(text, start, end, row.line)
  if (refusal !== null) throw new JobError(refusal.code, `the header row on ${refusal.message}`)
  const names = Array.from({ length: cells.count }, (_, at) => cells.textOf(at) || String(at + 1))
  refuseDuplicates(names, row.line)
  return names
}

function refuseDuplicates(names: readonly string[], line: number): void {
  const positions = new Map<string, number>()
  names.forEach((name, at) => {
    const first = positions.get(name)
    if (first !== undefined)
      throw new JobError(
        'E_SCHEMA',
        `the header row on line ${line} names cell ${first + 1} and cell ${at + 1} alike: "${shown(name)}"`,
      )
    positions.set(name, at)
  })
}

const hasMark = (text: Buffer, start: number, end: number): boolean =>
  end - start >= 3 && text[start] === 0xef && text[start + 1] === 0xbb && text[start + 2] === 0xbf
