import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { LOAD_BATCH_BYTES, LOAD_BATCH_RECORDS, RECORD_BYTES } from '../../../../engine/source/limits.ts'
import { spoolFile, surveyByteSpool } from '../../../../engine/source/spool.ts'
import { recordFormat } from '../../../support/source/load-records.ts'
import { ReaderDouble } from '../../../support/source/read-inputs.ts'
import { loadOf, readLoad, type LoadReadingResult } from '../../../support/source/read-load.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const texts = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${at}`)
const linesOf = (count: number): string =>
  texts(count)
    .map(text => `${text}\n`)
    .join('')

const batches = ({ messages }: Pick<LoadReadingResult, 'messages'>) =>
  messages.filter(message => message.type === 'batch')

describe('a reader of loads', () => {
  it('announces a single file whole when no ranges are needed, whatever its encoding, without counting it', async () => {
    const path = folder.write('a.csv', Buffer.from('\ufeffid;é\r\n1;2\r\n', 'utf16le'))
    const setup = loadOf([path], { splitting: 'whole', wholeBytes: Number.MAX_SAFE_INTEGER })
    const { messages } = await readLoad(setup)
    const header = ['id', 'é']
    const records = recordFormat('csv', {
      encoding: 'utf-16le',
      delimiter: ';',
      header,
      bodyStart: 14,
      bodyLine: 2,
    })
    expect(messages).toMatchObject([
      {
        type: 'input',
        input: 0,
        kind: 'csv',
        encoding: 'utf-16le',
        evidence: '.csv; utf-16le: begins with the byte order mark of UTF-16LE',
        isReplayable: true,
      },
      { type: 'range', input: 0, range: { path, sizeBytes: 24, records }, firstIndex: 0, whole: true },
      { type: 'end', total: null, bytesRead: 0 },
    ])
  })

  it('marks the records of several files, each with its own format, whose indexes follow each other', async () => {
    const paths = [
      folder.write('b.txt', linesOf(3_000)),
      folder.write('c.csv', 'a,b\n1,"x\ny"\n2,z\n'),
      folder.write('d.jsonl', '{"a":1}\n\n{"a":2}'),
    ]
    const { messages, last } = await readLoad(loadOf(paths, { splitting: 'whole' }))
    const ranges = messages.filter(message => message.type === 'range')
    expect(
      ranges.map(({ range, firstIndex, whole }) => [
        'records' in range && range.records.format,
        firstIndex,
        whole,
      ]),
    ).toEqual([
      ['lines', 0, false],
      ['csv', 3_000, false],
      ['jsonl', 3_002, false],
    ])
    expect(ranges.map(({ range }) => 'records' in range && range.records.input)).toEqual(paths)
    const marks = messages.flatMap(message => (message.type === 'marks' ? [...message.marks] : []))
    expect(marks).toEqual([
      ...[0, 0, 1],
      ...[linesOf(1_024).length, 1_024, 1_025],
      ...[linesOf(2_048).length, 2_048, 2_049],
      ...[4, 3_000, 2],
      ...[0, 3_002, 1],
    ])
    expect(last).toMatchObject({ type: 'end', total: 3_004, bytesRead: linesOf(3_000).length + 32 })
  })

  it.each([
    ['gzip', 'e.txt.gz', gzipSync(linesOf(20_000))],
    [
      'several members',
      'e.gz',
      Buffer.concat([gzipSync(linesOf(12_345)), gzipSync(linesOf(20_000).slice(linesOf(12_345).length))]),
    ],
    ['Zstandard', 'e.txt.zst', zstdCompressSync(Buffer.from(linesOf(20_000)))],
    ['UTF-16 in gzip', 'e.txt.gz', gzipSync(Buffer.from(`\ufeff${linesOf(20_000)}`, 'utf16le'))],
  ])('feeds %s in batches of many records, with their places', async (_what, name, content) => {
    const reading = await readLoad(loadOf([folder.write(name, content)]))
    expect(reading.last).toMatchObject({ type: 'end', total: 20_000, bytesRead: content.length })
    expect(reading.texts).toEqual(texts(20_000))
    expect(reading.records.map(({ task }) => task)).toEqual(texts(20_000).map((_, at) => at))
    expect(reading.records.every(({ line, task }) => line === task + 1)).toBe(true)
    const sizes = batches(reading).map(({ count, payload }) => [count, payload.length])
    expect(sizes.every(([count = 0]) => count <= LOAD_BATCH_RECORDS)).toBe(true)
    expect(sizes.length).toBeLessThan(10)
  })

  it('feeds rows behind their header, and long records alone', async () => {
    const long = 'x'.repeat(LOAD_BATCH_BYTES)
    const tooLong = 'y'.repeat(RECORD_BYTES + 2 ** 20)
    const content = `a,b\n1,"p\nq"\n2,${long}\n3,${tooLong}\n4,r\n5,"s`
    const reading = await readLoad(loadOf([folder.write('f.csv.gz', gzipSync(content))]))
    expect(reading.records.map(({ task, line, text }) => [task, line, text.slice(0, 15)])).toEqual([
      [0, 2, '1,"p\nq"'],
      [1, 4, '2,xxxxxxxxxxxxx'],
      [2, 5, 'E_LINE_TOO_LONG'],
      [3, 6, '4,r'],
      [4, 7, 'E_PARSE'],
    ])
    const at = 4 + 8 + long.length + 3
    expect(reading.records[2]).toMatchObject({ byteOffset: at, byteLength: tooLong.length + 2, raw: '' })
    expect(reading.records[3]).toMatchObject({ byteOffset: at + tooLong.length + 3, raw: '4,r' })
    expect(batches(reading).map(({ count, payload }) => [count, payload.length < 1_000])).toEqual([
      [1, true],
      [1, false],
      [1, true],
      [2, true],
    ])
  })

  it.each([
    ['nothing', '', 'g.txt'],
    ['a byte order mark', '\ufeff', 'g.csv'],
    ['a header row only', 'a,b\n', 'g.csv'],
    ['a sep= line only', 'sep=;\n', 'g.csv'],
    ['line ends', '\r\n\n', 'g.jsonl'],
    ['an empty archive', gzipSync(''), 'g.gz'],
  ])('ends with no record for %s', async (_name, content, name) => {
    const { records, last } = await readLoad(loadOf([folder.write(name, content)]))
    expect([records, last]).toMatchObject([[], { type: 'end', total: 0 }])
  })

  describe('refuses an input before anything is done', () => {
    const failureOf = async (...inputs: string[]): Promise<unknown> => {
      const reading = await readLoad(loadOf(inputs))
      expect(reading.messages).toHaveLength(1)
      return reading.last
    }

    it('that is a folder, a device, a pipe without a writer, or a circle of links', async () => {
      const path = (name: string): string => `${folder.path}/${name}`
      mkdirSync(path('folder'))
      symlinkSync('circle', path('circle'))
      expect(await failureOf(path('folder'))).toMatchObject({ code: 'E_NOT_A_FILE' })
      expect(await failureOf(path('circle'))).toMatchObject({ code: 'E_SRC_IO' })
      expect(await failureOf(path('missing'))).toMatchObject({ code: 'E_SRC_IO' })
      if (process.platform === 'win32') return
      execFileSync('/usr/bin/env', ['mkfifo', path('pipe')])
      expect(await failureOf(path('pipe'))).toMatchObject({ code: 'E_NOT_A_FILE' })
      expect(await failureOf('/dev/zero')).toMatchObject({ code: 'E_NOT_A_FILE' })
    })

    it('that holds no text, also behind one that does', async () => {
      const text = folder.write('text.txt', 'a\n')
      const image = folder.write('image.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]))
      expect(await failureOf(text, image)).toMatchObject({
        code: 'E_CONFIG',
        message: `${image} looks like a PNG image, not like text`,
      })
    })
  })

  it('hands on the records before the byte at which an archive is truncated', async () => {
    const archive = gzipSync(linesOf(50_000))
    const path = folder.write('cut.gz', archive.subarray(0, archive.length - 100))
    const reading = await readLoad(loadOf([path]))
    expect(reading.last).toMatchObject({
      type: 'failed',
      code: 'E_SRC_IO',
      message: expect.stringContaining(`truncated at byte ${archive.length - 100}`),
    })
    expect(reading.texts.length).toBeGreaterThan(10_000)
    expect(reading.texts).toEqual(texts(50_000).slice(0, reading.texts.length))
  })

  it('stops an archive that unpacks to more than it can honestly hold', async () => {
    const bomb = folder.write('bomb.gz', gzipSync(Buffer.alloc(72 * 2 ** 20, 'a')))
    const reading = await readLoad(loadOf([bomb]))
    expect(reading.last).toMatchObject({ type: 'failed', code: 'E_DECODE_BOMB' })
  })

  it('ignores what follows the last member of an archive, and says so', async () => {
    const member = gzipSync('a\nb')
    const path = folder.write('junk.gz', Buffer.concat([member, Buffer.from('trailing junk')]))
    const { texts: read, messages } = await readLoad(loadOf([path]))
    expect(read).toEqual(['a', 'b'])
    expect(messages.filter(({ type }) => type === 'notice')).toEqual([
      {
        type: 'notice',
        text: `${path}: what follows its end at byte ${member.length} is no gzip data and was ignored; is the file damaged there?`,
      },
    ])
  })

  it('sends no more than the credits it has allow, but never waits with credits left', async () => {
    const path = folder.write('credits.gz', gzipSync(linesOf(30_000)))
    const reader = new ReaderDouble()
    reader.tell({ type: 'setup', setup: loadOf([path]) })
    reader.tell({ type: 'credit', records: 1 })
    await vi.waitFor(() => expect(batches(reader)).toHaveLength(1))
    expect(batches(reader)[0]?.count).toBe(LOAD_BATCH_RECORDS)
    reader.tell({ type: 'credit', records: LOAD_BATCH_RECORDS - 1 })
    await new Promise(resolve => setImmediate(resolve))
    expect(batches(reader)).toHaveLength(1)
    reader.tell({ type: 'credit', records: 1 })
    await vi.waitFor(() => expect(batches(reader)).toHaveLength(2))
    reader.tell({ type: 'stop' })
    await reader.closed
    expect(reader.messages.some(({ type }) => type === 'end' || type === 'failed')).toBe(false)
  })

  it('accepts the same file at a resume and refuses a changed one', async () => {
    const path = folder.write('again.txt', linesOf(10))
    const first = await readLoad(loadOf([path]))
    const input = first.messages.find(message => message.type === 'input')
    const fingerprints = [input?.fingerprint ?? null]
    expect((await readLoad(loadOf([path], { fingerprints }))).last).toMatchObject({ type: 'end' })
    appendFileSync(path, 'x')
    const again = await readLoad(loadOf([path], { fingerprints }))
    expect(again.messages).toMatchObject([{ type: 'failed', code: 'E_SRC_CHANGED' }])
  })
})

describe('a load from standard input', () => {
  const noStdin = (): never => {
    throw new Error('standard input was opened')
  }

  it('reads what its content tells, in pieces of any size', async () => {
    const stdin = (content: Buffer) => () => Readable.from([...content].map(byte => Buffer.of(byte)))
    const of = async (content: string | Buffer): Promise<unknown> =>
      (await readLoad(loadOf(['-']), stdin(Buffer.from(content as string)))).texts
    expect(await of('a\r\n\r\nb')).toEqual(['a', '', 'b'])
    expect(await of('{"a":1}\n\n{"a":\n')).toEqual(['{"a":1}', 'E_PARSE'])
    expect(await of('sep=;\na;b\n1;2\n')).toEqual(['1;2'])
    expect(await of(gzipSync('é\nb\n'))).toEqual(['é', 'b'])
    expect(await of(Buffer.from('\ufeffé\n', 'utf16le'))).toEqual(['é'])
    expect(await of('')).toEqual([])
  })

  it('hands on what has come while more is awaited, and stops when told', async () => {
    const stdin = new Readable({ read: () => undefined })
    const reader = new ReaderDouble(() => stdin)
    reader.tell({ type: 'setup', setup: loadOf(['-']) })
    reader.tell({ type: 'credit', records: 10 })
    stdin.push('a\nb\nc')
    await vi.waitFor(() =>
      expect(reader.messages.at(-1)).toMatchObject({ type: 'batch', firstIndex: 0, count: 2 }),
    )
    expect(reader.messages[0]).toMatchObject({ type: 'input', kind: 'lines', isReplayable: false })
    reader.tell({ type: 'stop' })
    await reader.closed
    expect(stdin.destroyed).toBe(true)
    expect(reader.messages.at(-1)?.type).toBe('batch')
  })

  it('is copied byte for byte without credits, handed on under them, and read from the copy at a resume', async () => {
    const kept = { spoolPath: `${folder.path}/spool`, spoolsStandardInput: true }
    const file = spoolFile(kept.spoolPath, 0)
    const content = Buffer.from(`bad\xff\n${linesOf(5_000)}last`, 'latin1')
    const reader = new ReaderDouble(() =>
      Readable.from([content.subarray(0, 10_001), content.subarray(10_001)]),
    )
    reader.tell({ type: 'setup', setup: loadOf(['-'], kept) })
    await vi.waitFor(() =>
      expect(surveyByteSpool(file)).toMatchObject({ bytes: content.length, isWhole: true }),
    )
    expect(batches(reader)).toEqual([])
    reader.tell({ type: 'credit', records: 10 ** 6 })
    await reader.closed
    expect(reader.messages.at(-1)).toMatchObject({ type: 'end', total: 5_002, bytesRead: content.length })

    const again = await readLoad(loadOf(['-'], { ...kept, fingerprints: [null] }), noStdin)
    expect(again.texts).toEqual(['E_ENCODING', ...texts(5_000), 'last'])
    expect(again.records[0]).toMatchObject({ raw: 'bad\xff', byteOffset: 0 })
    expect(again.last).toMatchObject({ type: 'end', total: 5_002 })
  })

  it('refuses a resume with a copy that is not whole, or without one', async () => {
    const kept = { spoolPath: `${folder.path}/partial`, spoolsStandardInput: true }
    const stdin = new Readable({ read: () => undefined })
    const first = new ReaderDouble(() => stdin)
    first.tell({ type: 'setup', setup: loadOf(['-'], kept) })
    first.tell({ type: 'credit', records: 100 })
    stdin.push('a\nb\nc')
    await vi.waitFor(() => expect(first.messages.at(-1)).toMatchObject({ type: 'batch' }))
    first.tell({ type: 'stop' })
    await first.closed
    const again = await readLoad(loadOf(['-'], { ...kept, fingerprints: [] }), noStdin)
    expect(again.messages).toEqual([
      {
        type: 'failed',
        code: 'E_NOT_RESUMABLE',
        message:
          'the run was interrupted while standard input was copied (5 bytes were), so the rest of it is unknown: ' +
          'start the job anew; `runs export` has what was done',
      },
    ])
    const without = await readLoad(loadOf(['-'], { fingerprints: [] }), noStdin)
    expect(without.messages).toMatchObject([{ type: 'failed', code: 'E_NOT_RESUMABLE' }])
  })

  it('hands on the records before what is wrong with it, through a copy too', async () => {
    const archive = gzipSync(linesOf(50_000))
    const stdin = () => Readable.from([archive.subarray(0, archive.length - 100)])
    const setup = loadOf(['-'], { spoolPath: `${folder.path}/wrong`, spoolsStandardInput: true })
    for (const reading of [await readLoad(setup, stdin), await readLoad(loadOf(['-']), stdin)]) {
      expect(reading.last).toMatchObject({
        type: 'failed',
        code: 'E_SRC_IO',
        message: expect.stringContaining(`standard input is truncated at byte ${archive.length - 100}`),
      })
      expect(reading.texts.length).toBeGreaterThan(10_000)
    }
  })
})
