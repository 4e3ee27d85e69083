import { expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { startSite } from '../../support/site.ts'

const PAGES = 100

// Alone in its file: a worker counts as hung after 10 s without a word, and a task must hang several of them.
it('a task that never returns is quarantined, and its neighbours are not', { timeout: 90_000 }, async () => {
  await using bench = new Workbench()
  await using site = await startSite()
  bench.write('pages.txt', listOf(site.origin, PAGES))
  const args = ['crawl', 'pages.txt', ...crawlFlagsOf('processes'), '--out', 'results.jsonl']
  const { code, summary } = await bench.runJson(args, { env: { INTERLEAVE_TEST_FAULTS: 'spin@0' } })
  const results = bench.results('results.jsonl')
  const quarantined = results.filter(({ outcome }) => outcome === 'quarantined')

  expect({ code, ok: summary.tasks.ok, quarantined: summary.tasks.quarantined }).toEqual({
    code: 3,
    ok: PAGES - 1,
    quarantined: 1,
  })
  expect(quarantined.map(({ index, error }) => [index, error?.code])).toEqual([[0, 'E_QUARANTINED']])
  expect(new Set(results.map(({ index }) => index)).size).toBe(PAGES)
})
