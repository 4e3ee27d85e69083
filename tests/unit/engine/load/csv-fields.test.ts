import { parse as parseReference } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowReader } from '../../../../engine/load/csv-fields.ts'
import { namesOf, outcome, parse, parserOf, textOf, valuesOf } from './records.ts'

const csv = (header: readonly string[], delimiter = ',') => parserOf({ format: 'csv', delimiter, header })

/** @returns The cells of the one row that csv-parse finds; `null` when it finds an error. */
function reference(row: string, delimiter: string): string[] | null {
  try {
    const rows: string[][] = parseReference(row, { delimiter, relax_column_count: true })
    return rows.length === 1 ? (rows[0] ?? null) : null
  } catch {
    return null
  }
}

function cells(row: string, reader: RowReader): string[] | null {
  const bytes = Buffer.from(`,"${row}",`)
  return reader.read(bytes, 2, bytes.length - 2, 1) === null ? valuesOf(reader) : null
}

describe('rows', () => {
  it('gives cells by name and by position', () => {
    const parser = csv(['id', 'name', 'note'])
    parse(parser, '7,"a ""b"", c", ü ')
    const fields = parser.fields
    expect(namesOf(fields)).toEqual(['id', 'name', 'note'])
    expect(valuesOf(fields)).toEqual(['7', 'a "b", c', ' ü '])
    expect([fields?.find('name'), fields?.find('other'), fields?.isNull(0)]).toEqual([1, -1, false])
    expect(textOf(parser)).toBe('7,"a ""b"", c", ü')
  })

  it('copies only cells with doubled quotes', () => {
    const parser = csv(['a', 'b', 'c'])
    const block = Buffer.from('"x""""y","z",""""')
    parser.parse(block, 0, block.length, { line: 1 })
    expect(valuesOf(parser.fields)).toEqual(['x""y', 'z', '"'])
    expect(parser.fields?.bytesOf(1)).toBe(block)
  })

  it('keeps line ends inside of quotes', () => {
    const parser = csv(['a', 'b'])
    parse(parser, '"1\r\n2","3\r"\r\n')
    expect(valuesOf(parser.fields)).toEqual(['1\r\n2', '3\r'])
  })

  it('reads as csv-parse does, and refuses what csv-parse refuses', () => {
    for (const delimiter of [',', '\t', ';', '||', '§']) {
      const reader = new RowReader(delimiter, null)
      const piece = fc.constantFrom(
        'a',
        'b c',
        'é',
        '"',
        '""',
        delimiter,
        delimiter,
        '\n',
        '\r\n',
        ' ',
        '|',
        "'",
        '1',
      )
      fc.assert(
        fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), pieces => {
          const row = pieces.join('')
          // What begins or ends with a line end is more than one row to csv-parse, or none.
          fc.pre(!/^[\r\n]|[\r\n][\r\n]$/.test(row))
          expect(cells(row, reader)).toEqual(reference(row, delimiter))
        }),
        { seed: 20_260_712, numRuns: 800 },
      )
    }
  })

  it('writes any cells so that they are read again', () => {
    const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
    const reader = new RowReader(',', null)
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '\0', 'é', '中', '😀') })
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), values => {
        expect(cells(values.map(quoted).join(','), reader)).toEqual(values)
      }),
    )
  })

  it('names what is wrong and where', () => {
    const parser = csv(['a', 'b', 'c'])
    expect(outcome(parser, '1,2')).toBe('E_SCHEMA line 7 has 2 cells, the header row has 3')
    expect(outcome(parser, '1,2,3,')).toBe('E_SCHEMA line 7 has 4 cells, the header row has 3')
    expect(outcome(parser, '')).toBe('E_SCHEMA line 7 has 1 cell, the header row has 3')
    expect(outcome(parser, '1,2"x,3')).toBe(
      'E_PARSE line 7 has a quote inside a cell that is not quoted: byte 4, cell 2, in "1,2"x,3"',
    )
    expect(outcome(parser, '1,"2"x,3')).toBe(
      'E_PARSE line 7 goes on behind a closing quote: byte 6, cell 2, in "1,"2"x,3"',
    )
    expect(outcome(parser, '1,"2,3')).toBe(
      'E_PARSE line 7 has a quoted cell that is not closed: byte 3, cell 2, in "1,"2,3"',
    )
    expect(outcome(parser, '1,2,3\n4,5,6')).toMatch(/^E_PARSE line 7 is more than one row: byte 6, cell 3/)
  })

  it('takes 4,096 cells and no more', () => {
    const header = Array.from({ length: 4_096 }, (_, at) => `c${at}`)
    const parser = csv(header)
    parse(parser, header.join(','))
    expect(valuesOf(parser.fields)).toEqual(header)
    expect(outcome(parser, 'x,'.repeat(100_000))).toBe('E_SCHEMA line 7 has more than 4096 cells')
  })

  it('checks rows of which nobody needs the cells', () => {
    const parser = parserOf({ format: 'csv', delimiter: ',', header: ['a', 'b'] }, { needsFields: false })
    parse(parser, '1,2')
    expect([parser.fields, parser.refusal]).toEqual([null, null])
    expect(outcome(parser, '1')).toMatch(/^E_SCHEMA/)
  })
})
