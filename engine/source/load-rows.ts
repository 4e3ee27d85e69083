import { JobError } from '../../shared/model/error.ts'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import { parseHeader } from '../load/header.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { detectDialect } from './kinds/csv-dialect.ts'
import { HEAD_BYTES, RECORD_BYTES } from './limits.ts'
import { makeCutter } from './make-cutter.ts'
import { RecordExtents } from './record-extents.ts'
import type { HeadBytes } from './stream-head.ts'

/** How much more is looked at when the header row is longer than what was looked at. */
const GROWTH = 4

interface RowsHead {
  readonly format: 'csv' | 'tsv'
  readonly encoding: EncodingName
  readonly markBytes: number
  /** The first characters, without byte order mark. */
  readonly text: string
  /** The first bytes, at most {@link HEAD_BYTES}, unpacked. */
  readonly content: HeadBytes
}

/**
 * @param read Reads so many bytes of the input's beginning, unpacked.
 * @returns How the rows of an input are cut, with the names of their cells; where there is no row at all, no name.
 * @throws JobError as `parseHeader` does, naming the input; `E_CONFIG` for a delimiter that cannot be one, or a header
 *   row longer than a record may be.
 */
export async function formOfRows(
  name: string,
  { format, encoding, markBytes, text, content }: RowsHead,
  read: (bytes: number) => Promise<HeadBytes>,
): Promise<RecordFormat> {
  const { delimiter, unitsToSkip } = detectDialect(text, format === 'tsv' ? '\t' : null)
  checkDelimiter(name, delimiter, encoding)
  const isWide = encoding === 'utf-16le' || encoding === 'utf-16be'
  const start = markBytes + unitsToSkip * (isWide ? 2 : 1)
  const line = unitsToSkip > 0 ? 2 : 1
  const rows = { format, encoding, delimiter }
  let wanted = HEAD_BYTES
  for (let { head, isWhole } = content, before = -1; ; { head, isWhole } = await read(wanted)) {
    const extents = new RecordExtents()
    const cutter = makeCutter(rows, line)
    const body = head.subarray(start)
    const cut = cutter.cut(body, body.length, isWhole, extents)
    if (extents.count > 0) {
      const end = extents.ends[0] as number
      const firstLine = line + (extents.lines[0] as number)
      const row = {
        bytes: body,
        start: extents.starts[0] as number,
        end,
        line: firstLine,
        encoding,
        delimiter,
      }
      const isAlone = extents.count === 1
      const bodyStart = start + (isAlone ? cut : (extents.starts[1] as number))
      const bodyLine = isAlone ? cutter.line : line + (extents.lines[1] as number)
      return { ...rows, header: headerOf(name, row), bodyStart, bodyLine }
    }
    if (isWhole) return { ...rows, header: [], bodyStart: head.length, bodyLine: cutter.line }
    if (wanted > RECORD_BYTES)
      throw new JobError(
        'E_CONFIG',
        `${name}: the header row does not end within ${RECORD_BYTES / 2 ** 20} MiB; is a quote not closed?`,
      )
    // A stream may only have had a little more at hand.
    if (head.length >= wanted || head.length === before) wanted = Math.min(wanted * GROWTH, RECORD_BYTES + 1)
    before = head.length
  }
}

function headerOf(name: string, row: Parameters<typeof parseHeader>[0]): string[] {
  try {
    return parseHeader(row)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    throw new JobError(error.code, `${name}: ${error.message}`, { cause: error })
  }
}

/** Later bytes of a character of GB18030 may be any of these. */
const IN_GB18030 = /[0-9@-~]/

function checkDelimiter(name: string, delimiter: string, encoding: EncodingName): void {
  const isPlain = /^[\t\x20-\x7e]$/.test(delimiter) && delimiter !== '"'
  if (isPlain && !(encoding === 'gb18030' && IN_GB18030.test(delimiter))) return
  throw new JobError(
    'E_CONFIG',
    `${name}: its sep= line names ${JSON.stringify(delimiter)}, which cannot separate cells in ${encoding}; use a comma, a semicolon or a tab`,
  )
}
