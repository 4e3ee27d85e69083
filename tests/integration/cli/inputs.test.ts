import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Workbench, type Crawled } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const PAGES = 120

let bench: Workbench
let site: Site

beforeEach(async () => {
  bench = new Workbench()
  site = await startSite({ pages: PAGES })
})

afterEach(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const page = (number: number): string => `${site.origin}/page/${number}`
const numbers = Array.from({ length: PAGES }, (_, number) => number)

/** Every page once, as result and at the server, in the order of the input by index. */
function expectAllPages({ code, results }: Crawled): void {
  const urls = [...results].sort((a, b) => a.index - b.index).map(({ url }) => url)
  expect(code).toBe(0)
  expect(urls).toEqual(numbers.map(page))
  const counts = site.log().counts
  expect(numbers.map(number => counts[`/page/${number}`])).toEqual(numbers.map(() => 1))
}

const csv = (separator: string): string =>
  ['name', 'page', 'note'].join(separator) +
  '\r\n' +
  numbers
    .map(number => [`"n ${number}, or ""so"""`, page(number), `"two\nlines"`].join(separator))
    .join('\r\n')

describe('an input of crawl', () => {
  it.each(['loop', 'processes'] as const)(
    'is a list, with comments and blank lines, under %s',
    async model => {
      const lines = numbers.map(number => `${number % 7 === 0 ? '\n# here\n' : ''}${page(number)}`)
      bench.write('pages.txt', `\ufeff${lines.join('\r\n')}`)
      expectAllPages(await bench.crawl(['pages.txt', ...crawlFlagsOf(model)]))
    },
  )

  it.each([
    ['pages.csv', ','],
    ['pages.tsv', '\t'],
  ])('is a table, %s, with quoted cells over several lines', async (name, separator) => {
    bench.write(name, csv(separator))
    expectAllPages(await bench.crawl([name, '--column', 'page', ...crawlFlagsOf('processes')]))
  })

  it('is JSON Lines', async () => {
    bench.write(
      'pages.jsonl',
      numbers.map(number => `${JSON.stringify({ id: number, at: page(number) })}\n`).join(''),
    )
    expectAllPages(await bench.crawl(['pages.jsonl', '--field', 'at', ...crawlFlagsOf('threads')]))
  })

  it.each(['loop', 'processes'] as const)('is compressed, under %s', async model => {
    const text = listOf(site.origin, PAGES)
    const half = text.length / 2
    bench.write('pages.txt.gz', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]))
    bench.write('pages.txt.zst', zstdCompressSync(text))
    bench.write('pages.csv.gz', gzipSync(csv(',')))
    expectAllPages(await bench.crawl(['pages.txt.gz', ...crawlFlagsOf(model)]))
    site.resetLog()
    expectAllPages(await bench.crawl(['pages.txt.zst', ...crawlFlagsOf(model)]))
    site.resetLog()
    expectAllPages(await bench.crawl(['pages.csv.gz', '--column', 'page', ...crawlFlagsOf(model)]))
  })

  it('that is compressed and cut off tells where, and keeps what came before', async () => {
    const whole = gzipSync(listOf(site.origin, PAGES))
    bench.write('cut.txt.gz', whole.subarray(0, whole.length - 40))
    const { code, summary } = await bench.crawl(['cut.txt.gz'])

    expect({ code, error: summary.error?.code }).toEqual({ code: 5, error: 'E_SRC_IO' })
    expect(summary.error?.message).toContain('cut.txt.gz')
  })

  it('is UTF-16 with a byte order mark', async () => {
    bench.write('pages.txt', Buffer.from(`\ufeff${listOf(site.origin, PAGES)}`, 'utf16le'))
    expectAllPages(await bench.crawl(['pages.txt']))
  })

  it('is a sitemap, as file and as URL, and an index of compressed ones', async () => {
    const sitemap = await (await fetch(`${site.origin}/sitemap.xml`)).text()
    bench.write('sitemap.xml', sitemap)
    bench.write('sitemap.xml.gz', gzipSync(sitemap))
    for (const input of [
      'sitemap.xml',
      'sitemap.xml.gz',
      `${site.origin}/sitemap.xml`,
      `${site.origin}/sitemap-index.xml`,
    ]) {
      site.resetLog()
      expectAllPages(await bench.crawl([input, '--private-network', ...crawlFlagsOf('processes')]))
    }
  })

  it('is a URL, several of them, and lists mixed with them, numbered in their order', async () => {
    bench.write(
      'middle.txt',
      numbers
        .slice(1, -1)
        .map(number => `${page(number)}\n`)
        .join(''),
    )
    expectAllPages(await bench.crawl([page(0), 'middle.txt', page(PAGES - 1), ...crawlFlagsOf('processes')]))
  })

  it.each(['dynamic', 'chunk', 'stride'])('is several lists under %s', async partition => {
    bench.write(
      'a.txt',
      numbers
        .slice(0, 50)
        .map(number => `${page(number)}\n`)
        .join(''),
    )
    bench.write('b.txt', numbers.slice(50).map(page).join('\n'))
    expectAllPages(
      await bench.crawl(['a.txt', 'b.txt', ...crawlFlagsOf('processes'), '--partition', partition]),
    )
  })
})

describe('standard input', () => {
  it('is read once, which is said at the start', async () => {
    const ended = await bench.runJson(
      ['crawl', '-', '--out', 'results.jsonl', ...crawlFlagsOf('processes')],
      {
        input: listOf(site.origin, PAGES),
      },
    )

    expectAllPages({ ...ended, results: bench.results('results.jsonl') })
    expect(ended.stderr).toContain('cannot be resumed; --spool keeps a copy')
  })

  it('may be compressed', async () => {
    const ended = await bench.runJson(['crawl', '-', '--out', 'results.jsonl'], {
      input: gzipSync(listOf(site.origin, PAGES)),
    })
    expectAllPages({ ...ended, results: bench.results('results.jsonl') })
  })

  it('that is empty is no task', async () => {
    const { code, summary } = await bench.runJson(['crawl', '-'], { input: '' })
    expect({ code, total: summary.tasks.total }).toEqual({ code: 0, total: 0 })
  })

  const SLOW = '?latency=60'

  it('cannot be resumed without a copy', async () => {
    const command = bench.start(['crawl', '-', '--in-flight', '2', '--events'], {
      input: listOf(site.origin, PAGES, SLOW),
    })
    await command.settled(5)
    command.killGroup()
    await command.ended
    const { code, summary } = await bench.runJson(['resume', 'latest'])

    expect(command.events[0]!['resumable']).toBe(false)
    expect({ code, error: summary.error?.code }).toEqual({ code: 5, error: 'E_NOT_RESUMABLE' })
  })

  it('can be resumed with --spool', async () => {
    const command = bench.start(
      ['crawl', '-', '--spool', '--in-flight', '2', '--out', 'results.jsonl', '--events'],
      {
        input: listOf(site.origin, PAGES, SLOW),
      },
    )
    await command.settled(5)
    command.killGroup()
    await command.ended
    const { code, summary } = await bench.runJson(['resume', 'latest', '--in-flight', '64'])

    expect(command.stderr).not.toContain('cannot be resumed')
    expect(command.events[0]!['resumable']).toBe(true)
    expect({ code, ok: summary.tasks.ok }).toEqual({ code: 0, ok: PAGES })
    expect(new Set(bench.results('results.jsonl').map(({ index }) => index)).size).toBe(PAGES)
  })
})

describe('URLs that occur more than once', () => {
  const twice = (): string => listOf(site.origin, 40).repeat(2) + `${site.origin}/page/0#part\n`

  it('are fetched each time as a rule', async () => {
    bench.write('doubles.txt', twice())
    const { code, summary } = await bench.crawl(['doubles.txt'])
    expect({ code, ok: summary.tasks.ok, requests: site.log().requests }).toEqual({
      code: 0,
      ok: 81,
      requests: 81,
    })
  })

  it.each(['loop', 'processes', 'hybrid'] as const)(
    'are fetched once with --unique under %s',
    async model => {
      bench.write('doubles.txt', twice())
      const { code, results, summary } = await bench.crawl([
        'doubles.txt',
        '--unique',
        ...crawlFlagsOf(model),
      ])
      const skipped = results.filter(({ outcome }) => outcome === 'skipped')
      const { ok, skipped: skippedCount, failed } = summary.tasks

      expect({ code, ok: ok + skippedCount, failed }).toEqual({ code: 0, ok: 81, failed: 0 })
      expect(site.log().counts['/page/7']).toBe(1)
      expect(Object.values(site.log().counts).filter(count => count > 1).length).toBeLessThanOrEqual(1)
      expect(skipped.length).toBeGreaterThanOrEqual(40)
      expect(skipped.every(({ error, index }) => error?.code === 'E_DUPLICATE' && index >= 40)).toBe(true)
    },
  )
})
