import type { EncodingName, LoadFormat } from '../../../shared/model/fields/load.ts'
import type { LoadCursor, ReadingWishes } from '../../../engine/load/record-view.ts'
import type { RecordWindow } from '../../../engine/source/record-blocks.ts'
import type { LeaseData, RecordFormat } from '../../../engine/worker/protocol.ts'

export const WISHES: ReadingWishes = { trim: true, needsFields: true, invalidBytes: 'reject' }

/** A record as a test compares it. */
export interface LoadedRecord {
  readonly task: number
  readonly index: number
  readonly line: number
  readonly byteOffset: number
  readonly byteLength: number
  /** Latin-1 of the raw bytes. */
  readonly raw: string
  /** The text, or the code of the refusal. */
  readonly text: string
}

export const recordFormat = (format: LoadFormat, changes: Partial<RecordFormat> = {}): RecordFormat => ({
  format,
  encoding: 'utf-8',
  delimiter: format === 'csv' ? ',' : format === 'tsv' ? '\t' : null,
  header: null,
  bodyStart: 0,
  bodyLine: 1,
  ...changes,
})

/** Data of a file of records read from its beginning. */
export const recordsOf = (
  path: string,
  sizeBytes: number,
  records: RecordFormat,
): Extract<LeaseData, { type: 'range' }> => ({
  type: 'range',
  input: { path, sizeBytes, records },
  byteStart: 0,
  indexAtStart: 0,
  lineAtStart: 1,
})

/** Reads a cursor to its end and closes it. */
export async function drainLoad(cursor: LoadCursor): Promise<LoadedRecord[]> {
  const records: LoadedRecord[] = []
  let readable = Promise.withResolvers<void>()
  cursor.onReadable = () => readable.resolve()
  for (;;) {
    const state = cursor.next()
    if (state === 'end') break
    if (state === 'wait') {
      await readable.promise
      readable = Promise.withResolvers<void>()
      continue
    }
    const { taskIndex: task, index, line, byteOffset, byteLength, refusal, ...view } = cursor.record
    const raw = view.raw.toString('latin1', view.rawStart, view.rawEnd)
    const text = refusal?.code ?? view.text.toString('utf8', view.textStart, view.textEnd)
    records.push({ task, index, line, byteOffset, byteLength, raw, text })
  }
  cursor.close()
  return records
}

/** Where a record lies in the data. */
export interface Extent {
  readonly start: number
  readonly end: number
  readonly line: number
}

export function extentsOf({ extents, origin, line, lostAt }: RecordWindow): Extent[] {
  return Array.from({ length: extents.count }, (_, at) => ({
    start: at === 0 && lostAt >= 0 ? lostAt : origin + (extents.starts[at] ?? NaN),
    end: origin + (extents.ends[at] ?? NaN),
    line: line + (extents.lines[at] ?? NaN),
  }))
}

/** @returns `text` in an encoding that a test can write: GB18030 only where it is ASCII. */
export function encode(text: string, encoding: EncodingName): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  return Buffer.from(text)
}
