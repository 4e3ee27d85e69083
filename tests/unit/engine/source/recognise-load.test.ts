import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { HEAD_BYTES, RECORD_BYTES } from '../../../../engine/source/limits.ts'
import { recogniseLoad, type LoadSetup } from '../../../../engine/source/recognise-load.ts'
import { StreamHead, type InputHead } from '../../../../engine/source/stream-head.ts'
import type { RecordFormat } from '../../../../engine/worker/protocol.ts'

const AUTO: LoadSetup = { format: 'auto', encoding: 'auto' }

async function* inChunks(content: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes)
}

/** The beginning of a file, as a whole or in chunks of a stream. */
function headOf(content: Buffer, chunkBytes: number): InputHead {
  if (chunkBytes > 0) return new StreamHead(inChunks(content, chunkBytes))
  return {
    read: async bytes => ({ head: content.subarray(0, bytes), isWhole: content.length <= bytes }),
  }
}

const look = (name: string, content: string | Buffer, setup: Partial<LoadSetup> = {}, chunkBytes = 0) =>
  recogniseLoad(name, headOf(Buffer.from(content as string), chunkBytes), { ...AUTO, ...setup })

const formatOf = async (
  name: string,
  content: string | Buffer,
  setup: Partial<LoadSetup> = {},
): Promise<RecordFormat> => (await look(name, content, setup)).format

/** @returns Format, packing and encoding where it is not UTF-8, or the sentence that refuses. */
async function kindOf(
  name: string,
  content: string | Buffer,
  setup: Partial<LoadSetup> = {},
): Promise<string> {
  try {
    const { format, packing } = await look(name, content, setup)
    const encoding = format.encoding === 'utf-8' ? undefined : format.encoding
    return [format.format, packing?.kind, encoding].filter(Boolean).join(' ')
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`
  }
}

const rejected = '{"index":3,"line":4,"rawBase64":"YQ=="}\n'
const bytes = (...values: number[]): Buffer => Buffer.from(values)

describe('recogniseLoad', () => {
  it.each([
    ['lines', 'data.txt', 'a\nb\n'],
    ['lines', 'data', 'a,b\n1,2\n'],
    ['lines', 'data.txt', ''],
    ['lines', 'data.txt', '\ufeff'],
    ['lines', 'a.log', '[2026-01-01] "started", {fast}\n'],
    ['lines', 'a.txt', '[1,2]\n[3]\n'],
    ['lines', 'a.txt', '["a",\t1] and more text\n'],
    ['lines', 'code.c', '{\nint a;\n}\n'],
    ['lines', 'names.txt', 'BZhang\nMZ\nPAR1\nGIF89a\n'],
    ['lines', 'a.txt', '<html>\n'],
    ['lines', 'a.txt', 'sep=;\na;b'],
    ['csv', 'a.csv', 'a,b\n1,2'],
    ['csv', 'A.CSV', ''],
    ['csv', 'a.csv', '{x},1\n'],
    ['csv', 'a.csv', '[1,2]\n'],
    ['csv', 'export', 'sep=;\na;b\n'],
    ['tsv', 'a.tsv', 'a\tb'],
    ['tsv', 'a.tab', 'a\tb'],
    ['csv gz', 'a.csv.gz', gzipSync('a,b\n')],
    ['csv zst', 'a.csv.zst', zstdCompressSync(Buffer.from('a,b\n'))],
    ['jsonl', 'a.jsonl', 'no json'],
    ['jsonl', 'a.json', '{"a":1}\n{"a":2}'],
    ['jsonl', 'a.txt', '\n {"a":1}\n'],
    ['jsonl', 'a.csv', '{"a":1,"b":2}\n'],
    ['jsonl gz', 'a.json', gzipSync('{"a":1}\n')],
    ['jsonl', 'a.txt', `{"a":"${'x'.repeat(2 * HEAD_BYTES)}"}`],
    ['jsonl', 'a.rejects.jsonl', rejected.replace('"index":3,', '')],
    ['rejects', 'a.jsonl', rejected],
    ['rejects', 'data.txt', `\ufeff${rejected}`],
    ['lines utf-16le', 'a.txt', Buffer.from('\ufeffa\n', 'utf16le')],
    ['csv utf-16be', 'a.csv', Buffer.from('\ufeffa,b\n', 'utf16le').swap16()],
    ['jsonl utf-16le', 'a.txt', Buffer.from('\ufeff{"a":1}\n', 'utf16le')],
  ])('takes %s from %s', async (kind, name, content) => {
    expect(await kindOf(name, content)).toBe(kind)
  })

  it('lets a flag decide, but not about what is no text', async () => {
    expect(await kindOf('a.csv', '{"a":1}\n', { format: 'lines' })).toBe('lines')
    expect(await kindOf('a.json', '[\n1\n]\n', { format: 'lines' })).toBe('lines')
    expect(await kindOf('a.txt', rejected, { format: 'jsonl' })).toBe('jsonl')
    expect(await kindOf('a.txt', 'a,b', { format: 'csv', encoding: 'gb18030' })).toBe('csv gb18030')
    expect(await kindOf('a.txt', bytes(0x89, 0x50, 0x4e, 0x47, 13, 10), { format: 'lines' })).toMatch(/PNG/)
  })

  it.each([
    ['a PNG image', 'a.csv', bytes(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0)],
    ['a program', 'a.txt', bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
    ['a Windows program', 'a.txt', bytes(0x4d, 0x5a, 0x90, 0, 3, 0)],
    ['an SQLite database', 'a.jsonl', Buffer.from('SQLite format 3\0\x10\0')],
    ['a ZIP archive (or an office document)', 'a.csv', bytes(0x50, 0x4b, 3, 4, 20, 0, 0)],
    ['a gzip archive inside an archive (unpack it once)', 'a.gz', gzipSync(gzipSync('a\n'))],
    [
      'a Zstandard archive inside an archive (unpack it once)',
      'a.gz',
      gzipSync(zstdCompressSync(Buffer.from('a'))),
    ],
    ['a bzip2 archive', 'a.txt', Buffer.from('BZh91AY&SY\xff\x00', 'latin1')],
    ['binary data', 'a.txt', Buffer.alloc(100)],
    ['binary data', 'a.txt', Buffer.from(Array.from({ length: 999 }, (_, at) => (at * 37) % 256))],
  ])('refuses %s whatever its name is (%s)', async (what, name, content) => {
    expect(await kindOf(name, content)).toBe(`E_CONFIG: ${name} looks like ${what}, not like text`)
  })

  it('does not take a few zero bytes and wrong characters for binary data', async () => {
    const content = Buffer.from(`${'line of text\n'.repeat(100)}\0\xff\x01\n`, 'latin1')
    expect(await kindOf('a.txt', content)).toBe('lines')
  })

  it.each([
    ['one JSON array', 'a.json', '[{"a":1},\n{"a":2}]'],
    ['one JSON array', 'a.json', '[1,2]'],
    ['one JSON array', 'a.txt', '[\n  {"a": 1}\n]\n'],
    ['one JSON array', 'a.txt', '[{"a": 1},\n{"a": 2}]\n'],
    ['one JSON array', 'a', '[1,2]\n'],
    ['one JSON array', 'a.txt', `[{"a":"${'x'.repeat(2 * HEAD_BYTES)}"}]`],
    ['one JSON document', 'a.json', '{\n  "a": 1\n}\n'],
  ])('refuses %s in %s, which would have to be read whole', async (what, name, content) => {
    expect(await kindOf(name, content)).toBe(
      `E_CONFIG: ${name} looks like ${what}: write one object a line, as JSON Lines, or load its lines with --format lines`,
    )
  })

  it('finds where the first record begins', async () => {
    const of = async (name: string, content: string | Buffer): Promise<unknown> => {
      const { delimiter, header, bodyStart, bodyLine } = await formatOf(name, content)
      return [delimiter, header, bodyStart, bodyLine]
    }
    expect(await of('a.csv', 'a,b\n1,2\n')).toEqual([',', ['a', 'b'], 4, 2])
    expect(await of('a.csv', '\ufeff\r\n\r\n"a\n1";b\r\n\r\n1;2\n')).toEqual([';', ['a\n1', 'b'], 18, 6])
    expect(await of('a.csv', 'sep=|\r\na|b\r\n1|2')).toEqual(['|', ['a', 'b'], 12, 3])
    expect(await of('a.csv', 'a\tb\n')).toEqual(['\t', ['a', 'b'], 4, 2])
    expect(await of('a.csv', 'a\r')).toEqual([',', ['a'], 2, 2])
    expect(await of('a.csv', 'a')).toEqual([',', ['a'], 1, 2])
    expect(await of('a.csv', '\ufeff\n\n')).toEqual([',', [], 5, 3])
    expect(await of('a.tsv', 'a,b\tc\n')).toEqual(['\t', ['a,b', 'c'], 6, 2])
    expect(await of('a.csv', Buffer.from('\ufeffsep=;\na;é\n1;2\n', 'utf16le'))).toEqual([
      ';',
      ['a', 'é'],
      22,
      3,
    ])
    expect(await of('a.jsonl', '\ufeff{"a":1}\n')).toEqual([null, null, 3, 1])
    expect(await of('a.txt', '\ufeffa\n')).toEqual([null, null, 0, 1])
    expect(await of('a.txt', Buffer.from('\ufeffa\n', 'utf16le'))).toEqual([null, null, 2, 1])
  })

  it('reads on for a header row that is longer than what it looks at, in pieces of any size', async () => {
    const names = Array.from({ length: 4_000 }, (_, at) => `"column with a long name\n${at}"`)
    const content = `${names.join(',')}\n${names.map(() => '1').join(',')}\n`
    expect(content.length).toBeGreaterThan(HEAD_BYTES)
    for (const chunk of [777, 100_000]) {
      const { format } = await look('a.csv', content, {}, chunk)
      expect([format.header?.length, format.bodyLine]).toEqual([4_000, 4_002])
    }
    const { format } = await look('a.csv.gz', gzipSync(content))
    expect(format.header?.at(-1)).toBe('column with a long name\n3999')
  })

  it('refuses a header row that does not end, that cannot be read, or whose delimiter cannot be one', async () => {
    expect(await kindOf('a.csv', `"a${'x'.repeat(RECORD_BYTES + HEAD_BYTES)}`, {})).toBe(
      'E_CONFIG: a.csv: the header row does not end within 16 MiB; is a quote not closed?',
    )
    expect(await kindOf('a.csv', 'a,"b\n1,2\n')).toMatch(/^E_PARSE: a.csv: the header row on line 1 /)
    expect(await kindOf('a.csv', 'a,a\n1,2\n')).toMatch(/^E_SCHEMA: a.csv: the header row on line 1 /)
    expect(await kindOf('a.csv', 'sep=é\naéb\n')).toMatch(/^E_CONFIG: a.csv: its sep= line names "é"/)
    const setup = { encoding: 'gb18030' } as const
    expect(await kindOf('a.csv', 'sep=|\na|b\n', setup)).toMatch(/cannot separate cells in gb18030/)
    expect(await kindOf('a.csv', 'sep=;\na;b\n', setup)).toBe('csv gb18030')
  })

  it('says what it knows by what', async () => {
    expect((await look('a.csv.gz', gzipSync('a\n'))).evidence).toBe(
      '.csv; gzip; utf-8: all of the 2 bytes looked at are ASCII',
    )
    expect((await look('a', 'a\n', { format: 'lines', encoding: 'utf-8' })).evidence).toBe(
      '--format; utf-8 by --encoding',
    )
  })

  it('names the input whose text cannot be read at all', async () => {
    const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])
    expect(await kindOf('wide.txt', utf32)).toMatch(/^E_ENCODING: wide.txt: .*UTF-32LE/)
  })
})
