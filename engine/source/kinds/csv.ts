import { isUtf8 } from 'node:buffer'
import type { CsvError, Parser } from 'csv-parse'
import { JobError } from '../../../shared/model/error.ts'
import { withoutMark } from '../encoding.ts'
import { CSV_RECORD_BYTES } from '../limits.ts'
import { emptyCell, notEncoded, shown, shownBytes, urlRefusal, withoutColumn } from '../refusals.ts'
import { defineSource, type RecordSink, type SourceInput } from '../source.ts'
import { withoutWhiteSpace } from '../white-space.ts'
import { findColumn, type CsvColumn } from './csv-column.ts'
import { detectDialect } from './csv-dialect.ts'

/** Rows with quoted cells; the URL in one column. A row without URL is a record that is refused. */
export const csv = defineSource({
  kind: 'csv',
  extensions: ['csv'],
  rangeFormat: null,
  recognise: () => null,
  parse: (input, sink) => parseRows(input, null, sink),
})

/** The same with tabs between the cells. */
export const tsv = defineSource({
  kind: 'tsv',
  extensions: ['tsv', 'tab'],
  rangeFormat: null,
  recognise: () => null,
  parse: (input, sink) => parseRows(input, '\t', sink),
})

interface Row {
  readonly cells: readonly Buffer[]
  readonly line: number
}

async function parseRows(input: SourceInput, delimiter: string | null, sink: RecordSink): Promise<void> {
  const rows: Row[] = []
  const dialect = detectDialect(input.head, delimiter)
  const parser = await makeParser(dialect.delimiter, rows)
  // Whoever waits hears of an error; the event comes again, and nobody may miss it.
  parser.on('error', () => undefined)
  const records = new RowRecords(input, sink)
  let cut = Buffer.alloc(0)
  let toSkip = dialect.unitsToSkip
  try {
    for await (const chunk of withoutMark(input.bytes)) {
      // A CR LF must not be seen in two halves: each would count as a line.
      const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk
      const whole = bytes.length - (bytes[bytes.length - 1] === CR ? 1 : 0)
      cut = Buffer.from(bytes.subarray(whole))
      const skipped = Math.min(toSkip, whole)
      toSkip -= skipped
      await write(parser, bytes.subarray(skipped, whole))
      await records.take(rows)
    }
    await finish(parser, cut)
    await records.take(rows)
    await records.end()
  } catch (error) {
    await records.take(rows)
    throw isCsvError(error) ? unreadable(input.name, error, records.line + 1) : error
  } finally {
    parser.destroy()
  }
}

const CR = 13

/** Loads the library for whoever needs it: the reader of most runs does not. */
async function makeParser(delimiter: string, rows: Row[]): Promise<Parser> {
  const { parse } = await import('csv-parse')
  let linesBefore = 0
  let blankBefore = 0
  let parserLines = 0
  return parse({
    delimiter,
    // Cells stay bytes, so that none is decoded with replacement characters.
    encoding: null,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: CSV_RECORD_BYTES,
    on_record: (cells, { lines, empty_lines: blank }) => {
      const row = { cells: cells as unknown as Buffer[], line: linesBefore + 1 + blank - blankBefore }
      rows.push(row)
      linesBefore = row.line
      // The parser takes a CR LF inside quotes for two lines, so lines inside of rows are counted here.
      if (lines - parserLines > 1 + blank - blankBefore) linesBefore += lineEndsIn(row.cells)
      parserLines = lines
      blankBefore = blank
      // Nothing is handed to the stream's readable side: rows are taken from the array.
      return null
    },
  })
}

/** @returns The name of a column as text: spreadsheets in Chinese save GB18030, of which everything else stays as it is. */
const nameOf = (cell: Buffer): string =>
  isUtf8(cell) ? cell.toString('utf8') : new TextDecoder('gb18030').decode(cell)

const lineEndsIn = (cells: readonly Buffer[]): number =>
  cells.reduce((sum, cell) => sum + (cell.toString('latin1').match(/\r\n|\r|\n/g)?.length ?? 0), 0)

const write = (parser: Parser, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.write(bytes, error => {
      if (error) reject(error)
      else resolve()
    })
  })

const finish = (parser: Parser, rest: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.once('error', reject)
    parser.once('end', resolve)
    parser.resume()
    parser.end(rest)
  })

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')

function unreadable(name: string, error: CsvError, line: number): JobError {
  const problem =
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? `the row that begins on line ${line} does not end within ${CSV_RECORD_BYTES / 2 ** 20} MiB; is a quote not closed?`
      : error.message
  return new JobError('E_PARSE', `${name}: ${problem}`, { cause: error })
}

/** Turns rows into records once it is known which column holds the URL. */
class RowRecords {
  /** Line on which the last row began. */
  line = 0
  readonly #input: SourceInput
  readonly #sink: RecordSink
  #column: CsvColumn | null = null
  #first: Row | null = null

  constructor(input: SourceInput, sink: RecordSink) {
    this.#input = input
    this.#sink = sink
  }

  /** Takes all of `rows`. */
  async take(rows: Row[]): Promise<void> {
    for (const row of rows.splice(0)) await this.#row(row)
  }

  /** @throws JobError `E_CONFIG` when the only row shows no column with URLs. */
  async end(): Promise<void> {
    if (this.#column === null && this.#first !== null) await this.#decide(this.#first, null)
  }

  async #row(row: Row): Promise<void> {
    this.line = row.line
    if (this.#column !== null) return this.#hand(row, this.#column)
    if (this.#first === null) this.#first = row
    else await this.#decide(this.#first, row)
  }

  async #decide(first: Row, second: Row | null): Promise<void> {
    const texts = (row: Row): string[] => row.cells.map(nameOf)
    const column = findColumn(
      this.#input.options.column,
      texts(first),
      second === null ? null : texts(second),
    )
    this.#column = column
    if (!column.hasHeader) await this.#hand(first, column)
    if (second !== null) await this.#hand(second, column)
  }

  async #hand({ cells, line }: Row, { position }: CsvColumn): Promise<void> {
    const full = this.#add(cells, line, position)
    if (full !== null) await full
  }

  #add(cells: readonly Buffer[], line: number, position: number): Promise<void> | null {
    const cell = cells[position]
    if (cell === undefined) return this.#sink.add('', line, withoutColumn(line, cells.length, position + 1))
    if (!isUtf8(cell)) return this.#sink.add(shownBytes(cell), line, notEncoded(line, this.#input.encoding))
    const value = withoutWhiteSpace(cell.toString('utf8'))
    if (value === '') return this.#sink.add('', line, emptyCell(line))
    const refusal = urlRefusal(value, line)
    return this.#sink.add(refusal === null ? value : shown(value), line, refusal)
  }
}
