import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/model/run.ts'
import { documentOf, Workbench, type RunningCommand } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { isGroupGone } from '../../support/process-group.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 1_200
const INDEXES = Array.from({ length: PAGES }, (_, index) => index)
const WORKERS = 2
const IN_FLIGHT = 8
const PROCESSES = ['--model', 'processes', '--processes', String(WORKERS), '--in-flight', String(IN_FLIGHT)]
const SLOW = { latency: { law: 'uniform', min: 20, max: 80 } } as const
/**
 * What one killed worker may have fetched in vain: what it had in flight, and what settled since its last report, ten
 * times a second, was committed. Pages take 50 ms on average, so this is time for ten rounds of reports.
 */
const REFETCHES = IN_FLIGHT * 20

const all = (ok = PAGES) => ({ total: PAGES, ok, failed: 0, skipped: 0, quarantined: 0, remaining: 0 })

/** @returns Indexes in an output, in their order. */
function indexesIn(bench: Workbench, name: string): number[] {
  if (name.endsWith('.jsonl')) return ascending(bench.results(name).map(({ index }) => index))
  if (name.endsWith('.csv')) {
    const rows = bench.read(name).trimEnd().split('\n').slice(1)
    return ascending(rows.map(row => Number(row.split(',')[0])))
  }
  using database = new DatabaseSync(bench.path(name), { readOnly: true })
  return ascending(
    database
      .prepare('SELECT "index" FROM results')
      .all()
      .map(row => Number(row['index'])),
  )
}

const ascending = (numbers: number[]): number[] => numbers.sort((a, b) => a - b)

const workerPids = (command: RunningCommand): number[] =>
  command.events.filter(({ type }) => type === 'worker.started').map(({ pid }) => Number(pid))

/** Settled tasks that the last tick told of. */
function settledOf(command: RunningCommand): number {
  const tick = command.events.findLast(({ type }) => type === 'tick')
  if (tick === undefined) return 0
  const { total, remaining } = tick['tasks'] as RunSummary['tasks']
  return total - remaining
}

async function slowCrawl(): Promise<{ bench: Workbench; site: Site } & AsyncDisposable> {
  const site = await startSite(SLOW)
  const bench = new Workbench()
  bench.write('pages.txt', listOf(site.origin, PAGES))
  return {
    bench,
    site,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

describe('a crawl that is killed with all its processes', () => {
  it(
    'goes on from what was kept, under any model, and merges its outputs exactly',
    { timeout: 90_000 },
    async () => {
      await using work = await slowCrawl()
      const { bench, site } = work
      const outputs = ['results.jsonl', 'results.csv', 'results.db']
      const first = [
        'crawl',
        'pages.txt',
        ...PROCESSES,
        ...outputs.flatMap(out => ['--out', out]),
        '--events',
      ]
      const resumes = [
        ['resume', 'latest', '--events'],
        ['resume', 'latest', ...crawlFlagsOf('loop'), '--events'],
        ['resume', 'latest', ...crawlFlagsOf('hybrid'), '--events'],
      ]
      let settled = 0
      for (const args of [first, ...resumes]) {
        const command = bench.start(args)
        await command.settled(settled + 150)
        command.killGroup()
        await command.ended
        const kept = settledOf(command)
        // Nothing that a tick told of may be lost by more than what is committed within a second of it.
        expect(kept).toBeGreaterThanOrEqual(settled)
        settled = kept
      }
      const { code, summary } = await bench.runJson(['resume', 'latest', ...crawlFlagsOf('threads')])

      expect({ code, tasks: summary.tasks, model: summary.model }).toEqual({
        code: 0,
        tasks: all(),
        model: 'threads',
      })
      for (const name of outputs) expect(indexesIn(bench, name)).toEqual(INDEXES)
      const mostWorkers = 4
      expect(site.log().requests).toBeLessThanOrEqual(PAGES + 4 * mostWorkers * REFETCHES)
    },
  )

  it('can be killed before it has done anything', async () => {
    await using work = await slowCrawl()
    const { bench } = work
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--out', 'results.jsonl', '--events'])
    await command.event('run.started')
    command.killGroup()
    await command.ended
    const { code } = await bench.run(['resume', 'latest', '--in-flight', '64'])

    expect(code).toBe(0)
    expect(indexesIn(bench, 'results.jsonl')).toEqual(INDEXES)
  })

  it('leaves no worker behind when only its supervising process is killed', async () => {
    await using work = await slowCrawl()
    const { bench } = work
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--out', 'results.jsonl', '--events'])
    await command.settled(100)
    command.signal('SIGKILL')
    await command.ended
    expect(await isGroupGone(command.pid, 5_000)).toBe(true)
    const { code } = await bench.run(['resume', 'latest', '--in-flight', '64'])

    expect(code).toBe(0)
    expect(indexesIn(bench, 'results.jsonl')).toEqual(INDEXES)
  })

  it('goes on by the same command with --resume, where there is something to go on with', async () => {
    await using work = await slowCrawl()
    const { bench, site } = work
    const args = ['crawl', 'pages.txt', ...PROCESSES, '--out', 'results.jsonl', '--events']
    const command = bench.start(args)
    await command.settled(600)
    command.killGroup()
    await command.ended
    const before = site.log().requests
    const again = bench.start([...args, '--resume', '--in-flight', '64'])
    const { code } = await again.ended
    const started = again.events.find(({ type }) => type === 'run.started')!

    expect({ code, resumed: started['resumed'] }).toEqual({ code: 0, resumed: true })
    expect(indexesIn(bench, 'results.jsonl')).toEqual(INDEXES)
    expect(site.log().requests - before).toBeLessThan(PAGES)
  })
})

describe('a run that is finished', () => {
  it('repeats its summary and exit code when it is resumed, and changes nothing', async () => {
    await using work = await slowCrawl()
    const { bench, site } = work
    bench.write('some.txt', `${listOf(site.origin, 30)}${site.origin}/none\n`)
    const first = await bench.runJson(['crawl', 'some.txt', '--out', 'results.jsonl'])
    const [requests, output] = [site.log().requests, bench.read('results.jsonl')]
    const again = await bench.runJson(['resume', 'latest'])

    expect(first.code).toBe(3)
    expect({ code: again.code, summary: again.summary }).toEqual({ code: 3, summary: first.summary })
    expect({ requests: site.log().requests, output: bench.read('results.jsonl') }).toEqual({
      requests,
      output,
    })
  })
})

describe('a cpu run that is killed', () => {
  const TASKS = 400
  const JOB = ['cpu', '--kernel', 'primes', '--tasks', String(TASKS)]

  it('computes the same as one that nobody disturbed', { timeout: 60_000 }, async () => {
    await using bench = new Workbench()
    const undisturbed = await bench.runJson([...JOB, '--model', 'sequential', '--size', '4000'])

    const command = bench.start([
      ...[...JOB, '--size', '4000', '--model', 'processes', '--processes', '2'],
      ...['--out', 'results.jsonl', '--events'],
    ])
    await command.settled(40)
    process.kill(workerPids(command)[0]!, 'SIGKILL')
    await command.event('worker.started', ({ worker, pid }) => worker === 1 && pid !== workerPids(command)[0])
    await command.settled(settledOf(command) + 1)
    command.killGroup()
    await command.ended
    const resumed = await bench.runJson(['resume', 'latest', '--model', 'threads', '--threads', '2'])

    expect(undisturbed.summary.digest).toMatch(/^[0-9a-f]{16}$/)
    expect({ code: resumed.code, ok: resumed.summary.tasks.ok, digest: resumed.summary.digest }).toEqual({
      code: 0,
      ok: TASKS,
      digest: undisturbed.summary.digest,
    })
    expect(indexesIn(bench, 'results.jsonl')).toEqual(Array.from({ length: TASKS }, (_, index) => index))
  })
})

describe('a run that somebody else owns', () => {
  it('is refused to a second command, and goes on undisturbed', async () => {
    await using work = await slowCrawl()
    const { bench } = work
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--out', 'results.jsonl', '--events'])
    await command.settled(50)
    const second = await bench.run(['resume', 'latest', '--json'])
    const document = documentOf(second) as RunSummary
    const { code } = await command.ended

    expect({ code: second.code, error: document.error?.code }).toEqual({ code: 5, error: 'E_LOCKED' })
    expect(code).toBe(0)
    expect(indexesIn(bench, 'results.jsonl')).toEqual(INDEXES)
  })
})
