import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunDetail, RunEntry } from '../../../shared/model/run.ts'
import { documentOf, linesOf, Workbench, type ResultLine } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 30
const INDEXES = Array.from({ length: PAGES }, (_, index) => index)

let bench: Workbench
let site: Site

beforeEach(async () => {
  bench = new Workbench()
  site = await startSite()
  bench.write('pages.txt', listOf(site.origin, PAGES))
})

afterEach(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const ask = async <T>(...args: string[]): Promise<T> => documentOf(await bench.run([...args, '--json'])) as T
const list = async (): Promise<readonly RunEntry[]> => (await ask<{ runs: RunEntry[] }>('runs', 'list')).runs

/** Starts a slow crawl and kills it when some of it is done. */
async function interrupted(...flags: string[]): Promise<string> {
  bench.write('slow.txt', listOf(site.origin, PAGES, '?latency=100'))
  const command = bench.start(['crawl', 'slow.txt', '--in-flight', '2', ...flags, '--events'])
  await command.settled(4)
  command.killGroup()
  await command.ended
  return String(command.events[0]!['runId'])
}

describe('runs', () => {
  it('lists the runs that are kept, the newest first', async () => {
    const crawl = await bench.runJson(['crawl', 'pages.txt'])
    const cpu = await bench.runJson(['cpu', '--tasks', '5', '--size', '10'])
    const entries = await list()

    expect(entries.map(({ runId, kind, state, isOwned }) => ({ runId, kind, state, isOwned }))).toEqual([
      { runId: cpu.summary.runId, kind: 'cpu', state: 'done', isOwned: false },
      { runId: crawl.summary.runId, kind: 'crawl', state: 'done', isOwned: false },
    ])
    expect(entries[1]).toMatchObject({ title: 'pages.txt', tasks: crawl.summary.tasks })
    const { stdout } = await bench.run(['runs'])
    expect(stdout).toContain(crawl.summary.runId)
  })

  it('says when there are none', async () => {
    const { code, stdout, stderr } = await bench.run(['runs'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('No runs are kept yet')
  })

  it('shows one by its id, by the beginning of it, and the newest', async () => {
    const { summary } = await bench.runJson(['crawl', 'pages.txt', '--retries', '1'])
    const { runId } = summary
    const details = [
      await ask<RunDetail>('runs', 'show', runId),
      await ask<RunDetail>('runs', 'show', runId.slice(0, -2)),
      await ask<RunDetail>('runs', 'show', 'latest'),
    ]

    for (const detail of details) {
      expect(detail).toMatchObject({
        schema: 'interleave/run@1',
        runId,
        summary,
        job: { crawl: { retries: 1 } },
      })
    }
  })

  it('shows a living run as owned and a killed one as stopped', async () => {
    bench.write('slow.txt', listOf(site.origin, PAGES, '?latency=200'))
    const command = bench.start(['crawl', 'slow.txt', '--in-flight', '2', '--events'])
    await command.settled(2)
    const [living] = await list()
    command.killGroup()
    await command.ended
    const [killed] = await list()

    expect([living!.isOwned, killed!.isOwned]).toEqual([true, false])
    expect([living!.state, killed!.state]).toEqual(['running', 'stopped'])
    expect(killed!.tasks.remaining).toBeGreaterThan(0)
  })

  it('exports the results of a run to any format, in the order asked for at its start', async () => {
    const { summary } = await bench.runJson([
      'crawl',
      'pages.txt',
      '--out',
      'direct.jsonl',
      '--order',
      'input',
    ])
    for (const name of ['later.jsonl', 'later.csv', 'later.db']) {
      const document = await ask<object>('runs', 'export', summary.runId, '--out', name)
      expect(document).toMatchObject({
        schema: 'interleave/export@1',
        runId: summary.runId,
        written: [{ out: bench.path(name), records: PAGES }],
      })
    }
    const onStdout = await bench.run(['runs', 'export', 'latest', '--out', '-'])

    expect(bench.read('later.jsonl')).toBe(bench.read('direct.jsonl'))
    expect(onStdout.stdout).toBe(bench.read('direct.jsonl'))
    expect(bench.read('later.csv').trimEnd().split('\n').length).toBe(PAGES + 1)
    const again = await bench.run(['runs', 'export', 'latest', '--out', 'later.csv'])
    expect(again.code).toBe(2)
  })

  it('exports what an interrupted run has so far', async () => {
    const runId = await interrupted()
    const [entry] = await list()
    await bench.run(['runs', 'export', runId, '--out', 'part.jsonl'])
    const done = entry!.tasks.total - entry!.tasks.remaining

    expect(done).toBeGreaterThan(0)
    expect(new Set(bench.results('part.jsonl').map(({ index }) => index)).size).toBe(done)
  })

  it('deletes a run with all it kept, but not what was written for the user', async () => {
    const { summary } = await bench.runJson(['crawl', 'pages.txt', '--out', 'kept.jsonl'])
    const folder = join(bench.dataDir, 'runs', summary.runId)
    const wasThere = existsSync(folder)
    const document = await ask<object>('runs', 'delete', summary.runId)

    expect(document).toEqual({ schema: 'interleave/deleted@1', runId: summary.runId })
    expect([wasThere, existsSync(folder)]).toEqual([true, false])
    expect(readdirSync(join(bench.dataDir, 'runs'))).toEqual([])
    expect(bench.results('kept.jsonl').length).toBe(PAGES)
    expect(await list()).toEqual([])
  })

  it('does not delete a run that is going on', async () => {
    bench.write('slow.txt', listOf(site.origin, PAGES, '?latency=1000'))
    const command = bench.start(['crawl', 'slow.txt', '--in-flight', '1', '--events'])
    await command.event('run.state', ({ state }) => state === 'running')
    const refused = await bench.run(['runs', 'delete', 'latest', '--json'])
    const isGoingOn = !command.hasEnded
    command.killGroup()
    await command.ended
    const resumable = await list()

    expect({ code: refused.code, isGoingOn }).toEqual({ code: 5, isGoingOn: true })
    expect(documentOf(refused)).toMatchObject({ error: { code: 'E_LOCKED' } })
    expect(resumable.length).toBe(1)
  })

  it('can be read by their owner only', async () => {
    await bench.run(['crawl', 'pages.txt'])
    const { statSync } = await import('node:fs')
    const [runId] = readdirSync(join(bench.dataDir, 'runs'))
    const modes = [bench.dataDir, join(bench.dataDir, 'runs', runId!)].map(
      path => statSync(path).mode & 0o077,
    )
    expect(modes).toEqual([0, 0])
  })
})

describe('resume', () => {
  it('keeps the outputs of the run when only other options are given', async () => {
    await interrupted('--out', 'results.jsonl')
    const { code, summary } = await bench.runJson(['resume', 'latest', '--assert', 'failed<50%'])

    expect({ code, out: summary.out }).toEqual({ code: 0, out: [bench.path('results.jsonl')] })
    expect(
      bench
        .results('results.jsonl')
        .map(({ index }) => index)
        .sort((a, b) => a - b),
    ).toEqual(INDEXES)
  })

  it('derives an output again that was deleted or cut meanwhile', async () => {
    await interrupted('--out', 'results.jsonl', '--out', 'results.csv')
    bench.write('results.jsonl', bench.read('results.jsonl').slice(0, 100))
    const { rmSync } = await import('node:fs')
    rmSync(bench.path('results.csv'))
    const { code } = await bench.run(['resume', 'latest'])

    expect(code).toBe(0)
    expect(
      bench
        .results('results.jsonl')
        .map(({ index }) => index)
        .sort((a, b) => a - b),
    ).toEqual(INDEXES)
    expect(bench.read('results.csv').trimEnd().split('\n').length).toBe(PAGES + 1)
  })

  it('of latest with nothing to resume says so', async () => {
    const { code, stderr } = await bench.run(['resume', 'latest'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^interleave: .+\n$/)
  })

  it('refuses parallelism that contradicts itself', async () => {
    await interrupted()
    const { code, stderr } = await bench.run(['resume', 'latest', '--model', 'loop', '--threads', '3'])
    expect(code).toBe(2)
    expect(stderr).toContain('contradicts')
  })

  it('by --resume starts anew where nothing was left over, and says so', async () => {
    const first = await bench.runJson(['crawl', 'pages.txt', '--resume'])
    const second = await bench.runJson(['crawl', 'pages.txt', '--resume'])

    expect(first.summary.runId).not.toBe(second.summary.runId)
    expect([first.code, second.code]).toEqual([0, 0])
    expect(second.stderr).toContain('no unfinished run of this job')
  })

  it('by --resume does not take up the run of another job', async () => {
    const runId = await interrupted()
    const { code, summary } = await bench.runJson(['crawl', 'slow.txt', '--resume', '--method', 'HEAD'])

    expect(code).toBe(0)
    expect(summary.runId).not.toBe(runId)
  })
})

describe('--save', () => {
  it('writes a job that does the same when it is run, and does not run it', async () => {
    const saved = await bench.run([
      ...['crawl', 'pages.txt', '--retries', '5', '--model', 'processes', '--processes', '2'],
      ...['--header', 'X-Key: secret', '--save', 'job.ilv.json'],
    ])
    const requests = site.log().requests
    const ran = await bench.runJson(['run', 'job.ilv.json', '--out', 'results.jsonl'])

    expect([saved.code, requests, ran.code]).toEqual([0, 0, 0])
    expect(ran.summary).toMatchObject({ model: 'processes', parallelism: { processes: 2, inFlight: 64 } })
    expect((linesOf(bench.read('results.jsonl')) as ResultLine[]).length).toBe(PAGES)
    // Permissions are given at the run, never kept in a file.
    expect(bench.read('job.ilv.json')).not.toContain('secret')
    expect(bench.read('job.ilv.json')).toContain('"retries": 5')
  })

  it('finds the list beside the job, wherever the folder goes', async () => {
    await bench.run(['crawl', 'pages.txt', '--save', 'job.ilv.json'])
    const job = bench.read('job.ilv.json')
    bench.makeFolder('moved')
    bench.write('moved/job.ilv.json', job)
    bench.write('moved/pages.txt', listOf(site.origin, 3))
    const { code, summary } = await bench.runJson(['run', 'moved/job.ilv.json'])

    expect({ code, total: summary.tasks.total }).toEqual({ code: 0, total: 3 })
  })

  it('leaves a file that exists as it is', async () => {
    bench.write('job.ilv.json', 'precious')
    const { code } = await bench.run(['crawl', 'pages.txt', '--save', 'job.ilv.json'])
    expect([code, bench.read('job.ilv.json')]).toEqual([2, 'precious'])
  })

  it('can be run under another model, and saves cpu jobs too', async () => {
    await bench.run(['cpu', '--kernel', 'sha256', '--tasks', '10', '--size', '5', '--save', 'cpu.ilv.json'])
    const direct = await bench.runJson(['cpu', '--kernel', 'sha256', '--tasks', '10', '--size', '5'])
    const ran = await bench.runJson(['run', 'cpu.ilv.json', '--model', 'threads', '--threads', '2'])

    expect([ran.code, ran.summary.model, ran.summary.digest]).toEqual([0, 'threads', direct.summary.digest])
  })
})
