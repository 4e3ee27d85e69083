import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { spoolFile, surveySpool } from '../../../../engine/source/spool.ts'
import { ReaderDouble, readInputs, setupOf } from '../../../support/source/read-inputs.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const urls = (count: number): string[] => Array.from({ length: count }, (_, at) => `http://h/${at}`)
const listOf = (count: number): string =>
  urls(count)
    .map(url => `${url}\n`)
    .join('')

describe('runReader', () => {
  it('announces a small list whole when no ranges are needed, without counting it', async () => {
    const path = folder.write('a.txt', listOf(300))
    const reading = await readInputs(setupOf([path], { splitting: 'whole' }))
    const range = {
      path,
      sizeBytes: reading.of('input')[0]?.fingerprint?.sizeBytes,
      format: 'list',
      field: null,
    }
    expect(reading.messages).toMatchObject([
      { type: 'input', input: 0, kind: 'list', evidence: '.txt, UTF-8', isReplayable: true },
      { type: 'range', input: 0, range, firstIndex: 0, whole: true },
      { type: 'end', total: null, bytesRead: 0 },
    ])
  })

  it('marks every 128th record of several files, whose indexes follow each other', async () => {
    const paths = [
      folder.write('b.txt', listOf(300)),
      folder.write('c.jsonl', '{"u":"http://a/"}\n'.repeat(2)),
    ]
    const reading = await readInputs(setupOf(paths, { splitting: 'whole', field: 'u' }))
    expect(
      reading
        .of('range')
        .map(({ range, firstIndex, whole }) => [
          ...('field' in range ? [range.format, range.field] : []),
          firstIndex,
          whole,
        ]),
    ).toEqual([
      ['list', null, 0, false],
      ['jsonl', 'u', 300, false],
    ])
    expect(reading.of('marks').flatMap(({ marks }) => [...marks])).toEqual([
      ...[0, 0, 1],
      ...[listOf(128).length, 128, 129],
      ...[listOf(256).length, 256, 257],
      ...[0, 300, 1],
    ])
    expect(reading.of('range.end').map(({ endIndex }) => endIndex)).toEqual([300, 302])
    expect(reading.last).toMatchObject({ type: 'end', total: 302 })
  })

  it('feeds URL arguments together, between files, as they are', async () => {
    const path = folder.write('d.txt', 'http://file/\n')
    const reading = await readInputs(setupOf(['http://a/', 'file:///etc/passwd', path, 'http://b/']))
    expect(reading.of('batch').map(({ firstIndex, count }) => [firstIndex, count])).toEqual([
      [0, 2],
      [3, 1],
    ])
    expect(reading.urls).toEqual(['http://a/', 'file:///etc/passwd', 'http://b/'])
    expect(reading.of('input').map(({ kind }) => kind)).toEqual(['url', 'url', 'list', 'url'])
    expect(reading.last).toMatchObject({ type: 'end', total: 4 })
  })

  it.each([
    ['gzip', 'e.txt.gz', gzipSync(listOf(1_000))],
    ['Zstandard', 'e.txt.zst', zstdCompressSync(Buffer.from(listOf(1_000)))],
    ['UTF-16', 'e.txt', Buffer.from(`\ufeff${listOf(1_000)}`, 'utf16le')],
    [
      'CSV',
      'e.csv',
      `id,url\n${urls(1_000)
        .map((url, at) => `${at},"${url}"\n`)
        .join('')}`,
    ],
    [
      'TSV',
      'e.tsv',
      `url\tid\r\n${urls(1_000)
        .map((url, at) => `${url}\t${at}\r\n`)
        .join('')}`,
    ],
    [
      'a sitemap',
      'e.xml',
      `<urlset>${urls(1_000)
        .map(url => `<url><loc>\n ${url} </loc><lastmod>x</lastmod></url>`)
        .join('')}</urlset>`,
    ],
  ])('feeds %s', async (_name, name, content) => {
    const reading = await readInputs(setupOf([folder.write(name, content)]))
    expect(reading.last).toMatchObject({ type: 'end', total: 1_000, bytesRead: Buffer.byteLength(content) })
    expect(reading.urls).toEqual(urls(1_000))
    expect(reading.of('batch').every(({ count }) => count <= 128)).toBe(true)
    expect(reading.of('batch').at(-1)?.positionRatio).toBe(1)
  })

  it('counts duplicates and does not drop them', async () => {
    const path = folder.write('f.txt', 'http://a/\nhttp://b/\nHTTP://A#x\n')
    const reading = await readInputs(setupOf([path, 'http://b'], { unique: true }))
    expect(reading.urls).toEqual(['http://a/', 'http://b/', 'E_DUPLICATE', 'E_DUPLICATE'])
    expect(reading.records[2]).toMatchObject({ value: 'HTTP://A#x', line: 3, refusal: { isSkip: true } })
  })

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff'],
    ['a header only', 'url\n', 'g.csv'],
    ['an empty archive', gzipSync(''), 'g.gz'],
    ['an empty urlset', '<urlset/>', 'g.xml'],
  ])('ends with no record for %s', async (_name, content, name = 'g.txt') => {
    const reading = await readInputs(setupOf([folder.write(name, content)]))
    expect([reading.records, reading.last]).toMatchObject([[], { type: 'end', total: 0 }])
  })

  describe('refuses an input before anything is done', () => {
    const failureOf = async (...inputs: string[]): Promise<unknown> => {
      const reading = await readInputs(setupOf(inputs))
      expect(reading.of('batch')).toEqual([])
      return reading.last
    }
    const failed = (code: string, message: string): unknown => ({ type: 'failed', code, message })

    it('that is not there', async () => {
      const path = `${folder.path}/missing.txt`
      expect(await failureOf('http://a/', path)).toEqual(
        failed('E_SRC_IO', `cannot read ${path}: there is no such file`),
      )
    })

    it('that is a folder', async () => {
      mkdirSync(`${folder.path}/folder.txt`)
      const path = `${folder.path}/folder.txt`
      expect(await failureOf(path)).toEqual(
        failed('E_NOT_A_FILE', `${path} is a folder; give a file, or - to read standard input`),
      )
    })

    it.runIf(process.platform !== 'win32')('that is a pipe without a writer', async () => {
      const path = `${folder.path}/pipe`
      execFileSync('/usr/bin/env', ['mkfifo', path])
      expect(await failureOf(path)).toEqual(
        failed('E_NOT_A_FILE', `${path} is a pipe; give a file, or - to read standard input`),
      )
    })

    it.runIf(process.platform !== 'win32')('that is a device', async () => {
      expect(await failureOf('/dev/zero')).toMatchObject({ code: 'E_NOT_A_FILE' })
    })

    it.runIf(process.platform === 'linux')(
      'that has no size though something can be read from it',
      async () => {
        for (const path of ['/proc/self/mem', '/proc/self/status'])
          expect(await failureOf(path)).toMatchObject({ code: 'E_NOT_A_FILE' })
      },
    )

    it('whose links go in a circle', async () => {
      symlinkSync('circle', `${folder.path}/circle`)
      expect(await failureOf(`${folder.path}/circle`)).toMatchObject({ code: 'E_SRC_IO' })
    })

    it.runIf(process.getuid?.() !== 0 && process.platform !== 'win32')('that may not be read', async () => {
      const path = folder.write('secret.txt', 'http://a/')
      chmodSync(path, 0)
      expect(await failureOf(path)).toEqual(
        failed('E_SRC_IO', `cannot read ${path}: this user may not read it`),
      )
    })

    it('that is an image', async () => {
      const path = folder.write('image.txt', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]))
      expect(await failureOf('http://a/', path)).toEqual(
        failed('E_CONFIG', `${path} looks like a PNG image, not like a list of URLs`),
      )
    })

    it('whose name could rewrite a terminal', async () => {
      expect(await failureOf(`${folder.path}/\u001b[2Jx`)).toMatchObject({
        message: expect.stringContaining('\\u001b[2Jx'),
      })
    })
  })

  it('hands on the records before the byte at which an archive is truncated', async () => {
    const archive = gzipSync(listOf(5_000))
    const path = folder.write('cut.gz', archive.subarray(0, archive.length - 100))
    const reading = await readInputs(setupOf([path]))
    expect(reading.last).toMatchObject({
      type: 'failed',
      code: 'E_SRC_IO',
      message: expect.stringContaining(`truncated at byte ${archive.length - 100}`),
    })
    expect(reading.records.length).toBeGreaterThan(1_000)
    expect(reading.urls).toEqual(urls(5_000).slice(0, reading.records.length))
  })

  describe('at a resume', () => {
    it('accepts the same file and refuses a changed one, saying what differs', async () => {
      const path = folder.write('again.txt', listOf(10))
      const first = await readInputs(setupOf([path]))
      const fingerprints = [first.of('input')[0]?.fingerprint ?? null]
      expect((await readInputs(setupOf([path], { fingerprints }))).last).toMatchObject({ type: 'end' })
      appendFileSync(path, 'x')
      expect((await readInputs(setupOf([path], { fingerprints }))).last).toMatchObject({
        type: 'failed',
        code: 'E_SRC_CHANGED',
      })
    })

    const noStdin = (): never => {
      throw new Error('standard input was opened')
    }

    it('reads the copy of standard input that the first start kept', async () => {
      const kept = { spoolPath: `${folder.path}/spool`, spoolsStandardInput: true }
      const content = Buffer.from('http://a/\n# c\nbad\xff\nhttp://b/', 'latin1')
      const first = await readInputs(setupOf(['-', 'http://c/'], kept), () => Readable.from([content]))
      expect(first.of('input')[0]).toMatchObject({ kind: 'stdin', fingerprint: null, isReplayable: true })
      const again = await readInputs(
        setupOf(['-', 'http://c/'], { ...kept, fingerprints: [null, null] }),
        noStdin,
      )
      expect([again.records, again.last]).toEqual([
        first.records,
        { ...(first.last as object), bytesRead: 0 },
      ])
      expect(again.urls).toEqual(['http://a/', 'E_URL_INVALID', 'http://b/', 'http://c/'])
    })

    it('tells duplicates in the copy as in the input', async () => {
      const kept = { spoolPath: `${folder.path}/spool-unique`, spoolsStandardInput: true, unique: true }
      const stdin = () => Readable.from([Buffer.from('http://a/\nhttp://b/\nhttp://a/\n')])
      const first = await readInputs(setupOf(['http://b/', '-'], kept), stdin)
      expect(first.urls).toEqual(['http://b/', 'http://a/', 'E_DUPLICATE', 'E_DUPLICATE'])
      const again = await readInputs(setupOf(['http://b/', '-'], { ...kept, fingerprints: [] }), noStdin)
      expect(again.records).toEqual(first.records)
    })

    it('refuses standard input that was not copied, before anything is read', async () => {
      const reading = await readInputs(setupOf(['http://a/', '-'], { fingerprints: [] }), noStdin)
      expect(reading.messages).toEqual([
        {
          type: 'failed',
          code: 'E_NOT_RESUMABLE',
          message:
            'standard input is read once and was not copied: start the job anew; `runs export` has what was done',
        },
      ])
    })

    it('refuses a copy that is not whole, and says how many records it has', async () => {
      const spoolPath = `${folder.path}/partial`
      const inputs = ['http://a/', '-']
      const stdin = new Readable({ read: () => undefined })
      const first = new ReaderDouble(() => stdin)
      first.tell({ type: 'setup', setup: setupOf(inputs, { spoolPath, spoolsStandardInput: true }) })
      first.tell({ type: 'credit', records: 100 })
      stdin.push('http://b/\nhttp://c/\nhttp://d')
      await vi.waitFor(() => expect(first.messages.at(-1)).toMatchObject({ type: 'batch' }))
      first.tell({ type: 'stop' })
      await first.closed
      const again = await readInputs(
        setupOf(inputs, { spoolPath, spoolsStandardInput: true, fingerprints: [] }),
        noStdin,
      )
      expect(again.messages).toEqual([
        {
          type: 'failed',
          code: 'E_NOT_RESUMABLE',
          message:
            'the run was interrupted while standard input was copied (2 records were), so the rest of it is unknown: ' +
            'start the job anew; `runs export` has what was done',
        },
      ])
    })

    it('refuses standard input that the first start did not come to', async () => {
      const setup = setupOf(['http://a/', '-'], {
        spoolPath: `${folder.path}/none`,
        spoolsStandardInput: true,
      })
      const reading = await readInputs({ ...setup, fingerprints: [null] }, noStdin)
      expect(reading.messages).toMatchObject([{ type: 'failed', code: 'E_NOT_RESUMABLE' }])
    })
  })

  describe('from standard input', () => {
    it('reads what content and flags tell, in pieces of any size', async () => {
      const stdin = (text: string) => () => Readable.from([...text].map(character => Buffer.from(character)))
      expect((await readInputs(setupOf(['-']), stdin('http://a/\r\nhttp://b/'))).urls).toEqual([
        'http://a/',
        'http://b/',
      ])
      expect(
        (await readInputs(setupOf(['-'], { column: '2' }), stdin('1,http://a/\n2,http://b/'))).urls,
      ).toEqual(['http://a/', 'http://b/'])
      expect((await readInputs(setupOf(['-']), stdin('{"url":"http://a/"}\n'))).urls).toEqual(['http://a/'])
      expect((await readInputs(setupOf(['-']))).last).toMatchObject({ type: 'end', total: 0 })
    })

    it('says that it cannot be replayed', async () => {
      const reading = await readInputs(setupOf(['-']), () => Readable.from([Buffer.from('http://a/\n')]))
      expect(reading.of('input')[0]).toMatchObject({ isReplayable: false, evidence: 'lines of text, UTF-8' })
    })

    it('hands on what has come while more is awaited, and stops when told', async () => {
      const stdin = new Readable({ read: () => undefined })
      const reader = new ReaderDouble(() => stdin)
      reader.tell({ type: 'setup', setup: setupOf(['-']) })
      reader.tell({ type: 'credit', records: 10 })
      stdin.push('http://a/\nhttp://b/\nhttp://c')
      await vi.waitFor(() =>
        expect(reader.messages.at(-1)).toMatchObject({ type: 'batch', firstIndex: 0, count: 2 }),
      )
      reader.tell({ type: 'stop' })
      await reader.closed
      expect(stdin.destroyed).toBe(true)
      expect(reader.messages.at(-1)?.type).toBe('batch')
    })

    it('is copied to its end without credits, and handed on under them', async () => {
      const spoolPath = `${folder.path}/ahead`
      const file = spoolFile(spoolPath, 0)
      const reader = new ReaderDouble(() => Readable.from([Buffer.from(listOf(5_000))]))
      reader.tell({ type: 'setup', setup: setupOf(['-'], { spoolPath, spoolsStandardInput: true }) })
      await vi.waitFor(() => expect(surveySpool(file)).toMatchObject({ records: 5_000, isWhole: true }))
      expect(reader.messages.some(({ type }) => type === 'batch')).toBe(false)
      reader.tell({ type: 'credit', records: 10 })
      await vi.waitFor(() => expect(reader.messages.at(-1)).toMatchObject({ type: 'batch', count: 10 }))
      reader.tell({ type: 'credit', records: 4_990 })
      await reader.closed
      expect(reader.messages.at(-1)).toMatchObject({ type: 'end', total: 5_000 })
    })

    it('is handed on from the copy while more is awaited, and stops when told', async () => {
      const stdin = new Readable({ read: () => undefined })
      const reader = new ReaderDouble(() => stdin)
      const setup = setupOf(['-'], { spoolPath: `${folder.path}/slow`, spoolsStandardInput: true })
      reader.tell({ type: 'setup', setup })
      reader.tell({ type: 'credit', records: 10 })
      stdin.push('http://a/\nhttp://b/\nhttp://c')
      await vi.waitFor(() =>
        expect(reader.messages.at(-1)).toMatchObject({ type: 'batch', firstIndex: 0, count: 2 }),
      )
      reader.tell({ type: 'stop' })
      await reader.closed
      expect(stdin.destroyed).toBe(true)
      expect(surveySpool(spoolFile(setup.spoolPath, 0))).toMatchObject({ records: 2, isWhole: false })
    })

    it('hands on the records before what is wrong with it', async () => {
      const archive = gzipSync(listOf(5_000))
      const stdin = () => Readable.from([archive.subarray(0, archive.length - 100)])
      const setup = setupOf(['-'], { spoolPath: `${folder.path}/wrong`, spoolsStandardInput: true })
      const reading = await readInputs(setup, stdin)
      expect(reading.last).toMatchObject({ type: 'failed', code: 'E_SRC_IO' })
      expect(reading.records.length).toBeGreaterThan(1_000)
    })
  })

  it('waits for credits and stops while it waits', async () => {
    const reader = new ReaderDouble()
    reader.tell({ type: 'setup', setup: setupOf([folder.write('h.csv', `url\n${listOf(1_000)}`)]) })
    reader.tell({ type: 'credit', records: 130 })
    await vi.waitFor(() => {
      const counts = reader.messages.map(message => (message.type === 'batch' ? message.count : 0))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(130)
    })
    reader.tell({ type: 'stop' })
    await reader.closed
    expect(reader.messages.some(({ type }) => type === 'end' || type === 'failed')).toBe(false)
  })
})
