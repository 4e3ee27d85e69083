import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Workbench, type Crawled } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 300

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

async function crawlWith(faults: string, flags: readonly string[]): Promise<Crawled> {
  const args = ['crawl', 'pages.txt', ...flags, '--out', 'results.jsonl']
  const ended = await bench.runJson(args, { env: { INTERLEAVE_TEST_FAULTS: faults } })
  return { ...ended, results: bench.results('results.jsonl') }
}

function expectQuarantined({ code, summary, results }: Crawled, poison: readonly number[]): void {
  const quarantined = results.filter(({ outcome }) => outcome === 'quarantined')
  const [group] = summary.errors
  expect(quarantined.map(({ index }) => index).sort((a, b) => a - b)).toEqual(poison)
  expect(
    quarantined.every(({ error, url }) => error?.code === 'E_QUARANTINED' && url.includes('/page/')),
  ).toBe(true)
  expect(new Set(results.map(({ index }) => index)).size).toBe(PAGES)
  expect({ code, written: results.length, tasks: summary.tasks, group: [group?.code, group?.count] }).toEqual(
    {
      code: 3,
      written: PAGES,
      tasks: {
        total: PAGES,
        ok: PAGES - poison.length,
        failed: 0,
        skipped: 0,
        quarantined: poison.length,
        remaining: 0,
      },
      group: ['E_QUARANTINED', poison.length],
    },
  )
}

describe('a task that ends its worker', () => {
  it.each(['loop', 'threads', 'hybrid'] as const)(
    'is quarantined under %s by abort and exit, and its neighbours are not',
    { timeout: 60_000 },
    async model => {
      expectQuarantined(await crawlWith('abort@17,exit@200', crawlFlagsOf(model)), [17, 200])
    },
  )

  it.each(['processes', 'threads'] as const)(
    'is quarantined under %s when it runs out of memory',
    { timeout: 60_000 },
    async model => {
      expectQuarantined(await crawlWith('oom@99', crawlFlagsOf(model)), [99])
    },
  )

  it('stays suspected over a stop and a resume', { timeout: 60_000 }, async () => {
    const env = { INTERLEAVE_TEST_FAULTS: 'abort@5,abort@6,abort@7' }
    const command = bench.start(
      ['crawl', 'pages.txt', ...crawlFlagsOf('loop'), '--out', 'results.jsonl', '--events'],
      { env },
    )
    await command.event('worker.exited')
    command.killGroup()
    await command.ended
    const resumed = await bench.runJson(['resume', 'latest'], { env })

    expectQuarantined({ ...resumed, results: bench.results('results.jsonl') }, [5, 6, 7])
  })

  it('counts as a failure that may be allowed', { timeout: 60_000 }, async () => {
    const { code, summary } = await crawlWith('exit@3', ['--allow-failures', '1'])

    expect({ code, quarantined: summary.tasks.quarantined }).toEqual({ code: 0, quarantined: 1 })
  })

  it('is done when it no longer ends its worker', { timeout: 60_000 }, async () => {
    const env = { INTERLEAVE_TEST_FAULTS: 'abort@5' }
    const args = ['crawl', 'pages.txt', ...crawlFlagsOf('loop'), '--out', 'results.jsonl', '--events']
    const command = bench.start(args, { env })
    await command.event('worker.exited')
    command.killGroup()
    await command.ended
    const { code, summary } = await bench.runJson(['resume', 'latest'])

    expect({ code, ok: summary.tasks.ok }).toEqual({ code: 0, ok: PAGES })
  })
})
