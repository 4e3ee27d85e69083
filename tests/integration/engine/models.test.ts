import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MODELS, PARTITIONS, type Model } from '../../../shared/model/fields/parallelism.ts'
import { Workbench } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { startSite } from '../../support/site.ts'

type Bench = { readonly bench: Workbench; readonly site: Awaited<ReturnType<typeof startSite>> }

const WORKERS: Readonly<Record<Model, number>> = {
  sequential: 1,
  loop: 1,
  threads: 3,
  processes: 3,
  hybrid: 4,
}
const PAGES = 2_000
const MANY_PAGES = 20_000

let { bench, site } = {} as Bench

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ bytes: { law: 'uniform', min: 300, max: 2_000 } })
  bench.write('pages.txt', listOf(site.origin, PAGES))
  bench.write('many.txt', listOf(site.origin, MANY_PAGES))
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

/** Crawls a list; what it came to, from both sides. */
async function crawl(list: string, flags: readonly string[]) {
  site.resetLog()
  const { code, summary, results } = await bench.crawl([list, ...flags])
  const pages = results
    .map(({ index, status, url, bodyBytes, outcome }) => ({ index, status, url, bodyBytes, outcome }))
    .sort((a, b) => a.index - b.index)
  const { requests, counts } = site.log()
  return { code, summary, pages, asked: { requests, targets: Object.keys(counts).length } }
}

/** What a page's laws say the result must be, learnt by asking for it as any client would. */
async function expectedPages(count: number) {
  const pages = []
  for (let index = 0; index < count; index += 1) {
    const url = `${site.origin}/page/${index}`
    const response = await fetch(url)
    const bodyBytes = (await response.arrayBuffer()).byteLength
    pages.push({ index, status: response.status, url, bodyBytes, outcome: 'ok' })
  }
  return pages
}

describe('a list of URLs', () => {
  let expected: Awaited<ReturnType<typeof expectedPages>>

  beforeAll(async () => {
    expected = await expectedPages(PAGES)
  })

  const cases = MODELS.flatMap(model => PARTITIONS.map(partition => ({ model, partition })))

  it.each(cases)('gives the same results under $model with $partition', async ({ model, partition }) => {
    const flags = [...crawlFlagsOf(model), '--partition', partition]
    const { code, summary, pages, asked } = await crawl('pages.txt', flags)

    expect({ code, asked, tasks: summary.tasks }).toEqual({
      code: 0,
      asked: { requests: PAGES, targets: PAGES },
      tasks: { total: PAGES, ok: PAGES, failed: 0, skipped: 0, quarantined: 0, remaining: 0 },
    })
    expect(pages).toEqual(expected)
    const fileBytes = Buffer.byteLength(bench.read('pages.txt'))
    // Several workers need to know where records begin, which a pass before tells them: what the other schemes read is
    // bounded by their own tests. Under stride every worker reads everything, and one worker alone reads it once.
    const readsAll = partition === 'stride' || WORKERS[model] === 1
    if (readsAll) expect(summary.bytes.read).toBe(fileBytes * WORKERS[model])
    else expect(summary.bytes.read).toBeGreaterThanOrEqual(fileBytes * 2)
  })
})

describe('a list of 20,000 URLs', () => {
  it.each(MODELS)('is fetched exactly once under %s', { timeout: 60_000 }, async model => {
    const { code, summary, pages, asked } = await crawl('many.txt', crawlFlagsOf(model))

    expect({ code, asked, ok: summary.tasks.ok }).toEqual({
      code: 0,
      asked: { requests: MANY_PAGES, targets: MANY_PAGES },
      ok: MANY_PAGES,
    })
    expect(pages.map(({ index }) => index)).toEqual(Array.from({ length: MANY_PAGES }, (_, index) => index))
    expect(pages.every(({ url, index }) => url === `${site.origin}/page/${index}`)).toBe(true)
  })
})
