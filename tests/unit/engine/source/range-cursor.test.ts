import { appendFileSync, truncateSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AHEAD_BYTES, MARK_RECORDS } from '../../../../engine/source/limits.ts'
import { markRecords } from '../../../../engine/source/marks.ts'
import { openRegular } from '../../../../engine/source/open-file.ts'
import { openLease } from '../../../../engine/source/open-lease.ts'
import type { RecordCursor } from '../../../../engine/source/cursor.ts'
import type { Lease } from '../../../../engine/worker/protocol.ts'
import { drain, type ReadRecord } from '../../../support/source/drain.ts'
import { leaseOf, wholeFile } from '../../../support/source/leases.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const openFile = (content: string | Buffer, changes: Partial<Lease> = {}, name = 'list.txt'): RecordCursor =>
  openLease(leaseOf(wholeFile(folder.write(name, content), Buffer.byteLength(content)), changes))

const values = (records: readonly ReadRecord[]): string[] =>
  records.map(({ value, refusal }) => (refusal === null ? value : refusal.code))

const lines = (count: number): string => Array.from({ length: count }, (_, at) => `http://h/${at}\n`).join('')

describe('openRange', () => {
  it('reads every record of a file with its index and line', async () => {
    const cursor = openFile('\ufeff# list\r\nhttp://a/\r\n\r\n  http://b/é \rhttp://c/')
    expect(await drain(cursor)).toEqual([
      { index: 0, value: 'http://a/', line: 2, refusal: null },
      { index: 1, value: 'http://b/é', line: 4, refusal: null },
      { index: 2, value: 'http://c/', line: 5, refusal: null },
    ])
    expect({
      end: cursor.endIndex,
      ahead: cursor.totalAhead,
      failure: cursor.failure,
      read: cursor.bytesRead,
    }).toEqual({
      end: 3,
      ahead: 3,
      failure: null,
      read: 48,
    })
  })

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff'],
    ['line ends', '\n\n\r\n'],
  ])('finds no record in %s', async (_name, content) => {
    const cursor = openFile(content)
    expect({ records: await drain(cursor), end: cursor.endIndex }).toEqual({ records: [], end: 0 })
  })

  it('knows the total before the first record runs when the file is small', async () => {
    const cursor = openFile(lines(1_000))
    const readable = Promise.withResolvers<void>()
    cursor.onReadable = () => readable.resolve()
    expect(cursor.next()).toBe('wait')
    await readable.promise
    expect([cursor.next(), cursor.index, cursor.totalAhead, cursor.endIndex]).toEqual([
      'record',
      0,
      1_000,
      null,
    ])
    cursor.close()
  })

  it('reads a file larger than what fits ahead, block by block', async () => {
    const line = `http://h/${'x'.repeat(1_000)}\n`
    const count = Math.ceil(AHEAD_BYTES / line.length) + 10
    const cursor = openFile(line.repeat(count))
    const records = await drain(cursor)
    expect([records.length, cursor.endIndex, cursor.totalAhead, records.at(-1)?.line]).toEqual([
      count,
      count,
      null,
      count,
    ])
  })

  it('skips settled tasks and those of other strides', async () => {
    // Tasks 1, 4, 7, 10, …; bits 0 and 2 say that 1 and 7 are settled.
    const cursor = openFile(lines(15), { first: 1, step: 3, settled: Uint8Array.of(0b101) })
    expect((await drain(cursor)).map(({ index }) => index)).toEqual([4, 10, 13])
    expect(cursor.endIndex).toBe(15)
  })

  it('stops at the end of the lease without reading on', async () => {
    const content = lines(100_000)
    const cursor = openFile(content, { first: 2, end: 5 })
    expect(values(await drain(cursor))).toEqual(['http://h/2', 'http://h/3', 'http://h/4'])
    expect(cursor.endIndex).toBeNull()
    expect(cursor.bytesRead).toBeLessThan(content.length / 10)
  })

  it('leaves out what was appended since the run began', async () => {
    const path = folder.write('grown.txt', 'http://a/\nhttp://b/')
    appendFileSync(path, 'grown\nhttp://c/\n')
    expect(values(await drain(openLease(leaseOf(wholeFile(path, 19)))))).toEqual(['http://a/', 'http://b/'])
  })

  it('says that a file became shorter', async () => {
    const path = folder.write('shrunk.txt', lines(10))
    truncateSync(path, 11)
    const cursor = openLease(leaseOf(wholeFile(path, 110)))
    expect(await drain(cursor)).toEqual([])
    expect(cursor.failure).toEqual({
      code: 'E_SRC_CHANGED',
      message: `${path} has 11 bytes, it had 110 when the run began`,
    })
  })

  it('says that a file is gone', async () => {
    const cursor = openLease(leaseOf(wholeFile(`${folder.path}/gone.txt`, 10)))
    expect(await drain(cursor)).toEqual([])
    expect(cursor.failure?.code).toBe('E_SRC_IO')
    expect(cursor.endIndex).toBeNull()
  })

  it('refuses records that cannot be URLs, each with its line', async () => {
    const bad = Buffer.concat([
      Buffer.from('http://a/\n'),
      Buffer.from('http://b/\xe9\n', 'latin1'),
      Buffer.from(`http://${'c'.repeat(9_000)}\n`),
    ])
    const records = await drain(openFile(bad))
    expect(
      records.map(({ value, line, refusal }) => [value.slice(0, 14), line, refusal?.code ?? null]),
    ).toEqual([
      ['http://a/', 1, null],
      ['http://b/\\xe9', 2, 'E_URL_INVALID'],
      ['http://ccccccc', 3, 'E_URL_INVALID'],
    ])
    expect(records[1]?.refusal?.message).toBe('line 2 is not valid UTF-8, so its URL is unknown')
  })

  it('reads the member of JSON objects that the job names', async () => {
    const content = [
      '{"u":"http://a/"}',
      '{"u":1}',
      '{"x":"y"}',
      '[]',
      '{"u":"\\ud800"}',
      'no',
      '',
      '{"u":"http://b/"}',
    ].join('\n')
    const path = folder.write('list.jsonl', content)
    const data = wholeFile(path, content.length, { format: 'jsonl', field: 'u' })
    const records = await drain(openLease(leaseOf(data)))
    expect(records.map(({ value, line, refusal }) => [refusal?.code ?? value, line])).toEqual([
      ['http://a/', 1],
      ['E_SCHEMA', 2],
      ['E_SCHEMA', 3],
      ['E_PARSE', 4],
      ['E_URL_INVALID', 5],
      ['E_PARSE', 6],
      ['http://b/', 8],
    ])
  })

  it('can be closed while it reads', async () => {
    const cursor = openFile(lines(10))
    cursor.close()
    expect(cursor.next()).toBe('end')
  })
})

interface Range {
  readonly marks: readonly (readonly [offset: number, index: number, line: number])[]
  readonly endIndex: number
}

async function mark(path: string, sizeBytes: number, firstIndex: number): Promise<Range> {
  await using file = await openRegular(path).then(({ handle }) => handle)
  const marks: [number, number, number][] = []
  const endIndex = await markRecords(
    file,
    { path, sizeBytes, format: 'list', field: null },
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

const parts = fc.array(
  fc.tuple(
    fc.constantFrom(
      'http://a/',
      'http://bé/',
      '',
      '# comment',
      ' ',
      'http://h/a/longer/path?with=query',
      'bad\xff',
    ),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.integer({ min: 1, max: 90 }),
  ),
  { minLength: 1, maxLength: 12 },
)

describe('markRecords', () => {
  it('makes ranges whose union is the whole file, under every partition', async () => {
    const firstIndex = 1_000
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (runs, workers, knowsEnd) => {
          const content = Buffer.from(runs.map(([text, end, times]) => (text + end).repeat(times)).join(''))
          const path = folder.write('marked.txt', content)
          const all = (await drain(openLease(leaseOf(wholeFile(path, content.length))))).map(record => ({
            ...record,
            index: record.index + firstIndex,
          }))
          const { marks, endIndex } = await mark(path, content.length, firstIndex)
          expect(endIndex).toBe(firstIndex + all.length)
          expect(marks.length).toBe(Math.ceil(all.length / MARK_RECORDS))

          const readFrom = (at: number, first: number, step: number, end: number): Promise<ReadRecord[]> => {
            const [byteStart, indexAtStart, lineAtStart] = marks[at] ?? [0, firstIndex, 1]
            const byteEnd = marks.find(([, index]) => index >= end)?.[0]
            const data = { ...wholeFile(path, content.length), byteStart, indexAtStart, lineAtStart }
            const known = knowsEnd && byteEnd !== undefined ? { ...data, byteEnd } : data
            return drain(openLease(leaseOf(known, { first, step, end })))
          }
          const byMark = await Promise.all(
            marks.map(([, index], at) => readFrom(at, index, 1, Math.min(index + MARK_RECORDS, endIndex))),
          )
          expect(byMark.flat()).toEqual(all)
          const strides = await Promise.all(
            Array.from({ length: workers }, (_, worker) =>
              readFrom(0, firstIndex + worker, workers, endIndex),
            ),
          )
          expect(strides.flat().sort((a, b) => a.index - b.index)).toEqual(all)
        },
      ),
      { numRuns: 40 },
    )
  })
})
