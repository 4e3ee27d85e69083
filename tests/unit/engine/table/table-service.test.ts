import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCommitted } from '../../../../engine/journal/committed.ts'
import { countersFromJson } from '../../../../engine/journal/journal-codec.ts'
import { segmentPath } from '../../../../engine/journal/run-paths.ts'
import { LOAD_LAYOUT } from '../../../../shared/model/record-layout.ts'
import { loadJob, loadRow } from '../../../support/records/load.ts'
import { TaskRun, TestTables, type TaskRecord } from '../../../support/table/task-run.ts'
import { range } from '../../../support/records/run.ts'

const runId = 'run-1'
const all = { runId, filter: {}, sort: null, offset: 0, limit: 500 }

const failed = (index: number, code: TaskRecord['code'] = 'E_CONNECT'): TaskRecord => ({
  index,
  outcome: 'failed',
  code,
  message: `nobody listens at port ${index}`,
})

async function tablesOf(records: readonly TaskRecord[]): Promise<TestTables> {
  const run = TaskRun.create()
  await run.settle(records)
  return new TestTables(run.dataDir)
}

const indexes = (rows: readonly { readonly index: number }[]): number[] => rows.map(({ index }) => index)

describe('TableService', () => {
  it('shows what a run recorded of its tasks', async () => {
    const { service } = await tablesOf([
      { index: 0, url: 'http://a.test:8080/x', totalMs: 2.5, bodyBytes: 10 },
      { ...failed(1), url: 'http://user@B.test/?q', attempts: 3 },
    ])
    expect(await service.page(all)).toEqual({
      total: 2,
      matched: 2,
      gap: null,
      rows: [
        {
          ...{ index: 0, outcome: 'ok', input: 'http://a.test:8080/x', host: 'a.test:8080', status: 200 },
          ...{ error: null, attempts: 1, bodyBytes: 10, startedAtMs: 0, totalMs: 2.5, worker: 0, lane: 3 },
        },
        {
          ...{ index: 1, outcome: 'failed', input: 'http://user@B.test/?q', host: 'b.test', status: null },
          error: { code: 'E_CONNECT', message: 'nobody listens at port 1', retryable: false },
          ...{ attempts: 3, bodyBytes: null, startedAtMs: 1, totalMs: 1.5, worker: 0, lane: 3 },
        },
      ],
    })
  })

  it('follows a run that goes on, once a second', async () => {
    const run = TaskRun.create()
    await run.settle(range(0, 10).map(index => ({ index })))
    const tables = new TestTables(run.dataDir)
    expect((await tables.service.page(all)).total).toBe(10)
    await run.settle(
      range(10, 15).map(index => ({ index })),
      2,
    )
    expect((await tables.service.page(all)).total).toBe(10)
    tables.tick()
    const { total, rows } = await tables.service.page(all)
    expect({ total, indexes: indexes(rows) }).toEqual({ total: 15, indexes: range(0, 15) })
  })

  it('does not see what is not committed', async () => {
    const run = TaskRun.create()
    await run.settle([{ index: 0 }])
    await run.leave([{ index: 1 }])
    expect((await new TestTables(run.dataDir).service.page(all)).total).toBe(1)
  })

  it('pages in any order', async () => {
    const { service } = await tablesOf(range(0, 100).map(index => ({ index, totalMs: (index * 37) % 100 })))
    const sort = { by: 'totalMs', isDescending: true } as const
    const page = await service.page({ ...all, sort, offset: 10, limit: 3 })
    expect(page.rows.map(({ totalMs }) => totalMs)).toEqual([89, 88, 87])
    expect((await service.page({ ...all, sort, offset: 99, limit: 3 })).rows).toHaveLength(1)
    expect((await service.page({ ...all, offset: 100 })).rows).toEqual([])
  })

  it('counts and pages what a filter chooses, also when the run has gone on', async () => {
    const run = TaskRun.create()
    await run.settle(range(0, 10).map(index => (index % 3 === 0 ? failed(index) : { index })))
    const tables = new TestTables(run.dataDir)
    const question = { ...all, filter: { outcomes: ['failed'] as const } }
    expect(indexes((await tables.service.page(question)).rows)).toEqual([0, 3, 6, 9])
    await run.settle([failed(10), { index: 11 }, failed(12)])
    tables.tick()
    const { matched, rows } = await tables.service.page(question)
    expect({ matched, indexes: indexes(rows) }).toEqual({ matched: 6, indexes: [0, 3, 6, 9, 10, 12] })
  })

  it('shows everything of one task', async () => {
    const { service } = await tablesOf([{ index: 7, title: 'Seven' }])
    const { index, more } = await service.show({ runId, index: 7 })
    expect({ index, title: more['title'], redirects: more['redirects'], bodyHash: more['bodyHash'] }).toEqual(
      {
        ...{ index: 7, title: 'Seven', redirects: 0, bodyHash: null },
      },
    )
    await expect(service.show({ runId, index: 8 })).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('says when a run has more tasks than a table holds', async () => {
    const run = TaskRun.create()
    await run.settle(range(0, 5).map(index => ({ index })))
    await run.settle(range(5, 9).map(index => ({ index })))
    const { service } = new TestTables(run.dataDir, { rows: 5 })
    const { total, gap } = await service.page(all)
    expect({ total, gap }).toEqual({ total: 5, gap: 'too-many' })
    const choice = { runId, filter: { outcomes: ['ok'] as const }, path: `${run.dataDir}/list.jsonl` }
    await expect(service.writeInputs(choice)).rejects.toMatchObject({ code: 'E_LIMIT' })
  })

  it('finds a run by the beginning of its id, and none that is gone', async () => {
    const run = TaskRun.create()
    await run.settle([{ index: 0 }])
    const { service } = new TestTables(run.dataDir)
    expect((await service.page({ ...all, runId: 'run' })).total).toBe(1)
    rmSync(run.paths.directory, { recursive: true })
    await expect(service.page(all)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('breaks failures down by their cause, with the first of each', async () => {
    const { service } = await tablesOf([
      ...range(0, 8).map(index => failed(index)),
      { ...failed(8, 'E_DNS'), url: 'http://nowhere.test/' },
      { index: 9, totalMs: 4 },
      { index: 10, outcome: 'skipped', code: 'E_ROBOTS', message: 'not allowed' },
    ])
    const { errors, outcomes, statuses, hosts, tasks } = await service.breakdown({ runId, filter: {} })
    expect(errors.map(({ code, count, firstMs, lastMs }) => ({ code, count, firstMs, lastMs }))).toEqual([
      { code: 'E_CONNECT', count: 8, firstMs: 0, lastMs: 7 },
      { code: 'E_DNS', count: 1, firstMs: 8, lastMs: 8 },
    ])
    expect(errors[0]!.samples.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(errors[1]!.samples).toEqual([
      { index: 8, input: 'http://nowhere.test/', message: 'nobody listens at port 8' },
    ])
    expect({ tasks, outcomes }).toEqual({
      tasks: 11,
      outcomes: { ok: 1, failed: 9, skipped: 1, quarantined: 0 },
    })
    expect(statuses).toEqual([
      { status: 0, count: 10 },
      { status: 200, count: 1 },
    ])
    expect(
      hosts.map(({ host, tasks: of, failed: bad, bodyBytes }) => ({ host, of, bad, bodyBytes })),
    ).toEqual([
      { host: 'host.test', of: 10, bad: 8, bodyBytes: 1_024 },
      { host: 'nowhere.test', of: 1, bad: 1, bodyBytes: 0 },
    ])
  })

  it('crosses two dimensions', async () => {
    const { service } = await tablesOf([
      { index: 0, worker: 1 },
      { index: 1, worker: 2 },
      { ...failed(2), worker: 2 },
      { ...failed(3, 'E_DNS'), worker: 2 },
    ])
    expect(await service.pivot({ runId, filter: {}, rows: 'worker', columns: 'code' })).toEqual({
      gap: null,
      rowNames: ['2', '1'],
      columnNames: ['E_NONE', 'E_DNS', 'E_CONNECT'],
      counts: [1, 1, 1, 1, 0, 0],
      rowsOmitted: 0,
      columnsOmitted: 0,
    })
  })

  it('leaves out rows that count no more since a destination had forgotten them', async () => {
    const run = TaskRun.create({ job: loadJob() }, LOAD_LAYOUT)
    await run.commit([loadRow({ index: 1 }), loadRow({ index: 2 }), loadRow({ index: 3, outcome: 'ok' })])
    const tables = new TestTables(run.dataDir)
    const before = await tables.service.page(all)
    expect({ gap: before.gap, indexes: indexes(before.rows) }).toEqual({
      gap: 'ok-not-recorded',
      indexes: [1, 2],
    })
    const { segments, progress } = readCommitted(run.paths)
    run.journal.goBack({
      pages: [],
      counters: countersFromJson(progress.counters),
      errors: [],
      outputs: [],
      dropped: [{ segments: [...segments], spans: [[2, 3]] }],
      destination: { identity: 'a', isEnding: false },
    })
    await run.commit([loadRow({ index: 2, message: 'again' })])
    tables.tick()
    const { rows } = await tables.service.page(all)
    expect(rows.map(({ index, error }) => [index, error?.message])).toEqual([
      [1, ''],
      [2, 'again'],
    ])
  })

  it('says what is wrong with records that are no more what they were', async () => {
    const run = TaskRun.create()
    await run.settle(range(0, 10).map(index => ({ index })))
    const { service } = new TestTables(run.dataDir)
    const path = segmentPath(run.paths, 1)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(path, bytes)
    await expect(service.page(all)).rejects.toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
    await expect(service.breakdown({ runId, filter: {} })).rejects.toMatchObject({
      code: 'E_JOURNAL_CORRUPT',
    })
  })
})
