import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECORD_BYTES } from '../../../../engine/source/limits.ts'
import { cutWhole, RecordBlocks } from '../../../../engine/source/record-blocks.ts'
import type { CutFormat } from '../../../../engine/source/make-cutter.ts'
import type { EncodingName } from '../../../../shared/model/fields/load.ts'
import { encode, extentsOf, recordFormat, type Extent } from '../../../support/source/load-records.ts'

const START = { byteOffset: 0, line: 1 }

function cutAtOnce(bytes: Buffer, format: CutFormat): Extent[] {
  const window = cutWhole(bytes, format, START)
  return window === null ? [] : extentsOf(window)
}

/** Cuts bytes that arrive in pieces of these sizes, over and over. */
function cutInPieces(bytes: Buffer, format: CutFormat, sizes: readonly number[]): Extent[] {
  const blocks = new RecordBlocks(format, START)
  const found: Extent[] = []
  const take = (isEnd: boolean): void => {
    const window = blocks.take(isEnd)
    if (window !== null) found.push(...extentsOf(window))
  }
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    blocks.push(bytes.subarray(at, at + size))
    at += size
    take(false)
  }
  take(true)
  return found
}

interface TextRecord {
  readonly text: string
  readonly line: number
}

/** What Python's text mode makes of a file. */
function linesOf(text: string): TextRecord[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, at) => ({ text: line, line: at + 1 }))
}

/** The rules for rows, one character after the other. */
function rowsOf(text: string): TextRecord[] {
  const rows: TextRecord[] = []
  let line = 1
  for (let at = 0; at < text.length;) {
    const [start, firstLine] = [at, line]
    let isStart = true
    let isQuoted = false
    for (; at < text.length; at += 1) {
      const character = text[at]
      const isEnd = character === '\n' || character === '\r'
      if (isEnd && !isQuoted) break
      if (isEnd) {
        line += 1
        if (text.startsWith('\r\n', at)) at += 1
      } else if (isQuoted && character === '"') {
        if (text[at + 1] === '"') at += 1
        else isQuoted = false
      } else if (!isQuoted) {
        isQuoted = isStart && character === '"'
        isStart = character === ','
      }
    }
    if (at > start) rows.push({ text: text.slice(start, at), line: firstLine })
    at += text.startsWith('\r\n', at) ? 2 : 1
    line += 1
  }
  return rows
}

const soup = fc
  .array(
    fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\r',
      '\r\n',
      'a',
      ' ',
      'é',
      '中',
      '\ud83d\ude00',
      '\u0a0d',
      '\u2028',
    ),
    {
      maxLength: 40,
    },
  )
  .map(parts => parts.join(''))
const encodings = fc.constantFrom<EncodingName>('utf-8', 'utf-16le', 'utf-16be')
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

const textsOf = (bytes: Buffer, extents: readonly Extent[], encoding: EncodingName): TextRecord[] => {
  const width = encoding === 'utf-8' ? null : 'utf16le'
  return extents.map(({ start, end, line }) => {
    const part = Buffer.from(bytes.subarray(start, end))
    if (width === null) return { text: part.toString(), line }
    return { text: (encoding === 'utf-16be' ? part.swap16() : part).toString(width), line }
  })
}

describe('lines', () => {
  it('end where they end in Python, in every encoding, blank ones included', () => {
    fc.assert(
      fc.property(soup, encodings, (text, encoding) => {
        const bytes = encode(text, encoding)
        const extents = cutAtOnce(bytes, recordFormat('lines', { encoding }))
        expect(textsOf(bytes, extents, encoding)).toEqual(linesOf(text))
      }),
      { numRuns: 500 },
    )
  })

  it('are JSON records only where there is more than spaces and tabs', () => {
    fc.assert(
      fc.property(soup, encodings, (text, encoding) => {
        const bytes = encode(text, encoding)
        const extents = cutAtOnce(bytes, recordFormat('jsonl', { encoding }))
        const expected = linesOf(text).filter(({ text: line }) => /[^ \t]/.test(line))
        expect(textsOf(bytes, extents, encoding)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('of GB18030 are not cut inside a character, whatever its later bytes are', () => {
    // Second bytes 0x40-0x7E, and four bytes with digits inside.
    const bytes = Buffer.of(0x81, 0x40, 0x81, 0x7e, 0x0a, 0x81, 0x30, 0x81, 0x30, 0x0d, 0x0a, 0x81, 0x5c)
    const extents = cutAtOnce(bytes, recordFormat('lines', { encoding: 'gb18030' }))
    expect(extents).toEqual([
      { start: 0, end: 4, line: 1 },
      { start: 5, end: 9, line: 2 },
      { start: 11, end: 13, line: 3 },
    ])
  })

  it('keep half a unit at the end of UTF-16 for whoever decodes it', () => {
    const bytes = Buffer.from('a\0\n\0b', 'latin1')
    expect(cutAtOnce(bytes, recordFormat('lines', { encoding: 'utf-16le' }))).toEqual([
      { start: 0, end: 2, line: 1 },
      { start: 4, end: 5, line: 2 },
    ])
  })
})

describe('rows', () => {
  it('follow the rules, in every encoding', () => {
    fc.assert(
      fc.property(soup, encodings, (text, encoding) => {
        const bytes = encode(text, encoding)
        const extents = cutAtOnce(bytes, recordFormat('csv', { encoding }))
        expect(textsOf(bytes, extents, encoding)).toEqual(rowsOf(text))
      }),
      { numRuns: 1_000 },
    )
  })

  it('hold the cells that csv-parse finds wherever it accepts the whole', () => {
    let accepted = 0
    const options = {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    }
    const cellsOf = (text: string): string[][] => parse(text, options)
    const cell = fc.oneof(
      fc.constantFrom('', 'a', 'é', 'b c'),
      fc
        .array(fc.constantFrom('a', '""', ',', '\n', '\r', '\r\n'), { maxLength: 5 })
        .map(parts => `"${parts.join('')}"`),
    )
    const row = fc.array(cell, { minLength: 1, maxLength: 4 }).map(cells => cells.join(','))
    const table = fc.array(fc.tuple(row, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 8 })
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          table.map(rows => rows.flat().join('')),
        ),
        text => {
          let expected: string[][]
          try {
            expected = cellsOf(text)
          } catch {
            return
          }
          accepted += 1
          const bytes = Buffer.from(text)
          const rows = textsOf(bytes, cutAtOnce(bytes, recordFormat('csv')), 'utf-8')
          // A single row without quotes is read as it is by both.
          expect(rows.flatMap(({ text: alone }) => cellsOf(alone))).toEqual(expected)
        },
      ),
      { numRuns: 2_000 },
    )
    expect(accepted).toBeGreaterThan(500)
  })

  it('are cut by the delimiter that is given', () => {
    const text = 'a;"x;\ny";"z"\n;"\n"'
    const bytes = Buffer.from(text)
    const semicolon = cutAtOnce(bytes, recordFormat('csv', { delimiter: ';' }))
    expect(textsOf(bytes, semicolon, 'utf-8')).toEqual([
      { text: 'a;"x;\ny";"z"', line: 1 },
      { text: ';"\n"', line: 3 },
    ])
    expect(cutAtOnce(bytes, recordFormat('csv'))).toHaveLength(4)
  })

  it('reach to the end of the data from a quote that is not closed', () => {
    const window = cutWhole(Buffer.from('a\n"b\nc\n'), recordFormat('csv'), START)
    expect(window && [extentsOf(window), window.isUnclosed]).toEqual([
      [
        { start: 0, end: 1, line: 1 },
        { start: 2, end: 7, line: 2 },
      ],
      true,
    ])
  })
})

describe('RecordBlocks', () => {
  const formats = fc.constantFrom('lines', 'jsonl', 'csv', 'tsv')

  it('finds the same records however the bytes arrive', () => {
    fc.assert(
      fc.property(soup, formats, encodings, sizes, (text, name, encoding, pieces) => {
        const format = recordFormat(name, { encoding })
        const bytes = encode(text, encoding)
        expect(cutInPieces(bytes, format, pieces)).toEqual(cutAtOnce(bytes, format))
      }),
      { numRuns: 2_000 },
    )
  })

  it('finds the same records where they are longer than what is searched at once', () => {
    const filler = fc.constantFrom(
      'x'.repeat(48 * 2 ** 10 - 1),
      'y'.repeat(30_000),
      '"',
      ',',
      '\r',
      '\n',
      '\r\n',
      'a',
    )
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 12 }), formats, encodings, (parts, name, encoding) => {
        const text = parts.join('')
        const format = recordFormat(name, { encoding })
        const bytes = encode(text, encoding)
        const extents = cutAtOnce(bytes, format)
        expect(cutInPieces(bytes, format, [65_537, 10_000])).toEqual(extents)
        if (name === 'csv') expect(textsOf(bytes, extents, encoding)).toEqual(rowsOf(text))
      }),
      { numRuns: 100 },
    )
  }, 30_000)

  it.each(['lines', 'jsonl', 'csv'] as const)('keeps a record of %s that is just short enough', name => {
    const bytes = Buffer.concat([Buffer.alloc(RECORD_BYTES, 'x'), Buffer.from('\r\nnext\n')])
    expect(cutInPieces(bytes, recordFormat(name), [256 * 2 ** 10])).toEqual([
      { start: 0, end: RECORD_BYTES, line: 1 },
      { start: RECORD_BYTES + 2, end: RECORD_BYTES + 6, line: 2 },
    ])
  })

  it.each([
    ['lines', 'first\n', 'x', '\r\n', 2],
    ['jsonl', 'first\n\n\n', ' ', '\r', 4],
    ['csv', 'first\n', 'x', '\n', 2],
  ] as const)(
    'loses a record of %s that is too long, but not its place',
    (name, before, filler, end, line) => {
      const blocks = new RecordBlocks(recordFormat(name), START)
      const found: Extent[] = []
      const push = (chunk: Buffer): void => {
        blocks.push(chunk)
        const window = blocks.take(false)
        if (window !== null) found.push(...extentsOf(window))
      }
      const chunk = Buffer.alloc(2 ** 20, filler)
      push(Buffer.from(before))
      for (let count = 0; count < 40; count += 1) {
        push(chunk)
        expect(blocks.waitingBytes).toBeLessThanOrEqual(RECORD_BYTES + chunk.length)
      }
      // The line end arrives in two halves.
      for (const byte of Buffer.from(`${end}last`)) push(Buffer.of(byte))
      const rest = blocks.take(true)
      if (rest !== null) found.push(...extentsOf(rest))
      const stop = before.length + 40 * 2 ** 20
      expect(found).toEqual([
        { start: 0, end: 5, line: 1 },
        { start: before.length, end: stop, line },
        { start: stop + end.length, end: stop + end.length + 4, line: line + 1 },
      ])
    },
  )

  it(
    'reads over a quoted field of 256 MiB in little memory, and finds what follows',
    { timeout: 60_000 },
    () => {
      const chunk = Buffer.alloc(2 ** 18, 'some text, with commas\nand lines\r\n')
      const blocks = new RecordBlocks(recordFormat('csv'), START)
      blocks.push(Buffer.from('a,"'))
      const lines = chunk.toString().split('\n').length - 1
      const before = process.memoryUsage().arrayBuffers
      let most = 0
      for (let count = 0; count < 1_024; count += 1) {
        blocks.push(chunk)
        expect(blocks.take(false)).toBeNull()
        if (count % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }
      blocks.push(Buffer.from('",b\nnext,row\n'))
      const window = blocks.take(true)
      const end = 3 + 2 ** 28 + 3
      expect(window && extentsOf(window)).toEqual([
        { start: 0, end, line: 1 },
        { start: end + 1, end: end + 9, line: 1_024 * lines + 2 },
      ])
      expect(most).toBeLessThan(64 * 2 ** 20)
    },
  )

  it('loses a row whose quote is never closed once it is too long', () => {
    const blocks = new RecordBlocks(recordFormat('csv'), START)
    blocks.push(Buffer.from('ok\n"never'))
    const chunk = Buffer.alloc(2 ** 20, 'y')
    let first: Extent[] = []
    for (let count = 0; count < 20; count += 1) {
      blocks.push(chunk)
      const window = blocks.take(false)
      if (window !== null) first = extentsOf(window)
    }
    const window = blocks.take(true)
    expect(first).toEqual([{ start: 0, end: 2, line: 1 }])
    expect(window && extentsOf(window)).toEqual([{ start: 3, end: 9 + 20 * 2 ** 20, line: 2 }])
    expect(blocks.take(true)).toBeNull()
  })
})
