import { appendFileSync, truncateSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RAW_BYTES, type LoadCursor } from '../../../../engine/load/record-view.ts'
import {
  AHEAD_BYTES,
  BLOCK_BYTES,
  LOAD_MARK_RECORDS,
  RECORD_BYTES,
} from '../../../../engine/source/limits.ts'
import { packWindow } from '../../../../engine/source/load-batch.ts'
import { markRecords } from '../../../../engine/source/marks.ts'
import { openRegular } from '../../../../engine/source/open-file.ts'
import { openLoadLease } from '../../../../engine/source/open-load-lease.ts'
import { cutWhole } from '../../../../engine/source/record-blocks.ts'
import type { Lease, RecordFormat } from '../../../../engine/worker/protocol.ts'
import type { EncodingName, LoadFormat } from '../../../../shared/model/fields/load.ts'
import { leaseOf } from '../../../support/source/leases.ts'
import {
  drainLoad,
  encode,
  recordFormat,
  recordsOf,
  WISHES,
  type LoadedRecord,
} from '../../../support/source/load-records.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const openFile = (content: string | Buffer, format: RecordFormat, changes: Partial<Lease> = {}): LoadCursor =>
  openLoadLease(
    leaseOf(recordsOf(folder.write('data', content), Buffer.byteLength(content), format), changes),
    WISHES,
  )

const texts = (records: readonly LoadedRecord[]): string[] => records.map(({ text }) => text)
const lines = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at}\n`).join('')

describe('openLoadLease of a file', () => {
  it('reads every line with its place and its raw bytes', async () => {
    const cursor = openFile('\ufeffa\r\n\r\n  b\x1c\r\x80', recordFormat('lines'))
    expect(await drainLoad(cursor)).toEqual([
      { task: 0, index: 0, line: 1, byteOffset: 0, byteLength: 4, raw: '\xef\xbb\xbfa', text: '\ufeffa' },
      { task: 1, index: 1, line: 2, byteOffset: 6, byteLength: 0, raw: '', text: '' },
      { task: 2, index: 2, line: 3, byteOffset: 8, byteLength: 4, raw: '  b\x1c', text: 'b' },
      { task: 3, index: 3, line: 4, byteOffset: 13, byteLength: 2, raw: '\xc2\x80', text: '\x80' },
    ])
    const { endIndex, totalAhead, failure, bytesRead } = cursor
    expect({ endIndex, totalAhead, failure, bytesRead }).toEqual({
      endIndex: 4,
      totalAhead: 4,
      failure: null,
      bytesRead: 15,
    })
  })

  it('begins behind the header row where the lease begins before it', async () => {
    const format = recordFormat('csv', { header: ['a', 'b'], bodyStart: 4, bodyLine: 2 })
    const cursor = openFile('a,b\n1,"x\ny"\n\n2\n3,"z', format)
    expect(await drainLoad(cursor)).toEqual([
      { task: 0, index: 0, line: 2, byteOffset: 4, byteLength: 7, raw: '1,"x\ny"', text: '1,"x\ny"' },
      { task: 1, index: 1, line: 5, byteOffset: 13, byteLength: 1, raw: '2', text: 'E_SCHEMA' },
      { task: 2, index: 2, line: 6, byteOffset: 15, byteLength: 4, raw: '3,"z', text: 'E_PARSE' },
    ])
  })

  it('names the line of a quote that is never closed, whether fields are wanted or not', async () => {
    const path = folder.write('unclosed.csv', 'a\n"b\nc\n')
    const format = recordFormat('csv', { header: ['a'], bodyStart: 2, bodyLine: 2 })
    const cursor = openLoadLease(leaseOf(recordsOf(path, 7, format)), { ...WISHES, needsFields: false })
    await new Promise<void>(resolve => (cursor.onReadable = resolve))
    expect(cursor.next()).toBe('record')
    expect(cursor.record.refusal).toEqual({
      code: 'E_PARSE',
      message: 'the row that begins on line 2 has a quote that is not closed before the end',
      isSkip: false,
    })
    cursor.close()
  })

  it.each([
    ['nothing', 'lines', '', 0],
    ['nothing', 'jsonl', '', 0],
    ['line ends', 'jsonl', '\n\r\n \t\n', 0],
    ['line ends', 'lines', '\n\r\n', 2],
  ] as const)('counts the records of a file that holds %s (%s)', async (_what, name, content, count) => {
    const cursor = openFile(content, recordFormat(name))
    expect([(await drainLoad(cursor)).length, cursor.endIndex, cursor.failure]).toEqual([count, count, null])
  })

  it('skips settled tasks and those of other strides', async () => {
    // Tasks 1, 4, 7, 10, …; bits 0 and 2 say that 1 and 7 are settled.
    const lease = { first: 1, step: 3, settled: Uint8Array.of(0b101) }
    const cursor = openFile(lines(15), recordFormat('lines'), lease)
    expect((await drainLoad(cursor)).map(({ task }) => task)).toEqual([4, 10, 13])
    expect(cursor.endIndex).toBe(15)
  })

  it('stops at the end of the lease without reading on', async () => {
    const content = lines(100_000)
    const cursor = openFile(content, recordFormat('lines'), { first: 2, end: 5 })
    expect(texts(await drainLoad(cursor))).toEqual(['line 2', 'line 3', 'line 4'])
    expect(cursor.endIndex).toBeNull()
    expect(cursor.bytesRead).toBeLessThan(content.length / 10)
  })

  it('reads a file larger than what fits ahead block by block', async () => {
    const line = `${'x'.repeat(999)}\n`
    const count = Math.ceil(AHEAD_BYTES / line.length) + 10
    const cursor = openFile(line.repeat(count), recordFormat('lines'))
    const records = await drainLoad(cursor)
    expect([records.length, cursor.endIndex, cursor.totalAhead, records.at(-1)?.line]).toEqual([
      count,
      count,
      null,
      count,
    ])
    expect(records.every(({ raw }) => raw.length === 999)).toBe(true)
  })

  it('leaves out what was appended since the run began, and says when the file became shorter', async () => {
    const path = folder.write('log.txt', 'a\nb')
    appendFileSync(path, 'grown\nc\n')
    const format = recordFormat('lines')
    expect(texts(await drainLoad(openLoadLease(leaseOf(recordsOf(path, 3, format)), WISHES)))).toEqual([
      'a',
      'b',
    ])
    truncateSync(path, 2)
    const cursor = openLoadLease(leaseOf(recordsOf(path, 3, format)), WISHES)
    expect([await drainLoad(cursor), cursor.failure, cursor.endIndex]).toEqual([
      [],
      { code: 'E_SRC_CHANGED', message: `${path} has 2 bytes, it had 3 when the run began` },
      null,
    ])
  })

  it('says that a file is gone', async () => {
    const cursor = openLoadLease(leaseOf(recordsOf(`${folder.path}/gone`, 10, recordFormat('lines'))), WISHES)
    expect([await drainLoad(cursor), cursor.failure?.code]).toEqual([[], 'E_SRC_IO'])
  })

  it('keeps no raw bytes of long records, and nothing but the place of those that are too long', async () => {
    const long = 'y'.repeat(RAW_BYTES + 1)
    const content = `a\n${long}\n${'z'.repeat(RECORD_BYTES + 1)}\n${'z'.repeat(RECORD_BYTES + 3 * BLOCK_BYTES)}\nb`
    const records = await drainLoad(openFile(content, recordFormat('lines')))
    const at = 2 + long.length + 1
    const places = records.map(({ text, byteOffset, byteLength, raw }) => [
      text.length,
      byteOffset,
      byteLength,
      raw,
    ])
    expect(places).toEqual([
      [1, 0, 1, 'a'],
      [long.length, 2, long.length, ''],
      ['E_LINE_TOO_LONG'.length, at, RECORD_BYTES + 1, ''],
      ['E_LINE_TOO_LONG'.length, at + RECORD_BYTES + 2, RECORD_BYTES + 3 * BLOCK_BYTES, ''],
      [1, content.length - 1, 1, 'b'],
    ])
    expect(records.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5])
  })

  it('gives rejected records the place they first had', async () => {
    const rejected = {
      index: 70,
      line: 8,
      byteOffset: 900,
      byteLength: 4,
      code: 'E_ENCODING',
      message: 'no',
      rawBase64: Buffer.from(' fixed').toString('base64'),
    }
    const content = `${JSON.stringify(rejected)}\n\n{"no": 1}\n`
    expect(await drainLoad(openFile(content, recordFormat('rejects')))).toMatchObject([
      { task: 0, index: 70, line: 8, byteOffset: 900, byteLength: 4, raw: ' fixed', text: 'fixed' },
      { task: 1, index: 1, line: 3, raw: '{"no": 1}', text: 'E_PARSE' },
    ])
  })

  it('refuses what is not valid, one record at a time, and takes back nothing of the others', async () => {
    const content = Buffer.concat([Buffer.from('é\n'), Buffer.of(0xff, 0x0a), Buffer.from('ok\n\0\n')])
    expect(texts(await drainLoad(openFile(content, recordFormat('lines'))))).toEqual([
      'é',
      'E_ENCODING',
      'ok',
      '\0',
    ])
  })

  it('can be closed while it reads', () => {
    const cursor = openFile(lines(10), recordFormat('lines'))
    cursor.close()
    expect(cursor.next()).toBe('end')
  })
})

describe('openLoadLease of a batch', () => {
  const bytes = Buffer.from('a\n"b\nc"\n\nd')
  const format = recordFormat('csv', { header: ['x'] })

  it('reads the records that the reader cut, with their places', async () => {
    const window = cutWhole(bytes, format, { byteOffset: 1_000, line: 50 })
    if (window === null) throw new Error('there are records')
    const data = { type: 'batch', firstIndex: 7, payload: packWindow(window, 1, 2), format } as const
    const cursor = openLoadLease(leaseOf(data, { first: 7, end: 9 }), WISHES)
    expect(await drainLoad(cursor)).toEqual([
      { task: 7, index: 7, line: 51, byteOffset: 1_002, byteLength: 5, raw: '"b\nc"', text: '"b\nc"' },
      { task: 8, index: 8, line: 54, byteOffset: 1_009, byteLength: 1, raw: 'd', text: 'd' },
    ])
  })

  it('keeps an empty line in every place of a batch, also in the last', async () => {
    const lineFormat = recordFormat('lines')
    const window = cutWhole(Buffer.from('\n\na\r\n\r\nb\r\rc\n\n'), lineFormat, { byteOffset: 0, line: 1 })
    if (window === null) throw new Error('there are records')
    const all = ['', '', 'a', '', 'b', '', 'c', '']
    expect(window.extents.count).toBe(all.length)
    for (let first = 0; first < all.length; first += 1)
      for (let end = first + 1; end <= all.length; end += 1) {
        const payload = packWindow(window, first, end - first)
        const data = { type: 'batch', firstIndex: first, payload, format: lineFormat } as const
        const records = await drainLoad(openLoadLease(leaseOf(data, { first, end }), WISHES))
        expect(texts(records)).toEqual(all.slice(first, end))
        expect(records.map(({ line }) => line)).toEqual(all.slice(first, end).map((_, at) => first + at + 1))
      }
  })

  it('refuses a batch of another version, and one that holds other records than it says', () => {
    const window = cutWhole(bytes, format, { byteOffset: 0, line: 1 })
    if (window === null) throw new Error('there are records')
    const payload = packWindow(window, 0, 3)
    const open = (changed: Uint8Array): LoadCursor =>
      openLoadLease(leaseOf({ type: 'batch', firstIndex: 0, payload: changed, format }), WISHES)
    expect(() => open(payload.with(0, 1))).toThrow('a batch of version 1, known is 2')
    expect(() => open(payload.with(4, 9))).toThrow('a batch of 9 records holds 3')
  })
})

interface Range {
  readonly marks: readonly (readonly [offset: number, index: number, line: number])[]
  readonly endIndex: number
}

async function mark(
  path: string,
  sizeBytes: number,
  records: RecordFormat,
  firstIndex: number,
): Promise<Range> {
  await using file = await openRegular(path).then(({ handle }) => handle)
  const marks: [number, number, number][] = []
  const endIndex = await markRecords(
    file,
    { path, sizeBytes, records },
    {
      firstIndex,
      signal: new AbortController().signal,
      listener: {
        onMarks: found => {
          for (let at = 0; at < found.length; at += 3)
            marks.push([found[at] ?? NaN, found[at + 1] ?? NaN, found[at + 2] ?? NaN])
        },
        onProgress: () => undefined,
      },
    },
  )
  return { marks, endIndex }
}

describe('markRecords of a load', () => {
  const parts = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'bé', '', ' ', '"x\n\r\ny"', '"a""b",c', 'long '.repeat(2_000), '"'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.integer({ min: 1, max: 700 }),
    ),
    { minLength: 1, maxLength: 6 },
  )

  it('makes ranges whose union is the whole file, for every format, encoding and partition', async () => {
    const firstIndex = 1_000
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.constantFrom<LoadFormat>('lines', 'csv', 'jsonl'),
        fc.constantFrom<EncodingName>('utf-8', 'utf-16le', 'utf-16be'),
        fc.integer({ min: 1, max: 4 }),
        async (runs, name, encoding, workers) => {
          const head = encode('h\n', encoding)
          const body = runs.map(([text, end, times]) =>
            (text + end).repeat(text.length > 100 ? times % 9 : times),
          )
          const content = Buffer.concat([head, encode(body.join(''), encoding)])
          const path = folder.write('marked', content)
          const format = recordFormat(name, { encoding, header: ['h'], bodyStart: head.length, bodyLine: 2 })
          const whole = recordsOf(path, content.length, format)
          const wholeLease = leaseOf({ ...whole, indexAtStart: firstIndex }, { first: firstIndex })
          const all = await drainLoad(openLoadLease(wholeLease, WISHES))
          const { marks, endIndex } = await mark(path, content.length, format, firstIndex)
          expect(endIndex).toBe(firstIndex + all.length)

          const readFrom = (at: number, span: Partial<Lease>, byteEnd?: number): Promise<LoadedRecord[]> => {
            const [byteStart, indexAtStart, lineAtStart] = marks[at] ?? [0, firstIndex, 1]
            const data = { ...whole, byteStart, indexAtStart, lineAtStart }
            const known = byteEnd === undefined ? data : { ...data, byteEnd }
            return drainLoad(openLoadLease(leaseOf(known, span), WISHES))
          }
          const byMark = await Promise.all(
            marks.map(([, first], at) => {
              const [byteEnd, end = endIndex] = marks[at + 1] ?? []
              expect(end - first).toBeLessThanOrEqual(LOAD_MARK_RECORDS)
              return readFrom(at, { first, end }, at % 2 === 0 ? byteEnd : undefined)
            }),
          )
          expect(byMark.flat()).toEqual(all)
          const strides = await Promise.all(
            Array.from({ length: workers }, (_, worker) =>
              readFrom(0, { first: firstIndex + worker, step: workers, end: endIndex }),
            ),
          )
          expect(strides.flat().sort((a, b) => a.task - b.task)).toEqual(all)
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)

  it('marks a record that is too long where it begins', async () => {
    const content = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.alloc(RECORD_BYTES + 3 * BLOCK_BYTES, 'x'),
      Buffer.from('\nb\n'),
    ])
    const path = folder.write('long', content)
    const { marks, endIndex } = await mark(path, content.length, recordFormat('lines'), 0)
    expect([marks, endIndex]).toEqual([
      [
        [0, 0, 1],
        [2, 1, 2],
        [content.length - 2, 2, 3],
      ],
      3,
    ])
  })
})
