import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorNumber } from '../../shared/model/error.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CPU_LAYOUT,
  CRAWL_LAYOUT,
  positionsOf,
  type RecordLayout,
} from '../../shared/model/record-layout.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import type { RowView } from '../../engine/journal/row-view.ts'
import { SegmentReader } from '../../engine/journal/segment-reader.ts'
import { SegmentWriter } from '../../engine/journal/segment-writer.ts'
import { recordColumns } from '../../engine/sink/record-columns.ts'
import type { OpenedSink, RecordSinkKind, SinkRequest } from '../../engine/sink/record-sink.ts'
import { cpuJob, crawlJob, crawlRecord } from '../support/records/run.ts'
import { temporaryDirectory } from '../support/records/temporary.ts'

export interface RecordSinkProbe {
  readonly kind: RecordSinkKind
  /** The file's records with the types that JSON has, members in the order of the columns. */
  readonly read: (path: string) => Record<string, unknown>[]
}

type Row = { numbers: Float64Array; strings: (string | null)[] }

const crawl = positionsOf(CRAWL_LAYOUT)

/** @returns A view with these records. */
async function rowsOf(rows: readonly Row[], layout: RecordLayout = CRAWL_LAYOUT): Promise<RowView> {
  const path = join(temporaryDirectory(), 'rows.seg')
  await using writer = await SegmentWriter.open({ path, layout, runId: 'run-1', segmentId: 1 })
  for (const { numbers, strings } of rows) writer.append(numbers, strings)
  using reader = new SegmentReader(path)
  reader.next(await writer.sync())
  return reader.rows.copy()
}

function addAll({ sink }: OpenedSink, rows: RowView): void {
  for (let row = 0; row < rows.count; row += 1) {
    rows.select(row)
    sink.add(rows)
  }
}

const at = (bytes: number) => ({ segments: [[1, bytes] as const], nextIndex: null })

const FETCHED = {
  ...{
    index: 0,
    url: 'http://127.0.0.1/page/0',
    finalUrl: 'http://127.0.0.1/page/0',
    outcome: 'ok',
    ok: true,
  },
  ...{ status: 200, error: null, attempts: 1, redirects: 0, contentType: 'text/html', bodyBytes: 1024 },
  ...{ wireBytes: 700, title: null, links: null, bodyHash: null, waitMs: 0.4, connectMs: 0.1, ttfbMs: 1.2 },
  ...{ downloadMs: 0.2, totalMs: 1.6, startedAtMs: 12.3, worker: 1, lane: 5 },
}

/** What every format of results must do. */
export function describeRecordSink(name: string, { kind, read }: RecordSinkProbe): void {
  const request = (
    path: string,
    changes: Partial<SinkRequest> = {},
    job: JobSpec = crawlJob(),
  ): SinkRequest => ({
    path,
    mode: 'create',
    columns: recordColumns(job),
    runId: 'run-1',
    resume: null,
    ...changes,
  })
  const target = () => join(temporaryDirectory(), `results${kind.ending}`)

  /** Writes rows to a file from its first to its last moment. */
  async function writeFile(sinkRequest: SinkRequest, rows: RowView): Promise<void> {
    const opened = await kind.open(sinkRequest)
    addAll(opened, rows)
    await opened.sink.sync(at(1))
    await opened.sink.finish()
    await opened.sink.close()
  }

  describe(`sink ${name}`, () => {
    it('writes the columns of a fetched page, and no others', async () => {
      const path = target()
      await writeFile(request(path), await rowsOf([crawlRecord(0)]))
      const records = read(path)
      expect(records).toEqual([FETCHED])
      expect(Object.keys(records[0]!)).toEqual(Object.keys(FETCHED))
    })

    it('writes what failed with its error, and what is absent as absent', async () => {
      const path = target()
      const row = crawlRecord(1)
      const { numbers, strings } = row
      for (const column of ['bodyBytes', 'wireBytes', 'connectMs', 'ttfbMs', 'downloadMs'] as const)
        numbers[crawl.numbers[column]] = NaN
      numbers[crawl.numbers.status] = 0
      numbers[COMMON_COLUMN.outcome] = OUTCOME.failed
      numbers[COMMON_COLUMN.error] = errorNumber('E_CONNECT')
      numbers[COMMON_COLUMN.retryable] = 1
      strings[crawl.strings.errorMessage] = 'connection to "a,b" refused\nafter 3 attempts'
      strings[crawl.strings.contentType] = null
      await writeFile(request(path), await rowsOf([row]))
      expect(read(path)).toMatchObject([
        {
          ...{ index: 1, outcome: 'failed', ok: false, status: null, contentType: null, bodyBytes: null },
          ...{ connectMs: null, ttfbMs: null, downloadMs: null, wireBytes: null },
          error: { code: 'E_CONNECT', message: strings[crawl.strings.errorMessage], retryable: true },
        },
      ])
    })

    it('keeps every character of a string', async () => {
      const path = target()
      const titles = [
        '',
        'a"b',
        'a,b',
        'a\r\nb',
        '\\',
        '\u0000\u001f',
        'é→😀',
        '=1+1',
        ' padded ',
        'x'.repeat(5_000),
        '\u2028',
      ]
      const rows = titles.map((title, index) => {
        const row = crawlRecord(index)
        row.strings[crawl.strings.title] = title
        return row
      })
      await writeFile(request(path), await rowsOf(rows))
      expect(read(path).map(record => record['title'])).toEqual(titles)
    })

    it('writes what was extracted', async () => {
      const path = target()
      const row = crawlRecord(0)
      row.numbers[crawl.numbers.links] = 12
      row.strings[crawl.strings.finalUrl] = 'http://127.0.0.1/moved'
      row.strings[crawl.strings.bodyHash] = 'sha256:00ff'
      row.strings[crawl.strings.meta] = '{"description":"a \\"b\\""}'
      await writeFile(
        request(path, {}, crawlJob({ extract: ['links', 'meta', 'hash'] })),
        await rowsOf([row]),
      )
      expect(read(path)).toMatchObject([
        {
          ...{ links: 12, finalUrl: 'http://127.0.0.1/moved', bodyHash: 'sha256:00ff' },
          meta: { description: 'a "b"' },
        },
      ])
    })

    it('writes the columns of cpu work', async () => {
      const path = target()
      const numbers = Float64Array.from([
        3,
        1.25,
        5.5,
        OUTCOME.ok,
        0,
        0,
        0,
        1,
        2,
        4,
        5.1234,
        0,
        0xff,
        0xdeadbeef,
      ])
      await writeFile(request(path, {}, cpuJob()), await rowsOf([{ numbers, strings: [null] }], CPU_LAYOUT))
      const expected = {
        ...{
          index: 3,
          outcome: 'ok',
          ok: true,
          error: null,
          attempts: 1,
          digest: 'deadbeef000000ff',
          cpuMs: 5.123,
        },
        ...{ waitMs: 0, totalMs: 5.5, startedAtMs: 1.25, worker: 2, lane: 4 },
      }
      expect(read(path)).toEqual([expected])
      expect(Object.keys(read(path)[0]!)).toEqual(Object.keys(expected))
    })

    it('refuses a file that exists, replaces it when forced, adds to it when told to', async () => {
      const path = target()
      await writeFile(request(path), await rowsOf([crawlRecord(0)]))
      await expect(kind.open(request(path))).rejects.toMatchObject({
        code: 'E_CONFIG',
        message: `${path} exists; use --force to replace it or --append to add to it`,
      })
      await writeFile(request(path, { mode: 'append' }), await rowsOf([crawlRecord(1)]))
      expect(read(path).map(record => record['index'])).toEqual([0, 1])
      await writeFile(request(path, { mode: 'force' }), await rowsOf([crawlRecord(2)]))
      expect(read(path).map(record => record['index'])).toEqual([2])
    })

    it('goes on exactly after what was recorded, whatever was written since', async () => {
      const path = target()
      const first = await kind.open(request(path))
      addAll(first, await rowsOf([crawlRecord(0), crawlRecord(1)]))
      const bytes = await first.sink.sync(at(100))
      const resume = { ...first.state, bytes, position: at(100) }
      addAll(first, await rowsOf([crawlRecord(2)]))
      await first.sink.flush()
      await first.sink.close()

      const second = await kind.open(request(path, { resume }))
      expect(second.state.position).toEqual(at(100))
      addAll(second, await rowsOf([crawlRecord(3)]))
      await second.sink.sync(at(200))
      await second.sink.finish()
      await second.sink.close()
      expect(read(path).map(record => record['index'])).toEqual([0, 1, 3])
    })

    it('begins again from the start when the file is gone', async () => {
      const path = target()
      const first = await kind.open(request(path))
      addAll(first, await rowsOf([crawlRecord(0)]))
      const bytes = await first.sink.sync(at(100))
      await first.sink.close()
      rmSync(path)
      const second = await kind.open(request(path, { resume: { ...first.state, bytes, position: at(100) } }))
      expect(second.state.position.segments).toEqual([])
      await second.sink.close()
    })

    it('leaves one file and nothing beside it', async () => {
      const path = target()
      await writeFile(request(path), await rowsOf([crawlRecord(0)]))
      expect(readdirSync(dirname(path))).toEqual([`results${kind.ending}`])
    })

    it('says what is wrong with a folder that does not exist', async () => {
      const path = join(temporaryDirectory(), 'absent', `results${kind.ending}`)
      await expect(kind.open(request(path))).rejects.toMatchObject({ name: 'JobError' })
      expect(existsSync(path)).toBe(false)
    })
  })
}

/** What formats of lines must do besides. */
export function describeLineSink(name: string, { kind, read }: RecordSinkProbe): void {
  describe(`sink ${name}`, () => {
    it('begins again behind what was there before the run when the file became shorter', async () => {
      const path = join(temporaryDirectory(), `results${kind.ending}`)
      const columns = recordColumns(crawlJob())
      const base = { path, columns, runId: 'run-1', mode: 'append' as const, resume: null }
      const first = await kind.open(base)
      addAll(first, await rowsOf([crawlRecord(0)]))
      await first.sink.sync(at(50))
      await first.sink.close()
      const second = await kind.open(base)
      addAll(second, await rowsOf([crawlRecord(1)]))
      const bytes = await second.sink.sync(at(100))
      await second.sink.close()
      truncateSync(path, bytes - 3)
      const third = await kind.open({ ...base, resume: { ...second.state, bytes, position: at(100) } })
      expect(third.state).toMatchObject({ bytes: second.state.baseBytes, position: { segments: [] } })
      await third.sink.close()
      expect(read(path).map(record => record['index'])).toEqual([0])
    })

    it('ends a line that was left open before it adds to a file', async () => {
      const path = join(temporaryDirectory(), `results${kind.ending}`)
      writeFileSync(path, 'open')
      const columns = recordColumns(crawlJob())
      const opened = await kind.open({ path, columns, runId: 'run-1', mode: 'append', resume: null })
      expect(opened.state.baseBytes).toBe('open\n'.length)
      await opened.sink.close()
    })
  })
}
