import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/model/run.ts'
import type { TaskPage } from '../../../shared/model/task-table.ts'
import { documentOf, Workbench } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

let bench: Workbench
let site: Site
let run: RunSummary

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ errorRatio: 0.3, recoverRatio: 1 })
  bench.write('pages.txt', `${listOf(site.origin, 100)}=not a url\n`)
  run = (await bench.runJson(['crawl', 'pages.txt', '--retries', '0'])).summary
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const tasksOf = async (...flags: readonly string[]): Promise<TaskPage> =>
  documentOf(await bench.run(['runs', 'tasks', run.runId, ...flags, '--json'])) as TaskPage

describe('runs tasks', () => {
  it('shows the tasks that flags choose', async () => {
    const failed = await tasksOf('--outcome', 'failed', '--limit', '3')
    expect(failed).toMatchObject({ total: 101, matched: run.tasks.failed, gap: null })
    expect(failed.rows).toHaveLength(3)
    expect((await tasksOf('--code', 'e_url_invalid')).rows.map(({ input }) => input)).toEqual(['=not a url'])
    expect(
      (await tasksOf('--status', '200', '--text', '/PAGE/9', '--sort', 'index', '--reverse')).matched,
    ).toBe((await tasksOf('--outcome', 'ok', '--text', '/page/9')).matched)
  })

  it('shows them to people', async () => {
    const { code, stdout, stderr } = await bench.run(['runs', 'tasks', run.runId, '--code', 'E_URL_INVALID'])
    expect(code).toBe(0)
    expect(stdout).toContain('E_URL_INVALID')
    expect(stderr).toContain('1 shown of 1 that match, 101 in all')
  })

  it.each([
    [['--code', 'E_WRONG'], 'an error code'],
    [['--outcome', 'bad'], 'one of ok, failed'],
    [['--limit', '501'], 'a whole number from 1 to 500'],
    [['--status', '-1'], '-1'],
  ])('refuses %j', async (flags, said) => {
    const { code, stderr } = await bench.run(['runs', 'tasks', run.runId, ...flags])
    expect({ code, says: stderr.includes(said) }).toEqual({ code: 2, says: true })
  })
})

describe('runs retry', () => {
  it('tries what failed once more', async () => {
    const { code, summary } = await bench.runJson(['runs', 'retry', run.runId, '--code', 'E_HTTP_STATUS'])
    expect({ code, tasks: summary.tasks }).toMatchObject({
      code: 0,
      tasks: { total: run.tasks.failed - 1, ok: run.tasks.failed - 1 },
    })
    const { code: second } = await bench.run(['runs', 'retry', summary.runId])
    expect(second).toBe(2)
  })
})

describe('runs export', () => {
  it('writes CSV for spreadsheets', async () => {
    await bench.run(['runs', 'export', run.runId, '--out', 'safe.csv', '--spreadsheet-safe'])
    await bench.run(['runs', 'export', run.runId, '--out', 'plain.csv'])
    expect(bench.read('safe.csv')).toContain(`,'=not a url,`)
    expect(bench.read('plain.csv')).toContain(`,=not a url,`)
  })
})
