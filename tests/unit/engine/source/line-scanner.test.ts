import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECORD_BYTES } from '../../../../engine/source/limits.ts'
import { LineBlocks, type LineWindow } from '../../../../engine/source/line-blocks.ts'
import { LineScanner } from '../../../../engine/source/line-scanner.ts'

interface Found {
  readonly text: string | null
  readonly line: number
  readonly offset: number
}

function scanWindow(window: LineWindow | null, scanner: LineScanner, found: Found[]): void {
  if (window === null) return
  scanner.load(window)
  while (scanner.next())
    found.push({
      text: scanner.isTooLong ? `too long: ${scanner.sample().toString('latin1', 0, 3)}` : scanner.text(),
      line: scanner.line,
      offset: scanner.offset,
    })
}

/** Scans `chunks` as they would arrive one after the other. */
function scan(chunks: readonly Uint8Array[]): Found[] {
  const blocks = new LineBlocks(0)
  const scanner = new LineScanner(true, 0)
  const found: Found[] = []
  for (const chunk of chunks) {
    blocks.push(chunk)
    scanWindow(blocks.take(false), scanner, found)
  }
  scanWindow(blocks.take(true), scanner, found)
  return found
}

const scanText = (text: string): (string | null)[] => scan([Buffer.from(text)]).map(record => record.text)

/** The rules once more, in the plainest way. */
function reference(bytes: Buffer): Found[] {
  const found: Found[] = []
  const text = bytes.toString('latin1')
  let offset = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  for (let line = 1; offset < text.length; line += 1) {
    const [whole = '', content = ''] = /^([^\r\n]*)(?:\r\n|\r|\n|$)/.exec(text.slice(offset)) ?? []
    const record = content.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '')
    if (record !== '' && !record.startsWith('#')) {
      const raw = Buffer.from(record, 'latin1')
      const decoded = raw.toString('utf8')
      found.push({ text: Buffer.from(decoded).equals(raw) ? decoded : null, line, offset })
    }
    offset += whole.length
  }
  return found
}

const pieces = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('\n', '\r', '\r\n', ' ', '\t', '#', '\ufeff', '\u2028', 'é', '中', '😀'),
    },
    { weight: 4, arbitrary: fc.stringMatching(/^[a-z:/.]{1,12}$/) },
    { weight: 1, arbitrary: fc.constantFrom('\0', 'x'.repeat(500)) },
  ),
  { maxLength: 60 },
)
const binary = fc.oneof(
  pieces.map(parts => Buffer.from(parts.join(''))),
  fc
    .array(fc.constantFrom(0x0a, 0x0d, 0x20, 0x23, 0x61, 0xc3, 0xa9, 0xff, 0xef, 0xbb, 0xbf), {
      maxLength: 40,
    })
    .map(bytes => Buffer.from(bytes)),
)

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...at, bytes.length].map((end, position) => bytes.subarray(at[position - 1] ?? 0, end))
}

describe('LineScanner', () => {
  it('finds the same records however the bytes arrive', () => {
    fc.assert(
      fc.property(binary, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        expect(scan(split(bytes, cuts))).toEqual(reference(bytes))
      }),
      { numRuns: 400 },
    )
  })

  it('takes LF, CR LF and a lone CR for line ends, and nothing else', () => {
    expect(scanText('a\nb\r\nc\rd\u2028e\u0085f\r\n\r\n\rg')).toEqual(['a', 'b', 'c', 'd\u2028e\u0085f', 'g'])
  })

  it('counts lines as an editor does', () => {
    expect(scan([Buffer.from('# c\r\n\r\na\rb\n\nc')]).map(({ line }) => line)).toEqual([3, 4, 6])
  })

  it('finds nothing in blank lines, comments and a byte order mark alone', () => {
    expect([
      scanText(''),
      scanText('\n\r\n \t \r'),
      scanText('\ufeff'),
      scanText('\ufeff\n'),
      scanText('  # x\n#'),
    ]).toEqual([[], [], [], [], []])
  })

  it('passes over a byte order mark at the beginning only', () => {
    expect(scanText('\ufeffa\n\ufeffb')).toEqual(['a', '\ufeffb'])
  })

  it('gives no text for a record that is not valid UTF-8, and leaves its neighbours alone', () => {
    expect(scan([Buffer.from('a\n\xff\xfe\nb\xc3\xa9\n', 'latin1')]).map(({ text }) => text)).toEqual([
      'a',
      null,
      'bé',
    ])
  })

  it('reads lines longer than its blocks', () => {
    const long = 'x'.repeat(2 ** 20)
    expect(scanText(`a\n${long}\nb`)).toEqual(['a', long, 'b'])
  })

  it('reports a line beyond the limit once, with its place, and goes on behind it in little memory', () => {
    const chunk = Buffer.alloc(2 ** 20, 'x')
    const chunks = [
      Buffer.from('a\nlong'),
      ...Array.from({ length: 40 }, () => chunk),
      Buffer.from('\r'),
      Buffer.from('\nb\n'),
    ]
    const before = process.memoryUsage().arrayBuffers
    const found = scan(chunks)
    expect(found).toEqual([
      { text: 'a', line: 1, offset: 0 },
      { text: 'too long: lon', line: 2, offset: 2 },
      { text: 'b', line: 3, offset: 6 + 40 * 2 ** 20 + 2 },
    ])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * RECORD_BYTES)
  })

  it.each([
    ['in one piece', [RECORD_BYTES]],
    ['in two pieces', [RECORD_BYTES - 5, 5]],
  ])('draws the limit at the same byte %s', (_name, sizes) => {
    const exact = sizes.map(size => Buffer.alloc(size, 'x'))
    expect(scan([...exact, Buffer.from('\r'), Buffer.from('\nb')]).map(({ text }) => text?.length)).toEqual([
      RECORD_BYTES,
      1,
    ])
    expect(scan([...exact, Buffer.from('x\r'), Buffer.from('\nb')]).map(({ text }) => text)).toEqual([
      'too long: xxx',
      'b',
    ])
  })

  it('counts a line beyond the limit that has no end', () => {
    const found = scan([Buffer.from('#'), ...Array.from({ length: 18 }, () => Buffer.alloc(2 ** 20, 'x'))])
    expect(found).toEqual([{ text: 'too long: #xx', line: 1, offset: 0 }])
  })
})
