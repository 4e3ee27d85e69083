import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../engine/engine.ts'
import { entriesBeside } from '../../../headless/host/entry-path.ts'
import { makeHostEngine } from '../../../headless/host/host-engine.ts'
import { connect } from '../../../shared/contract/connect.ts'
import type { Client, Input } from '../../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../../shared/contract/memory-wire.ts'
import { serve } from '../../../shared/contract/serve.ts'
import { parseJob } from '../../../shared/model/job-schema.ts'
import { JOB_SCHEMA, type JobSpec } from '../../../shared/model/job.ts'
import type { RunSummary } from '../../../shared/model/run.ts'
import { documentOf, linesOf, Workbench, type ResultLine } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 300
const ODD = '/page/1?errors=1&q=a b"c,\u00fc#x'

let bench: Workbench
let site: Site
let engine: Engine
let client: Client

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ errorRatio: 0.2, recoverRatio: 1, latency: { law: 'fixed', value: 2 } })
  // The first command makes the data folder.
  await bench.run(['runs'])
  engine = makeHostEngine({
    dataDir: bench.dataDir,
    entries: entriesBeside(new URL('../../../headless/cli/main.ts', import.meta.url).href),
    env: {},
    ownPorts: () => [],
  })
  const [hostEnd, clientEnd] = makeMemoryWires()
  serve(engine.handlers, hostEnd)
  client = connect(clientEnd)
})

afterAll(async () => {
  await engine.close()
  client.close()
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const page = (runId: string, changes: Partial<Input<'tasks.page'>> = {}) =>
  client.call('tasks.page', { runId, filter: {}, sort: null, offset: 0, limit: 500, ...changes })

/** @returns The id of a crawl of the site that has ended, some pages of which failed. */
async function crawled(
  flags: readonly string[] = [],
  list = listOf(site.origin, PAGES),
): Promise<RunSummary> {
  bench.write('pages.txt', list)
  const ended = await bench.run(['crawl', 'pages.txt', '--retries', '0', ...flags, '--json'])
  return documentOf(ended) as RunSummary
}

async function endOf(runId: string): Promise<RunSummary> {
  const ended = Promise.withResolvers<RunSummary>()
  const stop = client.on('run.events', { runId, cursor: 0 }, ({ event }) => {
    if (event.type === 'run.summary') ended.resolve(event.summary)
  })
  try {
    return await ended.promise
  } finally {
    stop()
  }
}

async function readExport(wanted: Partial<Input<'export.make'>> & { readonly runId: string }) {
  const made = await client.call('export.make', {
    format: 'jsonl',
    filter: null,
    isSpreadsheetSafe: false,
    ...wanted,
  })
  const pieces: Uint8Array[] = []
  for (let offset = 0; ;) {
    const { bytes } = await client.call('export.read', { exportId: made.exportId, offset })
    if (bytes.length === 0) break
    pieces.push(bytes)
    offset += bytes.length
  }
  return { ...made, content: Buffer.concat(pieces) }
}

const byIndex = (a: { readonly index: number }, b: { readonly index: number }) => a.index - b.index

describe('the tasks of a run', () => {
  it('are those of its results, in tables and in exports', async () => {
    const { runId, tasks } = await crawled(['--out', 'results.jsonl', '--force', '--model', 'processes'])
    const { total, matched, gap, rows } = await page(runId, { sort: { by: 'index', isDescending: false } })
    expect({ total, matched, gap }).toEqual({ total: PAGES, matched: PAGES, gap: null })
    const results = bench.results('results.jsonl').sort(byIndex)
    const common = ({
      index,
      outcome,
      status,
      error,
      attempts,
      worker,
      lane,
      bodyBytes,
    }: Partial<ResultLine> | (typeof rows)[number]) => ({
      ...{ index, outcome, status, error, attempts, worker, lane, bodyBytes },
    })
    expect(rows.map(common)).toEqual(results.map(common))
    expect(rows.map(({ input }) => input)).toEqual(results.map(({ url }) => url))

    const breakdown = await client.call('tasks.breakdown', { runId, filter: {} })
    expect(breakdown.outcomes).toMatchObject({ ok: tasks.ok, failed: tasks.failed })
    expect(breakdown.errors.map(({ code, count }) => ({ code, count }))).toEqual([
      { code: 'E_HTTP_STATUS', count: tasks.failed },
    ])
    expect(breakdown.hosts).toMatchObject([{ host: site.origin.slice('http://'.length), tasks: PAGES }])

    const whole = await readExport({ runId })
    expect((linesOf(whole.content.toString()) as ResultLine[]).sort(byIndex)).toEqual(results)
    const failed = await readExport({ runId, filter: { outcomes: ['failed'] } })
    expect(failed.records).toBe(tasks.failed)
    expect((linesOf(failed.content.toString()) as ResultLine[]).sort(byIndex)).toEqual(
      results.filter(({ outcome }) => outcome === 'failed'),
    )
    const table = await readExport({ runId, format: 'csv', isSpreadsheetSafe: true })
    expect(table.name).toBe(`pages.txt-${runId}.csv`)
    expect(table.content.toString().split('\n')).toHaveLength(PAGES + 2)
    const database = await readExport({ runId, format: 'db', filter: { outcomes: ['ok'] } })
    expect(database.content.subarray(0, 15).toString()).toBe('SQLite format 3')

    await client.call('export.drop', { exportId: whole.exportId })
    expect(existsSync(join(bench.dataDir, 'exports', whole.exportId))).toBe(false)
    await expect(client.call('export.read', { exportId: whole.exportId, offset: 0 })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
  })

  it('are tried again, those that failed only, with all that their URLs contain', async () => {
    const odd = `${site.origin}${ODD}`
    const { runId, tasks } = await crawled(
      ['--header', 'x-a: b'],
      `${listOf(site.origin, PAGES, '?again')}${odd}\n`,
    )
    expect(tasks.failed).toBeGreaterThan(10)
    const again = await client.call('tasks.retry', {
      runId,
      filter: { outcomes: ['failed'] },
      // Its value was kept nowhere.
      secrets: { redisPassword: null, headers: ['x-a: b'] },
    })
    expect(again.tasks).toBe(tasks.failed)
    const { tasks: retried, out } = await endOf(again.runId)
    expect({ total: retried.total, out }).toEqual({ total: tasks.failed, out: [] })
    const inputs = (rows: readonly { readonly input: string | null }[]) =>
      rows.map(({ input }) => input).sort()
    const failed = await page(runId, { filter: { outcomes: ['failed'] } })
    expect(inputs((await page(again.runId)).rows)).toEqual(inputs(failed.rows))
    expect(failed.rows.map(({ input }) => input)).toContain(odd)
    const { job } = await client.call('runs.show', { runId: again.runId })
    expect(job).toMatchObject({ crawl: { headers: ['x-a: …'], retries: 0 } })
  })

  it('can be seen while the run goes on', async () => {
    bench.write('pages.txt', listOf(site.origin, 2_000, '?latency=20'))
    const command = bench.start([
      'crawl',
      'pages.txt',
      '--in-flight',
      '8',
      '--events',
      '--out',
      'slow.jsonl',
      '--force',
    ])
    const { runId } = (await command.event('run.started')) as unknown as { runId: string }
    await command.settled(50)
    const { total } = await page(runId)
    expect(total).toBeGreaterThan(0)
    expect(total).toBeLessThan(2_000)
    command.killGroup()
    await command.ended
    const resumed = documentOf(
      await bench.run(['resume', runId, '--in-flight', '64', '--json']),
    ) as RunSummary
    expect(resumed.tasks.remaining).toBe(0)
    const results = bench.results('slow.jsonl').sort(byIndex)
    await expect
      .poll(async () => (await page(runId, { limit: 0 })).total, { interval: 100, timeout: 10_000 })
      .toBe(2_000)
    const pages = await Promise.all(
      [0, 500, 1_000, 1_500].map(offset =>
        page(runId, { offset, sort: { by: 'index', isDescending: false } }),
      ),
    )
    expect(pages.flatMap(({ rows }) => rows.map(({ input }) => input))).toEqual(results.map(({ url }) => url))
  })
})

describe('rejects of a load', () => {
  const loadJob = (file: string): JobSpec =>
    parseJob({
      schema: JOB_SCHEMA,
      kind: 'load',
      inputs: [file],
      load: { to: `jsonl:${bench.path('loaded.jsonl')}`, maxRejects: '100%' },
    })

  it('are shown as text and tried again under their old index', async () => {
    const file = bench.write('data.txt', Buffer.from('one\ntwo \xff\nthree\n', 'latin1'))
    const options = {
      out: [],
      outMode: 'create',
      allowFailures: { unit: 'tasks', value: 0 },
      asserts: [],
      patienceMs: null,
      rejects: bench.path('data.rejects.jsonl'),
      pass: 'write',
    } as const
    const { runId } = await client.call('run.start', { job: loadJob(file), options })
    await endOf(runId)
    const { gap, total, rows } = await page(runId)
    expect({ gap, total }).toEqual({ gap: 'ok-not-recorded', total: 1 })
    expect(rows[0]).toMatchObject({ index: 1, input: 'two \\xff', error: { code: 'E_ENCODING' }, host: null })
    expect((await page(runId, { filter: { text: 'TWO' } })).matched).toBe(1)

    const again = await client.call('tasks.retry', { runId, filter: {} })
    expect((await endOf(again.runId)).tasks).toMatchObject({ total: 1, failed: 1 })
    const rejects = readdirSync(bench.folder).filter(name => name.startsWith('data.rejects.retry-'))
    expect(linesOf(readFileSync(bench.path(rejects[0]!), 'utf8'))).toMatchObject([{ index: 1, line: 2 }])
    expect(bench.read('loaded.jsonl').trimEnd().split('\n')).toHaveLength(2)
    await expect(
      client.call('tasks.retry', { runId, filter: { text: 'nothing like it' } }),
    ).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })
})

describe('tasks of a cpu job', () => {
  it('are counted, but not tried again one by one', async () => {
    const { runId } = documentOf(
      await bench.run(['cpu', '--kernel', 'primes', '--tasks', '20', '--json']),
    ) as RunSummary
    const { total, rows } = await page(runId, { limit: 1 })
    expect(total).toBe(20)
    expect(rows[0]).toMatchObject({ input: null, host: null, status: null, bodyBytes: null })
    const { more } = await client.call('tasks.show', { runId, index: 3 })
    expect(more['digest']).toMatch(/^[0-9a-f]{16}$/)
    await expect(client.call('tasks.retry', { runId, filter: {} })).rejects.toMatchObject({
      code: 'E_CONFIG',
    })
    expect(
      readdirSync(join(bench.dataDir, 'uploads')).filter(name => name.startsWith('retry-')),
    ).toHaveLength(2)
  })
})

describe('ids of runs and exports', () => {
  it.each(['../x', 'a/b', '..', '', 'a\0', 'x'.repeat(65)])('refuse %j', async id => {
    await expect(page(id)).rejects.toMatchObject({ code: expect.stringMatching(/^E_/) as string })
    await expect(client.call('export.read', { exportId: id, offset: 0 })).rejects.toThrow()
    await expect(client.call('export.drop', { exportId: id })).rejects.toThrow()
  })
})
