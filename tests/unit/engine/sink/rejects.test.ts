import { existsSync, readFileSync, writeFileSync, appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FrameBuilder } from '../../../../engine/journal/frame-builder.ts'
import type { OutputState } from '../../../../engine/journal/journal-codec.ts'
import { RowView } from '../../../../engine/journal/row-view.ts'
import { START, type RecordSink } from '../../../../engine/sink/record-sink.ts'
import { rejectsSink } from '../../../../engine/sink/rejects.ts'
import { LOAD_LAYOUT } from '../../../../shared/model/record-layout.ts'
import { loadRow, type LoadRecord } from '../../../support/records/load.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

interface Given {
  readonly mode?: 'create' | 'force' | 'append'
  readonly resume?: OutputState
  readonly inputs?: readonly string[]
}

async function open(path: string, { mode = 'create', resume, inputs = ['-'] }: Given = {}) {
  return rejectsSink(inputs).open({ path, mode, columns: [], runId: 'run-1', resume: resume ?? null })
}

function add(sink: RecordSink, ...records: readonly LoadRecord[]): void {
  const builder = new FrameBuilder(LOAD_LAYOUT)
  for (const record of records) {
    const { numbers, strings } = loadRow(record)
    builder.append(numbers, strings)
  }
  const rows = new RowView(LOAD_LAYOUT)
  rows.load(Buffer.from(builder.seal(0)))
  for (let row = 0; row < rows.count; row += 1) {
    rows.select(row)
    sink.add(rows)
  }
}

async function write(path: string, records: readonly LoadRecord[], given: Given = {}): Promise<OutputState> {
  const { sink, state } = await open(path, given)
  add(sink, ...records)
  const bytes = await sink.sync(START)
  await sink.close()
  return { ...state, bytes }
}

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)

const rejectsPath = (): string => join(temporaryDirectory(), 'data.txt.rejects.jsonl')

describe('the file of rejects', () => {
  it('says of each what it was, where it stood and why it was refused', async () => {
    const path = rejectsPath()
    const csv = '{"format":"csv","encoding":"utf-8","delimiter":",","header":["a"]}'
    await write(path, [
      {
        index: 7,
        recordIndex: 3,
        line: 4,
        byteOffset: 30,
        byteLength: 2,
        raw: '/+8=',
        message: 'a "bad" \u2028 line',
      },
      { index: 8, code: 'E_PARSE', byteLength: 0, source: csv },
    ])
    expect(linesOf(path)).toEqual([
      {
        index: 3,
        line: 4,
        byteOffset: 30,
        byteLength: 2,
        code: 'E_ENCODING',
        message: 'a "bad" \u2028 line',
        rawBase64: '/+8=',
      },
      {
        index: 8,
        line: 9,
        byteOffset: 80,
        byteLength: 0,
        code: 'E_PARSE',
        message: '',
        rawBase64: '',
        source: { format: 'csv', encoding: 'utf-8', delimiter: ',', header: ['a'] },
      },
    ])
  })

  it('comes into being with the first reject', async () => {
    const path = rejectsPath()
    expect(await write(path, [])).toEqual({ path, baseBytes: 0, bytes: 0, position: START })
    expect(existsSync(path)).toBe(false)
  })

  it('never takes the place of a file that is there', async () => {
    const path = rejectsPath()
    const { sink } = await open(path)
    writeFileSync(path, 'precious\n')
    add(sink, { index: 1 })
    await expect(sink.sync(START)).rejects.toMatchObject({ code: 'E_CONFIG' })
    await sink.close()
    await expect(open(path)).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect(readFileSync(path, 'utf8')).toBe('precious\n')
  })

  it('replaces a file or adds to it when asked to', async () => {
    const path = rejectsPath()
    writeFileSync(path, '{"index":0}')
    const { baseBytes } = await write(path, [{ index: 1 }], { mode: 'append' })
    expect([baseBytes, linesOf(path).length]).toEqual([12, 2])
    await write(path, [], { mode: 'force' })
    expect(existsSync(path)).toBe(false)
  })

  it('goes on where the journal says, whatever lies beyond', async () => {
    const path = rejectsPath()
    const resume = await write(path, [{ index: 1 }])
    appendFileSync(path, '{"half a l')
    await write(path, [{ index: 2 }], { resume })
    expect(linesOf(path)).toMatchObject([{ index: 1 }, { index: 2 }])
    // The journal knows of none: what is there was written just before a crash.
    await write(path, [{ index: 3 }], { resume: { ...resume, bytes: 0 } })
    expect(linesOf(path)).toMatchObject([{ index: 3 }])
  })

  it('has long records too, read from their file again', async () => {
    const path = rejectsPath()
    const source = join(temporaryDirectory(), 'data.txt')
    const long = Buffer.alloc(1_500_001, 'abcdefg')
    writeFileSync(source, Buffer.concat([Buffer.from('first\n'), long, Buffer.from('\nlast\n')]))
    await write(
      path,
      [
        { index: 1, byteOffset: 6, byteLength: long.length },
        { index: 2, byteOffset: 6, byteLength: 4 },
        { index: 3, byteOffset: 1_000_000, byteLength: 1_000_000 },
      ],
      { inputs: [source] },
    )
    const [first, second, third] = linesOf(path) as { rawBase64: string | null }[]
    expect(Buffer.from(first!.rawBase64!, 'base64').equals(long)).toBe(true)
    expect([second!.rawBase64, third!.rawBase64]).toEqual(['YWJjZA==', null])
  })

  it('reads a long record again from the one of several inputs that it is from', async () => {
    const path = rejectsPath()
    const inputs = ['one.txt', 'two.txt', 'secret.txt'].map(name => join(temporaryDirectory(), name))
    inputs.forEach((input, at) => writeFileSync(input, String(at).repeat(9)))
    const from = (input: string | undefined): string =>
      JSON.stringify({ format: 'lines', encoding: 'utf-8', ...(input === undefined ? {} : { input }) })
    await write(
      path,
      [...inputs, undefined].map((input, index) => ({
        index,
        byteOffset: 0,
        byteLength: 3,
        source: from(input),
      })),
      // The third one is not an input of the load, whatever a file of rejects says.
      { inputs: inputs.slice(0, 2) },
    )
    expect(linesOf(path)).toMatchObject([
      { rawBase64: 'MDAw', source: { input: inputs[0] } },
      { rawBase64: 'MTEx', source: { input: inputs[1] } },
      { rawBase64: null },
      { rawBase64: null },
    ])
  })

  it.each([
    ['packed', gzipSync('one\ntwo\n')],
    ['a file of rejects', Buffer.from('{"index":5,"rawBase64":""}\n{"index":6}\n')],
  ])('has no bytes of long records whose file is %s', async (_, bytes) => {
    const path = rejectsPath()
    const source = join(temporaryDirectory(), 'data')
    writeFileSync(source, bytes)
    await write(path, [{ index: 1, byteOffset: 2, byteLength: 5 }], { inputs: [source] })
    await write(`${path}2`, [{ index: 1, byteOffset: 2, byteLength: 5 }], { inputs: [`${source}.gone`] })
    expect([...linesOf(path), ...linesOf(`${path}2`)]).toMatchObject([
      { rawBase64: null },
      { rawBase64: null },
    ])
  })
})
