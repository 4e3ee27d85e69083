import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CPU_LAYOUT, CRAWL_LAYOUT, type RecordLayout } from '../../../../shared/model/record-layout.ts'
import { FILE_HEADER_BYTES, FRAME_RECORDS } from '../../../../engine/journal/segment-format.ts'
import { SegmentReader } from '../../../../engine/journal/segment-reader.ts'
import { SegmentWriter } from '../../../../engine/journal/segment-writer.ts'
import { withFlippedBit } from '../../../support/records/flip.ts'
import { crawlRecord } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

type Row = { numbers: number[]; strings: (string | null)[] }

const open = (path: string, layout: RecordLayout = CRAWL_LAYOUT) =>
  SegmentWriter.open({ path, layout, runId: 'run-1', segmentId: 7 })

function readAll(path: string, committedBytes: number): Row[] {
  using reader = new SegmentReader(path)
  const rows: Row[] = []
  while (reader.next(committedBytes)) {
    for (let row = 0; row < reader.rows.count; row += 1) {
      reader.rows.select(row)
      rows.push({
        numbers: reader.layout.numbers.map((_, column) => reader.rows.number(column)),
        strings: reader.layout.strings.map((_, column) => reader.rows.string(column)),
      })
    }
  }
  return rows
}

const VALUES = {
  u8: fc.integer({ min: 0, max: 255 }),
  u16: fc.integer({ min: 0, max: 65_535 }),
  u32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  f32: fc.float(),
  f64: fc.double(),
} as const

const rowsOf = (layout: RecordLayout): fc.Arbitrary<Row[]> =>
  fc.array(
    fc.record({
      numbers: fc.tuple(...layout.numbers.map(({ type }) => VALUES[type])),
      strings: fc.tuple(...layout.strings.map(() => fc.option(fc.string({ unit: 'grapheme' })))),
    }),
    { maxLength: 40 },
  )

describe('a segment', () => {
  it('gives back any numbers and strings, whatever was synced when', async () => {
    const directory = temporaryDirectory()
    let files = 0
    for (const layout of [CRAWL_LAYOUT, CPU_LAYOUT] as RecordLayout[]) {
      await fc.assert(
        fc.asyncProperty(fc.array(rowsOf(layout), { maxLength: 4 }), async batches => {
          const path = join(directory, `${(files += 1)}.seg`)
          await using writer = await open(path, layout)
          let bytes = FILE_HEADER_BYTES
          for (const rows of batches) {
            for (const { numbers, strings } of rows) writer.append(Float64Array.from(numbers), strings)
            bytes = await writer.sync()
          }
          expect(readAll(path, bytes)).toEqual(batches.flat())
          expect(statSync(path).size).toBe(bytes)
        }),
        { numRuns: 40 },
      )
    }
  })

  it('stands on disk byte for byte as its description says', async () => {
    const path = join(temporaryDirectory(), 'golden.seg')
    await using writer = await open(path, CPU_LAYOUT)
    const numbers = Float64Array.from([258, 0.5, 2, 1, 22, 0, 0, 3, 1, 4, 1.5, NaN, 0xdeadbeef, 1])
    writer.append(numbers, ['é'])
    writer.append(numbers, [null])
    const bytes = await writer.sync()
    expect(
      readFileSync(path)
        .subarray(0, bytes)
        .toString('hex')
        .match(/.{1,32}/g),
    ).toEqual([
      '494c565345470d0a010002003a000000',
      '070000000500000072756e2d31000000',
      '00000000000000000000000000000000',
      '00000000000000000000000000000000',
      '00000000000000000000000000000000',
      '00000000000000000000000053b67402',
      '494601017e0000000000000000000000',
      'b87318e5020000000200000000000000',
      '00207040000000000000e03f00000000',
      '00000040011600000300010004000000',
      'c03f0000c07fefbeadde010000000000',
      '00000200000000000000002070400000',
      '00000000e03f00000000000000400116',
      '00000300010004000000c03f0000c07f',
      'efbeadde0100000000000000ffffffff',
      'c3a9',
    ])
  })

  it('cuts long segments into frames and keeps their order', async () => {
    const path = join(temporaryDirectory(), 'long.seg')
    await using writer = await open(path)
    const count = FRAME_RECORDS * 3 + 5
    for (let index = 0; index < count; index += 1) {
      const { numbers, strings } = crawlRecord(index)
      writer.append(numbers, strings)
    }
    const bytes = await writer.sync()
    expect(readAll(path, bytes).map(row => row.numbers[0])).toEqual(
      Array.from({ length: count }, (_, at) => at),
    )
  })

  it('takes a string longer than a frame', async () => {
    const path = join(temporaryDirectory(), 'wide.seg')
    await using writer = await open(path)
    const { numbers, strings } = crawlRecord(1)
    const title = 'ß'.repeat(400_000)
    writer.append(numbers, strings.with(4, title))
    writer.append(numbers, strings)
    const bytes = await writer.sync()
    expect(readAll(path, bytes).map(row => row.strings[4])).toEqual([title, null])
  })

  it('reads on from any frame it has stopped at', async () => {
    const path = join(temporaryDirectory(), 'on.seg')
    await using writer = await open(path)
    const record = crawlRecord(1)
    writer.append(record.numbers, record.strings)
    const first = await writer.sync()
    const next = crawlRecord(2)
    writer.append(next.numbers, next.strings)
    const second = await writer.sync()
    using reader = new SegmentReader(path)
    reader.seek(first)
    expect(reader.next(first)).toBe(false)
    expect(reader.next(second)).toBe(true)
    expect({ index: reader.rows.number(0), position: reader.position }).toEqual({
      index: 2,
      position: second,
    })
  })

  it('keeps what is appended while a sync is under way for the next one', async () => {
    const path = join(temporaryDirectory(), 'while.seg')
    await using writer = await open(path)
    const record = crawlRecord(1)
    writer.append(record.numbers, record.strings)
    const syncing = writer.sync()
    const later = crawlRecord(2)
    writer.append(later.numbers, later.strings)
    const first = await syncing
    expect(readAll(path, first).map(row => row.numbers[0])).toEqual([1])
    expect(writer.pendingBytes).toBeGreaterThan(0)
    expect(readAll(path, await writer.sync()).map(row => row.numbers[0])).toEqual([1, 2])
    expect(writer.pendingBytes).toBe(0)
  })

  it('never overwrites a segment that exists', async () => {
    const path = join(temporaryDirectory(), 'twice.seg')
    await using _first = await open(path)
    await expect(open(path)).rejects.toMatchObject({ code: 'E_SRC_IO' })
  })
})

const corrupt = expect.objectContaining({ code: 'E_JOURNAL_CORRUPT' })

describe('a damaged segment', () => {
  async function twoFrames(): Promise<{ path: string; first: number; bytes: number }> {
    const path = join(temporaryDirectory(), 'damaged.seg')
    await using writer = await open(path, CPU_LAYOUT)
    const numbers = new Float64Array(CPU_LAYOUT.numbers.length)
    writer.append(numbers, ['first'])
    const first = await writer.sync()
    writer.append(numbers, ['second'])
    return { path, first, bytes: await writer.sync() }
  }

  it('is read up to the committed length, however its last frame is torn', async () => {
    const { path, first, bytes } = await twoFrames()
    for (let cut = bytes - 1; cut >= first; cut -= 1) {
      truncateSync(path, cut)
      expect(readAll(path, first)).toHaveLength(1)
      expect(() => readAll(path, bytes)).toThrow(corrupt)
    }
    appendFileSync(path, Buffer.alloc(100))
    expect(readAll(path, first)).toHaveLength(1)
  })

  it('is refused for every single flipped bit', async () => {
    const { path, first } = await twoFrames()
    for (let bit = 0; bit < first * 8; bit += 1) {
      withFlippedBit(path, bit, () => {
        expect(() => readAll(path, first), `bit ${bit}`).toThrow(corrupt)
      })
    }
  })

  it('is refused with file and offset when a committed frame is not where it should be', async () => {
    const { path, first, bytes } = await twoFrames()
    const whole = readFileSync(path)
    // The second frame twice: right in itself, but not the one that follows.
    writeFileSync(
      path,
      Buffer.concat([whole.subarray(0, first), whole.subarray(first), whole.subarray(first, bytes)]),
    )
    expect(() => readAll(path, bytes + bytes - first)).toThrow(
      `${path} at byte ${bytes}: frame 1 where 2 should follow`,
    )
  })

  it('is refused when it is missing, or is something else', () => {
    const path = join(temporaryDirectory(), 'none.seg')
    expect(() => new SegmentReader(path)).toThrow(`segment ${path} is missing`)
    writeFileSync(path, 'a text')
    expect(() => new SegmentReader(path)).toThrow('not a segment')
  })
})
