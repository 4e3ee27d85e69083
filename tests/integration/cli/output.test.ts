import { DatabaseSync } from 'node:sqlite'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, linesOf, Workbench, type EventLine, type ResultLine } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 60
/** Columns of a result, in their order; `meta` comes with `--extract meta` only. */
const COLUMNS = [
  ...['index', 'url', 'finalUrl', 'outcome', 'ok', 'status', 'error', 'attempts', 'redirects', 'contentType'],
  ...['bodyBytes', 'wireBytes', 'title', 'links', 'bodyHash', 'waitMs', 'connectMs', 'ttfbMs', 'downloadMs'],
  ...['totalMs', 'startedAtMs', 'worker', 'lane'],
]

let bench: Workbench
let site: Site

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ errorRatio: 0.1, recoverRatio: 0 })
  bench.write('pages.txt', `${listOf(site.origin, PAGES)}${site.origin}/none\nnot a url, "quoted"\n`)
  bench.write('good.txt', listOf(site.origin, PAGES, '?errors=0'))
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const TOTAL = PAGES + 2
const byIndex = <T extends { readonly index: number }>(rows: T[]): T[] =>
  rows.sort((a, b) => a.index - b.index)
const empty = (text: unknown): string | null => (text === '' ? null : String(text))

/** @returns A CSV or table row with the types that it has in JSON. */
function typed(row: Readonly<Record<string, unknown>>): ResultLine {
  const texts = ['url', 'finalUrl', 'outcome', 'contentType', 'title', 'bodyHash']
  const entries = Object.entries(row).map(([name, value]) => {
    const text = value === null ? null : empty(value)
    if (name === 'ok') return [name, text === 'true' || text === '1']
    if (name === 'error' || name === 'meta') return [name, text === null ? null : JSON.parse(text)]
    return [name, text === null || texts.includes(name) ? text : Number(text)]
  })
  return Object.fromEntries(entries) as ResultLine
}

function readTable(path: string): ResultLine[] {
  using database = new DatabaseSync(path, { readOnly: true })
  return database.prepare('SELECT * FROM results').all().map(typed)
}

const readCsv = (text: string): ResultLine[] =>
  parse<Record<string, string>>(text, { columns: true }).map(typed)

describe('--out', () => {
  it('writes the same content to a .jsonl, a .csv and a .db', async () => {
    const names = ['all.jsonl', 'all.csv', 'all.db']
    const args = ['crawl', 'pages.txt', '--retries', '0', '--extract', 'title,links,hash']
    const { code, summary } = await bench.runJson([...args, ...names.flatMap(name => ['--out', name])])
    const results = byIndex(bench.results('all.jsonl'))

    expect({ code, out: summary.out }).toEqual({ code: 3, out: names.map(name => bench.path(name)) })
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: TOTAL }, (_, index) => index))
    expect(Object.keys(results[0]!)).toEqual(COLUMNS)
    expect(byIndex(readCsv(bench.read('all.csv')))).toEqual(results)
    expect(byIndex(readTable(bench.path('all.db')))).toEqual(results)
  })

  it('tells of each result what the server did', async () => {
    const { results } = await bench.crawl([
      'pages.txt',
      '--retries',
      '0',
      '--extract',
      'title,links,meta,hash',
    ])
    const ok = results.find(({ ok }) => ok)!
    const failed = results.find(({ url }) => url.endsWith('/none'))!
    const page = await fetch(ok.url)
    const body = Buffer.from(await page.arrayBuffer())
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('hex')

    expect(ok).toMatchObject({
      finalUrl: ok.url,
      outcome: 'ok',
      status: page.status,
      error: null,
      attempts: 1,
      redirects: 0,
      contentType: page.headers.get('content-type'),
      bodyBytes: body.length,
      wireBytes: body.length,
      title: /<title>(.*)<\/title>/.exec(body.toString())![1],
      links: [...body.toString().matchAll(/<a href/g)].length,
      bodyHash: `sha256:${hash}`,
    })
    expect(ok['meta']).toMatchObject({ description: expect.stringMatching(/^Page \d+ has/) })
    for (const name of ['waitMs', 'connectMs', 'ttfbMs', 'downloadMs', 'totalMs', 'startedAtMs']) {
      expect(ok[name]).toBeGreaterThanOrEqual(0)
    }
    expect(failed).toMatchObject({ outcome: 'failed', status: 404, error: { code: 'E_HTTP_STATUS' } })
  })

  it('- writes results to standard output and everything else to standard error', async () => {
    const { code, stdout, stderr } = await bench.run(['crawl', 'good.txt', '--out', '-'])

    expect(code).toBe(0)
    expect(byIndex(linesOf(stdout) as ResultLine[]).map(({ index }) => index)).toEqual(
      Array.from({ length: PAGES }, (_, index) => index),
    )
    expect(stderr).toContain('loop 1 × 1 × 64 = 64 in flight')
  })

  it.each(['--json', '--events'])('- with %s is refused: both need standard output', async flag => {
    const { code, stdout, stderr } = await bench.run(['crawl', 'good.txt', '--out', '-', flag])

    expect(code).toBe(2)
    expect(stderr).toContain('both write to standard output')
    expect(documentOf({ stdout, stderr })).toMatchObject({ error: { code: 'E_CONFIG' }, exit: { code: 2 } })
  })

  it('leaves a file that exists as it is, unless told otherwise', async () => {
    bench.write('kept.jsonl', 'precious\n')
    const refused = await bench.run(['crawl', 'good.txt', '--out', 'kept.jsonl'])
    const untouched = bench.read('kept.jsonl')
    const appended = await bench.run(['crawl', 'good.txt', '--out', 'kept.jsonl', '--append'])
    const afterAppend = bench.read('kept.jsonl').split('\n')
    const forced = await bench.run(['crawl', 'good.txt', '--out', 'kept.jsonl', '--force'])

    expect([refused.code, appended.code, forced.code]).toEqual([2, 0, 0])
    expect(refused.stderr).toMatch(/--force.*--append/)
    expect(untouched).toBe('precious\n')
    expect([afterAppend[0], afterAppend.length]).toEqual(['precious', 1 + PAGES + 1])
    expect(bench.results('kept.jsonl').length).toBe(PAGES)
  })

  it('appends to a table and to CSV with one header', async () => {
    for (const name of ['twice.csv', 'twice.db']) {
      await bench.run(['crawl', 'good.txt', '--out', name])
      const { code } = await bench.run(['crawl', 'good.txt', '--out', name, '--append'])
      expect(code).toBe(0)
    }
    const lines = bench.read('twice.csv').trimEnd().split('\n')

    expect(lines.filter(line => line.startsWith('index,')).length).toBe(1)
    expect(lines.length).toBe(1 + 2 * PAGES)
  })

  it('- ends cleanly when its reader goes away, and keeps what was done', async () => {
    bench.write('long.txt', listOf(site.origin, 3_000, '?errors=0&latency=5'))
    const command = bench.start(['crawl', 'long.txt', '--out', '-', '--in-flight', '16'])
    await command.until(({ stdout }) => stdout.includes('\n'))
    command.stopReading()
    const { code, stderr } = await command.ended
    const before = site.log().requests

    expect([5, 0]).toContain(code)
    expect(stderr).not.toMatch(/\n\s+at |EPIPE/)
    const resumed = await bench.runJson(['resume', 'latest', '--out', 'rest.jsonl'])
    expect({ code: resumed.code, ok: resumed.summary.tasks.ok }).toEqual({ code: 0, ok: 3_000 })
    expect(site.log().requests - before).toBeLessThan(3_000)
    // Given a file for the first time, the run writes all its results to it.
    expect(new Set(bench.results('rest.jsonl').map(({ index }) => index)).size).toBe(3_000)
  })
})

describe('--json', () => {
  it('prints one document that adds up, and nothing else', async () => {
    const { code, stdout, summary } = await bench.runJson(['crawl', 'pages.txt', '--retries', '1'])
    const { tasks } = summary

    expect(stdout.trimEnd().split('\n').length).toBe(1)
    expect(Object.keys(summary).slice(0, 8)).toEqual([
      ...['schema', 'runId', 'kind', 'state', 'model', 'parallelism', 'tasks', 'bytes'],
    ])
    expect(summary).toMatchObject({
      schema: 'interleave/summary@1',
      kind: 'crawl',
      state: 'done',
      model: 'loop',
      parallelism: { processes: 1, threads: 1, inFlight: 64, total: 64 },
      digest: null,
      out: [],
      exit: { code: 3, reason: `${tasks.failed} of ${TOTAL} tasks failed` },
      error: null,
    })
    expect(tasks.ok + tasks.failed + tasks.skipped + tasks.quarantined + tasks.remaining).toBe(tasks.total)
    expect(tasks.total).toBe(TOTAL)
    expect(summary.errors.reduce((sum, { count }) => sum + count, 0)).toBe(tasks.failed)
    // Each page that answered 500 was asked for once more.
    expect(summary.retries).toBe(summary.errors.find(({ code }) => code === 'E_HTTP_STATUS')!.count - 1)
    const { p50, p90, p95, p99, max } = summary.latencyMs
    expect([p50, p90, p95, p99, max].map(Number)).toEqual(
      [p50, p90, p95, p99, max].map(Number).sort((a, b) => a - b),
    )
    for (const value of [summary.elapsedMs, summary.throughputPerSec, summary.cpuSec, summary.peakRssBytes]) {
      expect(value).toBeGreaterThan(0)
    }
    expect(code).toBe(3)
  })
})

describe('--events', () => {
  it('tells the life of a run in order, as lines of one schema', async () => {
    const args = [
      'crawl',
      'pages.txt',
      '--retries',
      '0',
      '--model',
      'processes',
      '--processes',
      '2',
      '--events',
    ]
    const { code, stdout } = await bench.run(args)
    const events = linesOf(stdout) as EventLine[]
    const types = events.map(({ type }) => type)
    const states = events.flatMap(({ type, state }) => (type === 'run.state' ? [state] : []))
    const failures = events.filter(({ type }) => type === 'task.failed')
    const summary = events.at(-1)!

    expect(code).toBe(3)
    expect([types[0], types.at(-1)]).toEqual(['run.started', 'run.summary'])
    expect(new Set(types)).toEqual(
      new Set([
        'run.started',
        'worker.started',
        'run.state',
        'task.failed',
        'tick',
        'worker.exited',
        'run.summary',
      ]),
    )
    expect(new Set(events.slice(0, -1).map(({ schema }) => schema))).toEqual(new Set(['interleave/events@1']))
    expect(summary['schema']).toBe('interleave/summary@1')
    expect(events[0]).toMatchObject({ runId: summary['runId'], dataDir: bench.dataDir, resumable: true })
    expect(types.filter(type => type === 'worker.started').length).toBe(2)
    expect(types.filter(type => type === 'worker.exited').length).toBe(2)
    expect(states).toEqual(['running', 'finishing', 'done'])
    expect(failures.length).toBe((summary['tasks'] as { failed: number }).failed)
    expect(failures[0]).toMatchObject({ outcome: 'failed', error: { retryable: expect.any(Boolean) } })
  })

  it('never shows a tick whose tasks do not add up', async () => {
    const args = ['crawl', 'good.txt', '--model', 'sequential', '--events']
    const { stdout } = await bench.run(args)
    const ticks = (linesOf(stdout) as EventLine[]).filter(({ type }) => type === 'tick')
    const sums = ticks.map(({ tasks }) => {
      const { total, ...parts } = tasks as Record<string, number> & { total: number }
      return total - Object.values(parts).reduce((sum, part) => sum + part, 0)
    })

    expect(ticks.length).toBeGreaterThan(0)
    expect(new Set(sums)).toEqual(new Set([0]))
  })
})

describe('what is printed', () => {
  it('--quiet is nothing at all when all goes well', async () => {
    const { code, stdout, stderr } = await bench.run(['crawl', 'good.txt', '--quiet'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('--quiet leaves one line of failure', async () => {
    const { code, stdout, stderr } = await bench.run(['crawl', `${site.origin}/none`, '--quiet'])
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: 'exit 3: 1 of 1 tasks failed\n' })
  })

  it('is plain text where there is no terminal', async () => {
    const { stdout, stderr } = await bench.run(['crawl', 'pages.txt', '--retries', '0'], {
      env: { NO_COLOR: '' },
    })
    expect(stdout).toBe('')
    expect(stderr).toContain('E_HTTP_STATUS')
    expect(stderr.includes('\u001b')).toBe(false)
    expect(stderr.includes('\r')).toBe(false)
  })

  it('--progress json is lines of JSON on standard error', async () => {
    const { stdout, stderr } = await bench.run(['crawl', 'good.txt', '--progress', 'json', '--json'])
    const lines = stderr.split('\n').filter(line => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow()
    expect(() => JSON.parse(stdout) as unknown).not.toThrow()
  })

  it.each(['crawl', 'cpu', 'run', 'resume', 'runs'])('has help for %s, examples before flags', async name => {
    const { code, stdout, stderr } = await bench.run([name, '--help'])

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.indexOf('Examples')).toBeGreaterThan(-1)
    expect(stdout.indexOf('Examples')).toBeLessThan(stdout.search(/^ +(-\w, )?--\w/m))
  })

  it('has a list of commands', async () => {
    const { code, stdout } = await bench.run(['--help'])
    expect(code).toBe(0)
    for (const name of ['crawl', 'load', 'cpu', 'run', 'resume', 'runs', 'demo', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
  })

  it('has a version', async () => {
    const { code, stdout } = await bench.run(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
