import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 400
const INDEXES = Array.from({ length: PAGES }, (_, index) => index)

let bench: Workbench
let site: Site

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ latency: { law: 'uniform', min: 0, max: 60 } })
  bench.write('pages.txt', listOf(site.origin, PAGES))
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

describe('--order', () => {
  it.each(['loop', 'threads', 'processes'] as const)(
    'input puts results in the order of the list under %s, whatever answers first',
    async model => {
      const { code, results } = await bench.crawl(['pages.txt', ...crawlFlagsOf(model), '--order', 'input'])

      expect(code).toBe(0)
      expect(results.map(({ index }) => index)).toEqual(INDEXES)
    },
  )

  it('input holds for each file that is written, tables included', async () => {
    const outputs = ['--out', 'all.jsonl', '--out', 'all.csv']
    const { code } = await bench.run([
      ...['crawl', 'pages.txt', ...crawlFlagsOf('processes'), '--order', 'input', ...outputs],
    ])
    const rows = bench.read('all.csv').trimEnd().split('\n').slice(1)

    expect(code).toBe(0)
    expect(rows.map(row => Number(row.split(',')[0]))).toEqual(INDEXES)
    expect(bench.results('all.jsonl').map(({ index }) => index)).toEqual(INDEXES)
  })

  it('input keeps its order over a stop and a resume', async () => {
    const flags = ['--order', 'input', '--out', 'resumed.jsonl']
    const command = bench.start(['crawl', 'pages.txt', ...crawlFlagsOf('processes'), ...flags, '--events'])
    await command.settled(60)
    command.killGroup()
    await command.ended
    const { code } = await bench.run(['resume', 'latest'])

    expect(code).toBe(0)
    expect(bench.results('resumed.jsonl').map(({ index }) => index)).toEqual(INDEXES)
  })

  it('completion hands results over as they come', async () => {
    const { code, results } = await bench.crawl(['pages.txt', ...crawlFlagsOf('threads')])
    const indexes = results.map(({ index }) => index)

    expect(code).toBe(0)
    expect(indexes).not.toEqual(INDEXES)
    expect(indexes.sort((a, b) => a - b)).toEqual(INDEXES)
  })
})
